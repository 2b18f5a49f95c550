"""What Travis CI says of a build: attributes for conditions, and the variables of a job."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from mlci.parity.contract import Event
from mlci.vendors.travis.syntax.builds import TYPES

SLUG = "example/repository"
NUMBER = "7"
PULL = "1"
OWN = ("TRAVIS", "CI", "CONTINUOUS_INTEGRATION")
"""How the names of Travis CI's own variables begin."""


def attributes(event: Event, commit_message: str = "") -> dict[str, str]:
    pulls = event.name == "pull_request"
    return {
        "type": TYPES[event.name],
        "repo": SLUG,
        "branch": event.tag if event.name == "tag" else event.branch,
        "tag": event.tag if event.name == "tag" else "",
        "commit_message": commit_message,
        "sender": "example",
        "fork": "false",
        "draft": "false",
        "head_repo": SLUG if pulls else "",
        "head_branch": event.head if pulls else "",
        "os": "linux",
        "sudo": "true",
    }


def variables(event: Event, commit: str, base: str, folder: str) -> dict[str, str]:
    pulls = event.name == "pull_request"
    return {
        "CI": "true",
        "TRAVIS": "true",
        "CONTINUOUS_INTEGRATION": "true",
        "DEBIAN_FRONTEND": "noninteractive",
        "HAS_JOSH_K_SEAL_OF_APPROVAL": "true",
        "LANG": "en_US.UTF-8",
        "LC_ALL": "en_US.UTF-8",
        "RAILS_ENV": "test",
        "RACK_ENV": "test",
        "MERB_ENV": "test",
        "JRUBY_OPTS": "--server -Dcext.enabled=false -Xcompile.invokedynamic=false",
        "TRAVIS_BRANCH": event.tag if event.name == "tag" else event.branch,
        "TRAVIS_BUILD_DIR": folder,
        "TRAVIS_BUILD_ID": f"100{NUMBER}",
        "TRAVIS_BUILD_NUMBER": NUMBER,
        "TRAVIS_BUILD_WEB_URL": f"https://app.travis-ci.com/{SLUG}/builds/100{NUMBER}",
        "TRAVIS_COMMIT": commit,
        "TRAVIS_COMMIT_MESSAGE": "",
        "TRAVIS_COMMIT_RANGE": f"{base}...{commit}" if base else "",
        "TRAVIS_EVENT_TYPE": TYPES[event.name],
        "TRAVIS_OS_NAME": "linux",
        "TRAVIS_CPU_ARCH": "amd64",
        "TRAVIS_PULL_REQUEST": PULL if pulls else "false",
        "TRAVIS_PULL_REQUEST_BRANCH": event.head if pulls else "",
        "TRAVIS_PULL_REQUEST_SHA": commit if pulls else "",
        "TRAVIS_PULL_REQUEST_SLUG": SLUG if pulls else "",
        "TRAVIS_REPO_SLUG": SLUG,
        "TRAVIS_SECURE_ENV_VARS": "true",
        "TRAVIS_SUDO": "true",
        "TRAVIS_TAG": event.tag if event.name == "tag" else "",
    }


def read_rows(rows: Sequence[str]) -> dict[str, str]:
    """Return the variables of some rows, as far as no shell is needed to read them."""
    found: dict[str, str] = {}
    for row in rows:
        try:
            words = shlex.split(row)
        except ValueError:
            continue
        for word in words:
            name, equals, value = word.partition("=")
            if equals:
                found[name] = value
    return found
