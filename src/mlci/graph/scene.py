"""What there is to draw of one workflow, in words: nodes, edges, when it starts. No drawing yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from mlci.graph.wording import condition_words, duration_words, trigger_words
from mlci.language.model import Condition
from mlci.planning.plan import UNATTENDED, Approval, Job, Plan

Kind = Literal["job", "deploy", "approval"]
EdgeKind = Literal["order", "data", "both"]
SEVERAL_PATHS = 3
DEPLOY = "deploy"
"""The library stage that deploys; others that name a target ask or fetch what is there."""


class Node(NamedTuple):
    """A job or an approval."""

    id: str
    kind: Kind
    does: str
    """The library stage or the command; "" when it says no more than the id."""
    marks: tuple[str, ...] = ()
    """What is special about it: target, matrix, runner, limits."""
    condition: str = ""
    """When it runs, if not always: "if branch main"; a condition passed on is said where it begins."""
    conditional: bool = False
    """Whether it may be skipped, by its own condition or one passed on."""


class Edge(NamedTuple):
    """Something that one node gives another: its turn, its outputs, or both."""

    source: str
    target: str
    kind: EdgeKind
    paths: tuple[str, ...] = ()
    """The outputs handed over."""


class Scene(NamedTuple):
    """One workflow."""

    pipeline: str
    workflow: str
    starts: str
    """What starts it: "push to main · pull request"."""
    levels: tuple[tuple[Node, ...], ...]
    edges: tuple[Edge, ...]

    @property
    def nodes(self) -> Iterator[Node]:
        return (node for level in self.levels for node in level)


def scene(plan: Plan) -> Scene:
    held = {node.id: tuple(c for c in node.conditions if can_fail(c, plan)) for node in plan.nodes}
    levels = tuple(tuple(node_of(each, plan, held) for each in level) for level in plan.levels())
    starts = clean(trigger_words(plan.workflow.on))
    return Scene(plan.pipeline.name, plan.workflow.name, starts, levels, tuple(edges_of(plan)))


def node_of(node: Job | Approval, plan: Plan, held: Mapping[str, tuple[Condition, ...]]) -> Node:
    passed_on = {one for need in node.needs for one in held[need]}
    condition = clean(" and ".join(condition_words(one) for one in held[node.id] if one not in passed_on))
    skippable = bool(held[node.id])
    if isinstance(node, Approval):
        return Node(node.id, "approval", "waits for a person's yes", (), condition, skippable)
    kind: Kind = "deploy" if deploys(node) else "job"
    does = node.stage.uses or clean(node.stage.run or "")
    marks = tuple(marks_of(node, plan))
    return Node(node.id, kind, "" if does == node.id else does, marks, condition, skippable)


def deploys(job: Job) -> bool:
    """Tell whether a job puts something into production, and does not only look at it."""
    return job.stage.uses == DEPLOY or job.stage.environment is not None


def can_fail(condition: Condition, plan: Plan) -> bool:
    """Tell whether a condition can keep a job back; one on pull requests cannot where none starts it."""
    return condition != Condition(event=UNATTENDED) or plan.workflow.on.pull_request is not None


def clean(words: str) -> str:
    """Return text on one line, without what a terminal would obey or XML refuse."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in " ".join(words.split()))


def marks_of(job: Job, plan: Plan) -> Iterator[str]:
    """Yield what is special about a job, the weightiest first."""
    stage, target = job.stage, job.files.target
    if target is not None:
        known = plan.pipeline.targets.get(target)
        kind = f" ({known.type})" if known and known.type != target else ""
        yield f"{'→' if deploys(job) else 'with'} {target}{kind}"
    if stage.environment and stage.environment != target:
        yield f"in {stage.environment}"
    if stage.matrix is not None:
        count = sum(1 for _ in stage.matrix.combinations())
        yield f"×{count} {' × '.join(stage.matrix.axes)}"
    if isinstance(stage.runner, str) and stage.runner != "default":
        yield f"on {stage.runner}"
    elif job.runner.gpu:
        yield f"on {job.runner.gpu} GPU"
    if stage.allow_failure:
        yield "may fail"
    if stage.retries:
        yield f"{stage.retries + 1} tries"
    if stage.timeout:
        yield f"≤ {duration_words(stage.timeout)}"


def edges_of(plan: Plan) -> Iterator[Edge]:
    """Yield the edges: every need, and the bundles that come from further back."""
    jobs = {job.id: job for job in plan.jobs}
    for node in plan.nodes:
        collects = node.collects if isinstance(node, Job) else ()
        for need in node.needs:
            if need in collects and isinstance(node, Job):
                yield Edge(need, node.id, "both", handed(jobs[need], node))
            else:
                yield Edge(need, node.id, "order")
        for maker in collects:
            if maker not in node.needs and isinstance(node, Job):
                yield Edge(maker, node.id, "data", handed(jobs[maker], node))


def handed(maker: Job, reader: Job) -> tuple[str, ...]:
    """Return the outputs of one job that another reads; a matrix's paths keep their placeholders."""
    wanted = [path.rstrip("/") for path in reader.files.inputs]
    return tuple(clean(made) for made in maker.files.made if meets_any(made.rstrip("/"), wanted))


def meets_any(made: str, wanted: Sequence[str]) -> bool:
    """Tell whether a path is, holds or lies in one of others."""
    return any(made == path or made.startswith(f"{path}/") or path.startswith(f"{made}/") for path in wanted)


def paths_words(paths: Sequence[str]) -> str:
    """Return a few paths as words: "data/, model/ and 2 more"."""
    if len(paths) <= SEVERAL_PATHS:
        return ", ".join(paths)
    return f"{', '.join(paths[: SEVERAL_PATHS - 1])} and {len(paths) - SEVERAL_PATHS + 1} more"
