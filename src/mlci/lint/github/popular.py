"""Well-known actions: what each release takes and gives, read from their own `action.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Action(NamedTuple):
    """One major release of an action; names in lower case."""

    inputs: tuple[str, ...]
    required: tuple[str, ...] = ()
    outputs: tuple[str, ...] | None = None
    deprecated: Mapping[str, str] = MappingProxyType({})


def find(uses: str) -> Action | None:
    """Return what is known of `owner/name@ref`."""
    return None


FIRST_THAT_RUNS: Mapping[str, int] = {
    "actions/cache": 4,
    "actions/cache/restore": 4,
    "actions/cache/save": 4,
    "actions/checkout": 4,
    "actions/configure-pages": 4,
    "actions/deploy-pages": 4,
    "actions/download-artifact": 4,
    "actions/github-script": 7,
    "actions/labeler": 5,
    "actions/setup-dotnet": 4,
    "actions/setup-go": 5,
    "actions/setup-java": 4,
    "actions/setup-node": 4,
    "actions/setup-python": 5,
    "actions/stale": 9,
    "actions/upload-artifact": 4,
    "actions/upload-pages-artifact": 3,
    "aws-actions/amazon-ecr-login": 2,
    "aws-actions/configure-aws-credentials": 4,
    "azure/login": 2,
    "codecov/codecov-action": 4,
    "docker/build-push-action": 5,
    "docker/login-action": 3,
    "docker/metadata-action": 5,
    "docker/setup-buildx-action": 3,
    "docker/setup-qemu-action": 3,
    "dorny/paths-filter": 3,
    "github/codeql-action/analyze": 3,
    "github/codeql-action/autobuild": 3,
    "github/codeql-action/init": 3,
    "github/codeql-action/upload-sarif": 3,
    "golangci/golangci-lint-action": 4,
    "google-github-actions/auth": 2,
    "google-github-actions/setup-gcloud": 2,
    "hashicorp/setup-terraform": 3,
    "softprops/action-gh-release": 2,
}
"""The first major release of each action that runs on Node 20 or newer, by its release notes."""
