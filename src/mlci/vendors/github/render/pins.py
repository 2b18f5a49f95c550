"""The one table of actions: name -> release and the commit it stands for; a tag may move, a commit cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class Pin(NamedTuple):
    """One release of an action."""

    release: str
    commit: str


# Releases and commits as read from the tags of each action's repository.
PINS: Mapping[str, Pin] = {
    "actions/checkout": Pin("v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1"),
    "actions/setup-python": Pin("v7.0.0", "5fda3b95a4ea91299a34e894583c3862153e4b97"),
    "actions/cache": Pin("v5.0.5", "27d5ce7f107fe9357f9df03efb73ab90386fccae"),
    "actions/upload-artifact": Pin("v7.0.0", "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f"),
    "actions/download-artifact": Pin("v8.0.1", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"),
    "actions/github-script": Pin("v8.0.0", "ed597411d8f924073f98dfc5c65a23a2325f34cd"),
    "actions/attest-build-provenance": Pin("v4.1.0", "a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32"),
    "astral-sh/setup-uv": Pin("v10.0.1", "20cfd1bf945f4377ade1205e4dbc17946fc9a30d"),
    "docker/setup-qemu-action": Pin("v4.2.0", "96fe6ef7f33517b61c61be40b68a1882f3264fb8"),
    "docker/setup-buildx-action": Pin("v4.3.0", "37fe631027851001ddb9b187196cc803df7f5f0e"),
    "docker/login-action": Pin("v4.1.0", "4907a6ddec9925e35a0a9e82d7399ccc52663121"),
    "docker/metadata-action": Pin("v6.2.0", "dc802804100637a589fabce1cb79ff13a1411302"),
    "docker/build-push-action": Pin("v7.3.0", "53b7df96c91f9c12dcc8a07bcb9ccacbed38856a"),
    "aws-actions/configure-aws-credentials": Pin("v6.2.3", "e6de054238d6b7531b4efff3b6587d9aade6a06c"),
    "google-github-actions/auth": Pin("v3.0.0", "7c6bc770dae815cd3e89ee6cdf493a5fab2cc093"),
}

USES = re.compile(
    r"(?m)^(?P<before>\s*(?:- )?uses: )(?P<action>[\w.-]+/[\w.-]+)(?:@(?P<commit>[0-9a-f]{40}))?[ ]*$"
)
"""An action of the table without a ref, or at its commit without the comment that names the release."""


def pinned(action: str) -> str:
    """Return what follows `uses:` for an action of the table: its commit, and its release as a comment."""
    pin = PINS[action]
    return f"{action}@{pin.commit} # {pin.release}"


def pin_all(text: str) -> str:
    """Pin the actions of a workflow's text that are named without a ref and are in the table."""
    return USES.sub(pin_one, text)


def pin_one(found: re.Match[str]) -> str:
    """Return one `uses:` line, pinned if the table can."""
    pin = PINS.get(found["action"])
    if pin is None or found["commit"] not in (None, pin.commit):
        return found[0]
    return found["before"] + pinned(found["action"])
