"""The files that CircleCI reads, told by path or text."""

from __future__ import annotations

from mlci.yaml.source import Kind

KINDS = (
    Kind(
        "circleci",
        "circleci",
        "CircleCI configuration",
        "yaml",
        r"\.circleci/(?!.*orb)[^/]+\.ya?ml|continue[-_]config\.ya?ml",
        "circleci",
        ("version jobs", "version workflows", "version setup"),
    ),
    Kind(
        "circleci-orb",
        "circleci",
        "CircleCI orb",
        "yaml",
        r"(@?orb|[^/]+-orb)\.ya?ml|\.circleci/[^/]*orb[^/]*\.ya?ml",
        "circleci#orb",
        ("version display", "version commands", "version executors"),
    ),
    Kind(
        "circleci-orb-part",
        "circleci",
        "part of an unpacked CircleCI orb",
        "yaml",
        r"src/(commands|jobs|executors|examples)/[^/]+\.ya?ml",
        "circleci#",
    ),
)
