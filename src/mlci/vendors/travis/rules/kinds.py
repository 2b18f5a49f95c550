"""The files that Travis CI reads, told by path or text."""

from __future__ import annotations

from mlci.yaml.source import Kind

KINDS = (
    Kind(
        "travis",
        "travis",
        "Travis CI configuration",
        "yaml",
        r"\.travis\.ya?ml",
        None,
        ("language", "before_install", "before_script", "after_success", "dist"),
    ),
)
