"""What starts a workflow: mlci's `on` as GitHub's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mlci.engine.environment import variable
from mlci.language.model import Filter, Trigger
from mlci.vendors.github.render.text import literal, string


def started_by(on: Trigger) -> frozenset[str]:
    """Return the events, in mlci's words, that can start a workflow."""
    events = {"pull_request"} if on.pull_request else set()
    if on.push is not None:
        events |= {"push"} if on.push.branches or not on.push.tags else set()
        events |= {"tag"} if on.push.tags or not on.push.branches else set()
    events |= {"schedule"} if on.schedule else set()
    return frozenset(events | ({"manual"} if on.manual else set()))


def triggers(on: Trigger) -> dict[str, Any]:
    """Return the parts of `on:` for the template."""
    return {
        "push": None if on.push is None else patterns_of(on.push),
        "pull_request": None if on.pull_request is None else patterns_of(on.pull_request),
        "schedule": on.schedule,
        "manual": None if on.manual is None else inputs(on),
    }


def patterns_of(given: Filter) -> dict[str, list[str]]:
    named = {"branches": given.branches, "tags": given.tags, "paths": given.paths}
    return {name: [pattern(each) for each in patterns] for name, patterns in named.items() if patterns}


def pattern(text: str) -> str:
    """Return one of our patterns as GitHub's, where + ? [ ] and a leading ! mean something else."""
    escaped = re.sub(r"[+?\[\]\\]|^!", lambda found: "\\" + found[0], text)
    return f"{escaped}**" if escaped.endswith("/") else escaped


def inputs(on: Trigger) -> dict[str, dict[str, Any]]:
    """Return the inputs of a start by hand."""
    if on.manual is None:
        return {}
    return {
        name: {
            "description": given.description or name,
            "type": "choice" if given.options else "string",
            **({"options": list(given.options)} if given.options else {}),
            **({"default": given.default} if given.default else {}),
        }
        for name, given in on.manual.inputs.items()
    }


def input_variables(on: Trigger) -> dict[str, str]:
    """Return MLCI_INPUT_<NAME> -> expression for each input of a start by hand."""
    return {f"MLCI_INPUT_{variable(name)}": f"${{{{ inputs.{name} }}}}" for name in inputs(on)}


def scheduled_branch(on: Trigger) -> str:
    """Return the one branch a schedule runs on, "" for the default branch."""
    return on.branches[0] if on.schedule and on.branches else ""


def schedule_variables(on: Trigger) -> Mapping[str, str]:
    """Return what a scheduled run must be told, as GitHub always says the default branch."""
    branch = scheduled_branch(on)
    if not branch:
        return {}
    return {
        "MLCI_BRANCH": literal(branch)
        if started_by(on) == {"schedule"}
        else f"${{{{ {on_schedule(branch)} }}}}"
    }


def on_schedule(branch: str) -> str:
    """Return an expression that is the branch in a scheduled run, and '' in any other."""
    return f"github.event_name == 'schedule' && {string(branch)} || ''"
