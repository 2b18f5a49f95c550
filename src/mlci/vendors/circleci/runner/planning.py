"""Which jobs a CircleCI configuration would run for an event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlci.parity.contract import Event, Planned
from mlci.parity.part import Part
from mlci.vendors.circleci.runner.pipeline import Pipeline, Workflow, first_file, skipped
from mlci.vendors.circleci.runner.steps import CONTINUE, Step
from mlci.vendors.circleci.runner.values import Commit
from mlci.vendors.circleci.runner.workflows import Node

UNKNOWN = Commit("0" * 40)
"""What is built, where only the file is looked at."""


def plan(files: Mapping[str, str], event: Event) -> tuple[Planned, ...]:
    """Tell which jobs an event runs.

    Raises
    ------
    InputError : something in a file is not known
    """
    path = first_file(files)
    pipeline = Pipeline(path, files[path], event, UNKNOWN)
    if not pipeline.config.setup:
        return tuple(planned(pipeline, event))
    found = continuation(pipeline)
    if found is None:
        return ()
    node, step = found
    target = step.part.get("configuration_path")
    path = "" if target is None else target.text()
    if path not in files:
        raise step.part.refuse(f"it goes on with '{path}', which is not there")
    running = any(work.starts and node in work.nodes and node.passes for work in pipeline.workflows)
    following = Pipeline(path, files[path], event, UNKNOWN, answers(event, step.part))
    return tuple(
        each if running else each._replace(runs=False, why="the setup does not run")
        for each in planned(following, event)
    )


def continuation(pipeline: Pipeline) -> tuple[Node, Step] | None:
    for workflow in pipeline.workflows:
        for node in workflow.nodes:
            for step in () if node.approval else pipeline.job(node).steps:
                if step.kind == CONTINUE:
                    return node, step
    return None


def answers(event: Event, part: Part) -> dict[str, Part]:
    """Return the answers of `mlci select` as the parameters that a setup passes on."""
    return {
        f"{workflow}--{name}".lower(): part.become(holds)
        for workflow, found in event.selected.items()
        for name, holds in found.items()
    }


def planned(pipeline: Pipeline, event: Event) -> Iterator[Planned]:
    for workflow in pipeline.workflows:
        yield from of_workflow(pipeline, workflow, event)


def of_workflow(pipeline: Pipeline, workflow: Workflow, event: Event) -> Iterator[Planned]:
    names = {node.name: pipeline.named(node) for node in workflow.nodes}
    ids = {name: () if named is None else (named.id,) for name, named in names.items()}
    why = reasons(workflow, event)
    for node in workflow.nodes:
        named = names[node.name]
        if named is not None:
            needs = tuple(sorted({each for need in node.needs for each in ids[need]}))
            said = why[node.name]
            yield Planned(named.workflow, named.id, needs, not said, said, node.approval)


def reasons(workflow: Workflow, event: Event) -> dict[str, str]:
    """Return why each node does not run, "" for one that does."""
    if not workflow.starts:
        return dict.fromkeys((node.name for node in workflow.nodes), "the workflow does not start")
    out = skipped(workflow.nodes)
    found: dict[str, str] = {}

    def reason(node: Node, by_name: Mapping[str, Any]) -> str:
        if node.name not in found:
            found[node.name] = ""
            before = [reason(by_name[need], by_name) for need in node.needs if need not in out]
            own = f"approval '{node.name}' is not given" if node.approval else ""
            if node.name in out:
                found[node.name] = "its filters do not hold"
            elif node.approval and node.name in event.approved:
                found[node.name] = next(filter(None, before), "")
            else:
                found[node.name] = next(filter(None, before), own)
        return found[node.name]

    by_name = {node.name: node for node in workflow.nodes}
    for node in workflow.nodes:
        reason(node, by_name)
    return found
