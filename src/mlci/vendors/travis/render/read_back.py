"""A rendered .travis.yml read back into its jobs."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlci.planning.vendor import ReadJob
from mlci.vendors.travis.render import variables
from mlci.vendors.travis.render.conditions import TYPE
from mlci.vendors.travis.render.paths import unguarded
from mlci.vendors.travis.syntax.approvals import approvals_in
from mlci.vendors.travis.syntax.conditions.reader import read_condition
from mlci.vendors.travis.syntax.conditions.tree import Condition, comparisons, named
from mlci.yaml.document import Document


def read(files: Mapping[str, str]) -> tuple[ReadJob, ...]:
    """Read the jobs; one waits for its workflow's build stage before, or for an approval after that."""
    found: list[ReadJob] = []
    for text in files.values():
        data = Document(".travis.yml", text).data
        if isinstance(data, dict):
            found.extend(jobs(data))
    return tuple(found)


def jobs(data: Mapping[str, Any]) -> Iterator[ReadJob]:
    shared = variables.read_lines(listed(data.get("env", {}).get("global", [])))
    asked = {stage["name"]: stage.get("if", "") for stage in data["stages"] if isinstance(stage, dict)}
    order = [stage["name"] if isinstance(stage, dict) else stage for stage in data["stages"]]
    before: dict[str, tuple[str, ...]] = {}
    given: dict[str, frozenset[str]] = {}
    for stage in order:
        entries = [entry for entry in data["jobs"]["include"] if entry["stage"] == stage]
        entries = [entry for entry in entries if "exec" in words(entry)[:2]]
        if not entries:
            continue
        workflow = option(words(entries[0]), "--workflow")
        texts = (asked.get(stage, ""), *(entry.get("if", "") for entry in entries))
        approvals = given_by_hand([read_condition(text) for text in texts if text])
        needs = before.get(workflow, ())
        for approval in sorted(approvals - given.get(workflow, frozenset())):
            yield ReadJob(workflow, approval, needs, (), {}, (), ())
            needs = (approval,)
        given[workflow] = given.get(workflow, frozenset()) | approvals
        made = [job(entry, shared, needs) for entry in entries]
        yield from made
        before[workflow] = tuple(sorted(one.id for one in made))


def given_by_hand(conditions: Sequence[Condition]) -> frozenset[str]:
    """Return the approvals that conditions of builds started by hand alone ask for."""
    asked = [named(one) for each in conditions for one in comparisons(each) if one.left == TYPE]
    if set(asked) != {("api",)}:
        return frozenset()
    return frozenset(names[0] for each in conditions for names in approvals_in(each) if len(names) == 1)


def job(entry: Mapping[str, Any], shared: Mapping[str, str], needs: tuple[str, ...]) -> ReadJob:
    command = words(entry)
    own = {**variables.read_lines(listed(entry.get("env", []))), **variables.read_lines(exports(entry))}
    uses = listed(entry.get("workspaces", {}).get("use", []))
    return ReadJob(
        workflow=option(command, "--workflow"),
        id=option(command, "--job") or command[2],
        needs=needs,
        command=tuple(command),
        env={name: value for name, value in {**shared, **own}.items() if not name.startswith("MLCI_")},
        secrets=(),
        collects=tuple(name.rpartition(f"{option(command, '--workflow')}.")[2] for name in uses),
    )


def words(entry: Mapping[str, Any]) -> list[str]:
    """Return the words of a job's command, without what Travis CI runs it under."""
    found = shlex.split(unguarded(str(entry["script"])))
    return found[2:] if found[:1] == ["travis_wait"] else found


def option(command: Sequence[str], name: str) -> str:
    """Return an option's value, "" when it is not given."""
    return command[command.index(name) + 1] if name in command else ""


def exports(entry: Mapping[str, Any]) -> list[str]:
    """Return the commands that only set a variable."""
    return [line for line in listed(entry.get("before_script", [])) if line.startswith(variables.EXPORT)]


def listed(value: Any) -> list[str]:
    """Return a list; a single item may stand for a list of one."""
    return list(value) if isinstance(value, list) else [value]
