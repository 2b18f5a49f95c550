"""Which file is what: the kinds of configuration the linter knows, told by a file's path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

Syntax = Literal["yaml", "groovy", "dockerfile"]


class Kind(NamedTuple):
    """One kind of configuration file."""

    id: str
    vendor: str
    title: str
    syntax: Syntax
    paths: str
    """A regular expression that such a file's path, with '/' between folders, ends with."""
    content: str | None = None
    """A regular expression that tells such a file by its text, when it was named on the command line."""
    schema: str | None = None
    """The name of its schema under `schemas/`, without the suffix."""
    many: bool = False
    """Whether one file may hold several YAML documents."""


KINDS: tuple[Kind, ...] = (
    Kind(
        "github-workflow",
        "github",
        "GitHub Actions workflow",
        "yaml",
        r"\.github/workflows/[^/]+\.ya?ml",
        r"(?ms)^(on|\"on\"|'on')\s*:.*^jobs\s*:|^jobs\s*:.*^(on|\"on\"|'on')\s*:",
        "github-workflow",
    ),
    Kind(
        "github-action",
        "github",
        "GitHub action",
        "yaml",
        r"action\.ya?ml",
        r"(?ms)^runs\s*:.*^\s+using\s*:",
        "github-action",
    ),
    Kind(
        "dependabot",
        "github",
        "Dependabot configuration",
        "yaml",
        r"\.github/dependabot\.ya?ml",
        r"(?m)^updates\s*:",
        "dependabot",
    ),
    Kind(
        "circleci",
        "circleci",
        "CircleCI configuration",
        "yaml",
        r"\.circleci/(?!.*orb)[^/]+\.ya?ml|continue[-_]config\.ya?ml",
        r"(?m)^version\s*:\s*[\"']?2(\.[01])?[\"']?\s*$(?s:.*)^(jobs|workflows|setup)\s*:",
        "circleciconfig",
    ),
    Kind(
        "circleci-orb",
        "circleci",
        "CircleCI orb",
        "yaml",
        r"(@?orb|[^/]+-orb)\.ya?ml|\.circleci/[^/]*orb[^/]*\.ya?ml",
        r"(?m)^version\s*:\s*[\"']?2\.1[\"']?\s*$",
    ),
    Kind(
        "circleci-orb-part",
        "circleci",
        "part of an unpacked CircleCI orb",
        "yaml",
        r"src/(commands|jobs|executors|examples)/[^/]+\.ya?ml",
    ),
    Kind("travis", "travis", "Travis CI configuration", "yaml", r"\.travis\.ya?ml", None, "travis"),
    Kind(
        "jenkinsfile",
        "jenkins",
        "Jenkinsfile",
        "groovy",
        r"Jenkinsfile([._-](?!md$|txt$)[^/]*)?|[^/]+\.(jenkinsfile|Jenkinsfile|jenkins)",
        r"(?m)^\s*pipeline\s*\{|^\s*node\s*(\([^)]*\)\s*)?\{",
    ),
    Kind(
        "gitlab",
        "gitlab",
        "GitLab CI configuration",
        "yaml",
        r"\.gitlab-ci\.ya?ml|[^/]*\.gitlab-ci\.ya?ml|\.gitlab/ci/.*\.ya?ml",
        r"(?m)^(stages|\.?[\w-]+)\s*:(?s:.*)^\s+(script|trigger|extends)\s*:",
        "gitlab-ci",
        many=True,
    ),
    Kind(
        "azure",
        "azure",
        "Azure Pipelines configuration",
        "yaml",
        r"\.?azure-?pipelines?([-_.][^/]*)?\.ya?ml|[^/]+\.azure-pipelines\.ya?ml|\.azure-?pipelines/.*\.ya?ml|\.azuredevops/.*\.ya?ml",
        r"(?m)^(trigger|pool|stages|steps|extends)\s*:",
        "azure-pipelines",
    ),
    Kind(
        "codebuild",
        "codebuild",
        "AWS CodeBuild buildspec",
        "yaml",
        r"buildspec([-_.][^/]*)?\.ya?ml",
        r"(?m)^phases\s*:",
        "buildspec",
    ),
    Kind(
        "dockerfile",
        "docker",
        "Dockerfile",
        "dockerfile",
        r"(Dockerfile|Containerfile)(\.(?!dockerignore$|md$)[^/]+)?|[^/]+\.(dockerfile|Dockerfile)",
        r"(?m)^(FROM|ARG)\s+\S",
    ),
    Kind(
        "mlci",
        "mlci",
        "mlci.yaml",
        "yaml",
        r"mlci\.ya?ml",
        r"(?ms)^vendors\s*:.*^stages\s*:|^stages\s*:.*^workflows\s*:",
    ),
)

UNKNOWN = Kind("unknown", "", "unknown file", "dockerfile", r"(?!)")
"""A file that was named but told nothing of itself, or could not be read."""
EVERY = (*(kind.id for kind in KINDS), UNKNOWN.id)
YAML = tuple(kind.id for kind in KINDS if kind.syntax == "yaml")
BY_ID = {kind.id: kind for kind in KINDS}
PATHS = re.compile(
    "|".join(rf"(?P<k{index}>(?:^|.*/)(?:{kind.paths}))\Z" for index, kind in enumerate(KINDS))
)


def by_path(path: str) -> Kind | None:
    """Return the kind of a file by its path ('/' between folders); None when it is no configuration."""
    found = PATHS.match(path)
    return None if found is None else KINDS[int(str(found.lastgroup)[1:])]


def by_content(text: str, among: Sequence[Kind] = KINDS) -> Kind | None:
    """Guess the kind of a file that was named explicitly, by its text."""
    for kind in among:
        if kind.content is not None and re.search(kind.content, text[:100_000]):
            return kind
    return None


def of(path: PurePosixPath | str, text: str) -> Kind | None:
    """Return the kind of a file by its path, else by its text."""
    return by_path(str(path)) or by_content(text)
