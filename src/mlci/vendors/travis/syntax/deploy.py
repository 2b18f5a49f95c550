"""Travis's deployment providers and their options, by its build config reference."""

from __future__ import annotations

from mlci.vendors.travis.syntax.languages import single_keys
from mlci.vendors.travis.syntax.shapes import (
    FLAG,
    TEXT,
    TEXTS,
    Choice,
    Free,
    Many,
    Shape,
    Table,
    Text,
    keys,
    listed,
    names,
    table,
)
from mlci.vendors.travis.syntax.values import OS

REQUIRED = {
    "convox": ("app", "rack", "password"),
    "launchpad": ("slug", "oauth_token", "oauth_token_secret"),
}
REMOVED = names(
    "appfog atlas biicode bitballoon catalyze cloudcontrol codeship deis divshot exoscale heroku-git modulus "
    "ninefold nodejitsu"
)
"""Providers that deployment once knew and no longer does."""
DEPRECATED = {
    "skip_cleanup": "use `cleanup: true` where files are to be removed; dpl v2 keeps them",
    "no_promote": "use `promote: false`",
    "no_stop_previous_version": "use `stop_previous_version: false`",
    "skip_upload_docs": "use `upload_docs: false`",
}


def providers() -> Choice:
    return Choice("provider", {name: provider(name, spec) for name, spec in listed("providers.txt")})


def provider(name: str, spec: str) -> Table:
    options, aliases = keys(spec)
    common: dict[str, Shape] = {
        "provider": TEXT,
        "on": conditions(),
        "run": TEXTS,
        "allow_failure": FLAG,
        "cleanup": FLAG,
        "skip_cleanup": FLAG,
        "edge": table("source branch enabled?", flag=True, name="edge"),
    }
    aliases = {**aliases, "true": "on"}  # YAML 1.1 reads the key `on` as true
    return Table(
        {**options, **common}, aliases, "provider", False, REQUIRED.get(name, ()), f"deploy ({name})"
    )


def conditions() -> Table:
    own: dict[str, Shape] = {
        "os": OS,
        "branch": Free(TEXTS),
        "repo": Text(),
        "condition": TEXTS,
        "all_branches": FLAG,
        "tags": FLAG,
        "tag": Text(),
    }
    shared, aliases = single_keys()
    return Table({**shared, **own}, aliases, "branch", False, (), "on")


def deployments() -> Many:
    return Many(providers())
