"""Which file is what: the kinds of configuration the linter knows, told by a file's path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import PurePosixPath

from mlci.yaml.source import Kind

KINDS: tuple[Kind, ...] = (
    Kind(
        "github-workflow",
        "github",
        "GitHub Actions workflow",
        "yaml",
        r"\.github/workflows/[^/]+\.ya?ml",
        "github-workflow",
        ("on jobs",),
    ),
    Kind("github-action", "github", "GitHub action", "yaml", r"action\.ya?ml", "github-action", ("runs",)),
    Kind(
        "dependabot",
        "github",
        "Dependabot configuration",
        "yaml",
        r"\.github/dependabot\.ya?ml",
        "dependabot",
        ("version updates",),
    ),
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
    Kind(
        "travis",
        "travis",
        "Travis CI configuration",
        "yaml",
        r"\.travis\.ya?ml",
        None,
        ("language", "before_install", "before_script", "after_success", "dist"),
    ),
    Kind(
        "jenkinsfile",
        "jenkins",
        "Jenkinsfile",
        "groovy",
        r"Jenkinsfile([._-](?!md$|txt$)[^/]*)?|[^/]+\.(jenkinsfile|Jenkinsfile|jenkins)|vars/[^/]+\.groovy",
        None,
        (r"pipeline\s*\{", r"node\b[^{\n]*\{", "@Library"),
    ),
    Kind(
        "codebuild",
        "codebuild",
        "AWS CodeBuild buildspec",
        "yaml",
        r"buildspec([-_.][^/]*)?\.ya?ml",
        "codebuild",
        ("version phases", "version batch"),
    ),
    Kind("mlci", "mlci", "mlci.yaml", "yaml", r"mlci\.ya?ml", None, ("stages workflows", "vendors")),
    Kind(
        "azure",
        "azure",
        "Azure Pipelines configuration",
        "yaml",
        r"\.?azure-?pipelines?([-_.][^/]*)?\.ya?ml|[^/]+\.azure-pipelines\.ya?ml"
        r"|\.azure-?pipelines/.*\.ya?ml|\.azuredevops/.*\.ya?ml",
        "azure",
        ("trigger", "pool", "steps", "extends", "schedules", "pr"),
    ),
    Kind(
        "gitlab",
        "gitlab",
        "GitLab CI configuration",
        "yaml",
        r"\.gitlab-ci\.ya?ml|[^/]*\.gitlab-ci\.ya?ml|\.gitlab/ci/.*\.ya?ml",
        "gitlab-ci",
        ("stages", "before_script", "include", "workflow", "default"),
        many=True,
    ),
    Kind(
        "dockerfile",
        "docker",
        "Dockerfile",
        "dockerfile",
        r"(Dockerfile|Containerfile)(\.(?!dockerignore$|md$)[^/]+)?|[^/]+\.(dockerfile|Dockerfile)",
        None,
        (r"(?i:from|arg)\s+\S",),
    ),
)

UNKNOWN = Kind("unknown", "", "unknown file", "dockerfile", r"(?!)")
"""A file that was named but told nothing of itself, or could not be read."""
EVERY = (*(kind.id for kind in KINDS), UNKNOWN.id)
YAML = tuple(kind.id for kind in KINDS if kind.syntax == "yaml")
BY_ID = {kind.id: kind for kind in KINDS}
ENDS = (".yml", ".yaml", ".groovy", "enkinsfile", ".jenkins", "ockerfile", "ontainerfile")
NAMES = ("Jenkinsfile", "Dockerfile", "Containerfile")
"""By such an end, or such a part, most files are told to be none of the kinds."""


@cache
def pattern(kind: Kind) -> re.Pattern[str]:
    """Return what the path of a file of a kind looks like."""
    return re.compile(rf"(?:^|.*/)(?:{kind.paths})\Z")


def by_path(path: str) -> Kind | None:
    """Return the kind of a file by its path ('/' between folders); None when it is no configuration."""
    if not path.endswith(ENDS) and not any(name in path for name in NAMES):
        return None
    return next((kind for kind in KINDS if pattern(kind).match(path)), None)


@cache
def key() -> re.Pattern[str]:
    """Return what a key of the top level looks like."""
    return re.compile(r"^[\"']?([\w-]+)[\"']?[ \t]*:", re.MULTILINE)


def by_content(text: str, among: Sequence[Kind] = KINDS) -> Kind | None:
    """Guess the kind of a file that was named explicitly, by its text."""
    keys = set(key().findall(text))
    for kind in among:
        for mark in kind.content:
            if keys.issuperset(mark.split()) if kind.syntax == "yaml" else begins(mark, text):
                return kind
    return None


def begins(pattern: str, text: str) -> bool:
    """Tell whether one of the first lines begins with a pattern."""
    return any(re.match(pattern, line.strip()) for line in text[:20_000].splitlines())


def of(path: PurePosixPath | str, text: str) -> Kind | None:
    """Return the kind of a file by its path, else by its text."""
    return by_path(str(path)) or by_content(text)
