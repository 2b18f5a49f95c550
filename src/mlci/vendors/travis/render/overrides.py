"""A user's own keys, merged last: a runner's and a stage's into the job, the others' into the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlci.planning.plan import Plan
from mlci.rendering.render import yaml
from mlci.vendors.travis.render.jobs import Naming
from mlci.yaml.document import Document

ID = "travis"
JOB, KEYS = "    - ", "      "
"""How deep the jobs of the file stand, and their keys."""


def apply(text: str, plans: Sequence[Plan]) -> str:
    of_file = merged(own(plans[0].pipeline.overrides), *(own(plan.workflow.overrides) for plan in plans))
    of_jobs: dict[str, Mapping[str, Any]] = {}
    for plan in plans:
        of_jobs |= of_stages(plan, Naming(plan, alone=len(plans) == 1))
    if of_jobs:
        text = "\n".join(jobs(text, of_jobs))
    return "\n".join(block(text.split("\n"), of_file, "")) if of_file else text


def own(overrides: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    return overrides.get(ID, {})


def of_stages(plan: Plan, naming: Naming) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for job in plan.jobs:
        if not (own(job.runner.others) or own(job.stage.overrides)):
            continue
        given = merged(own(job.runner.others), own(job.stage.overrides))
        for one in job.instances():
            found[f"{KEYS}name: {yaml(naming.job(one.id))}"] = given
    return found


def jobs(text: str, of_jobs: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the file's lines, each job's overrides merged into it."""
    head, *entries = f"\n{text}".split(f"\n{JOB}stage: ")
    yield from head.split("\n")[1:]
    for entry in entries:
        lines = f"{KEYS}stage: {entry}".split("\n")
        given = of_jobs.get(lines[1])
        changed = list(block(lines, given, KEYS)) if given else lines
        yield JOB + changed[0].removeprefix(KEYS)
        yield from changed[1:]


def block(lines: Sequence[str], given: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Yield a block mapping's lines with other keys merged into it.

    Parameters
    ----------
    lines : the mapping, its keys at `indent`
    given : keys and values; mappings are merged, all else is replaced
    """
    left = dict(given)
    ending = [""] if lines[-1] == "" else []
    for part in parts(lines[: len(lines) - len(ending)], indent):
        key = part[0].strip().partition(":")[0]
        if key not in left or not part[0].startswith(indent + key):
            yield from part
            continue
        before = Document("override", "\n".join(part)).data[key]
        yield from emit({key: merged_value(before, left.pop(key))}, indent)
    yield from emit(left, indent)
    yield from ending


def parts(lines: Sequence[str], indent: str) -> Iterator[list[str]]:
    """Part a block mapping's lines at its keys; comments stand alone."""
    part: list[str] = []
    for line in lines:
        if part and line.startswith(indent) and line[len(indent) : len(indent) + 1] not in ("", " ", "-"):
            yield part
            part = []
        part.append(line)
    yield part


def merged(*given: Mapping[str, Any]) -> dict[str, Any]:
    """Merge mappings, the later winning."""
    result: dict[str, Any] = {}
    for one in given:
        result = merged_value(result, one)
    return result


def merged_value(before: Any, after: Any) -> Any:
    """Merge two values: mappings key by key, of all else the later."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return after
    both = {key: merged_value(before[key], value) if key in before else value for key, value in after.items()}
    return {**before, **both}


def emit(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, each in value.items():
        name = f"{indent}{yaml(str(key))}:"
        if isinstance(each, Mapping) and each:
            yield name
            yield from emit(each, indent + "  ")
        elif isinstance(each, list | tuple) and each:
            yield name
            yield from (f"{indent}  - {yaml(item)}" for item in each)
        else:
            yield f"{name} {yaml(each)}"
