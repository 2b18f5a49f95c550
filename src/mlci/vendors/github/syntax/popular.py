"""Well-known actions: what each release takes and gives, and which releases no longer run.

`popular.json` is written by scripts/refresh_actions.py; the names in it are those of the actions' own
`action.yml`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from mlci.yaml.patterns import lazy


class Action(NamedTuple):
    """One release of an action; names as it declares them."""

    inputs: tuple[str, ...]
    required: tuple[str, ...]
    outputs: tuple[str, ...] | None
    """None when it may give anything."""
    deprecated: Mapping[str, str]
    """What its action says of each deprecated input."""


@cache
def table() -> dict[str, list[dict[str, Any]]]:
    text = Path(__file__).with_name("popular.json").read_text("utf-8")
    loaded: dict[str, list[dict[str, Any]]] = json.loads(text)
    return loaded


MAJOR = lazy(r"v?(\d{1,4})(?:\.\d+)*\Z")


@cache
def find(uses: str) -> Action | None:
    """Return what is known of `owner/name@vN`; None when it is not known or no such release."""
    name, _, ref = uses.partition("@")
    found = MAJOR.match(ref)
    if found is None:
        return None
    for entry in table().get(name.lower(), ()):
        if int(found[1]) in entry["majors"]:
            outputs = entry["outputs"]
            return Action(
                tuple(entry["inputs"]),
                tuple(entry["required"]),
                None if outputs is None else tuple(outputs),
                entry["deprecated"],
            )
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
