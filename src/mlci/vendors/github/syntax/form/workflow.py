"""What may stand in a workflow, as GitHub's "Workflow syntax" has it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from mlci.vendors.github.syntax.expression import contexts as c
from mlci.vendors.github.syntax.expression.contexts import Availability
from mlci.vendors.github.syntax.expression.types import ANY, LIST, OPEN
from mlci.vendors.github.syntax.form.containers import (
    Anything,
    Either,
    Items,
    Key,
    Section,
    Table,
    meant,
    read_pairs,
)
from mlci.vendors.github.syntax.form.scalars import Choice, Condition, Text, boolean, integer, number
from mlci.vendors.github.syntax.form.steps import Steps, variables
from mlci.vendors.github.syntax.form.walk import Shape, Walk, called, is_expression, is_null
from mlci.yaml.document import Node

MAX_SCALARS = 20_000
CACHE_MODES = ("read", "write", "write-only", "none")


def concurrency(here: Availability) -> Either:
    keys = {
        "group": Key(Text(here), required=True),
        "cancel-in-progress": Key(boolean(here)),
        "queue": Key(Choice(("single", "max"), here)),
    }
    return Either(scalar=Text(here), mapping=Section(keys))


def defaults(here: Availability | None) -> Section:
    run = Section({"shell": Text(here), "working-directory": Text(here)})
    return Section({"run": Key(run)})


def container(what: str) -> Either:
    """Return the shape of a job's `container`, or of one of its services."""
    credentials = Section(
        {"username": Key(Text(c.CREDENTIALS), True), "password": Key(Text(c.CREDENTIALS), True)},
        here=c.CREDENTIALS,
    )
    keys: dict[str, Shape | Key] = {
        "image": Key(Text(c.JOB, empty=True), required=True),
        "credentials": credentials,
        "env": variables(c.CONTAINER_ENV),
        "ports": Items(Text(c.JOB), here=c.JOB),
        "volumes": Items(Text(c.JOB), here=c.JOB),
        "options": Text(c.JOB, empty=True),
    }
    if what == "service":
        keys |= {"command": Text(c.JOB, empty=True), "entrypoint": Text(c.JOB, empty=True)}
    return Either(scalar=Text(c.JOB, empty=True, whole=ANY), mapping=Section(keys))


def strategy() -> Section:
    here = c.STRATEGY
    keys: dict[str, Shape | Key] = {
        "matrix": Matrix(),
        "fail-fast": boolean(here),
        "max-parallel": integer(here, 0),
    }
    return Section(keys, here=here)


class Matrix:
    """`strategy.matrix`; what its values mean is the business of the rule about matrices."""

    def __init__(self) -> None:
        self.row = Anything(c.STRATEGY)

    def read(self, node: Node, what: str, walk: Walk) -> None:
        """Check the rows' kinds and gather expressions."""
        if is_expression(node):
            walk.site(node, c.STRATEGY, OPEN)
        elif node.id != "mapping":
            rule = "empty-value" if is_null(node) else "wrong-type"
            walk.report(rule, node, f"'{what}' must be a mapping, not {called(node)}")
        elif not node.value:
            walk.report("empty-value", node, f"'{what}' must not be empty")
        elif not walk.again(node):
            for key, value in read_pairs(node, walk, cased=False).values():
                self.read_row(key.value, value, walk)

    def read_row(self, name: str, node: Node, walk: Walk) -> None:
        """Check one row: a list, or an expression that gives one."""
        if is_expression(node):
            walk.site(node, c.STRATEGY, LIST)
        elif node.id != "sequence":
            rule = "empty-value" if is_null(node) else "wrong-type"
            walk.report(rule, node, f"'{name}' must be a list, not {called(node)}")
        elif not node.value and name not in ("include", "exclude"):
            walk.report("empty-value", node, f"'{name}' must not be empty")
        else:
            for item in node.value:
                if name not in ("include", "exclude") or item.id == "mapping":
                    self.row.read(item, name, walk)
                elif is_expression(item):
                    walk.site(item, c.STRATEGY, OPEN)
                else:
                    said = f"each item of '{name}' must be a mapping, not {called(item)}"
                    walk.report("wrong-type", item, said)


def runs_on() -> Either:
    """Return the shape of `runs-on`: a label, labels, or a group of runners."""
    labels = Items(Text(c.JOB, whole=ANY), single=True, here=c.JOB)
    group = Section({"group": Text(c.JOB), "labels": labels})
    return Either(scalar=Text(c.JOB, whole=ANY), sequence=Items(Text(c.JOB)), mapping=group)


@cache
def job_keys() -> dict[str, Key]:
    here = c.JOB
    environment = Section(
        {"name": Key(Text(here), True), "url": Text(c.ENVIRONMENT_URL), "deployment": boolean(here)}
    )
    snapshot = Section(
        {"image-name": Key(Text(here), True), "version": Text(here), "if": Condition(c.SNAPSHOT_IF)}
    )
    keys: dict[str, Shape | Key] = {
        **shared_keys(),
        "runs-on": Key(runs_on(), required=True),
        "snapshot": Either(scalar=Text(here), mapping=snapshot),
        "environment": Either(scalar=Text(here, whole=ANY), mapping=environment),
        "outputs": Table(Text(c.OUTPUTS, empty=True), empty="warning"),
        "env": variables(c.JOB_ENV),
        "defaults": defaults(c.DEFAULTS),
        "steps": Steps(c.STEP, c.STEP_IF),
        "timeout-minutes": number(here, 0),
        "cancel-timeout-minutes": number(here, 0),
        "continue-on-error": boolean(here),
        "container": container("container"),
        "services": Table(container("service"), here=here, empty="warning"),
    }
    return {name: key if isinstance(key, Key) else Key(key) for name, key in keys.items()}


@cache
def shared_keys() -> dict[str, Shape | Key]:
    """Return the keys that both kinds of job have."""
    return {
        "name": Text(c.JOB, empty=True),
        "needs": Items(Text(), single=True, empty=True),
        "permissions": Anything(),
        "if": Condition(c.JOB_IF),
        "concurrency": concurrency(c.JOB),
        "strategy": strategy(),
        "cache-mode": Choice(CACHE_MODES),
    }


@cache
def call_keys() -> dict[str, Key]:
    secrets = Either(
        scalar=Choice(("inherit",)), mapping=Table(Text(c.JOB_SECRETS, empty=True), empty="warning")
    )
    keys: dict[str, Shape | Key] = {
        **shared_keys(),
        "uses": Text(c.JOB),
        "with": Table(Text(c.JOB, empty=True), empty="warning"),
        "secrets": secrets,
    }
    return {name: key if isinstance(key, Key) else Key(key) for name, key in keys.items()}


class Jobs:
    """The jobs of a workflow."""

    def __init__(self) -> None:
        self.section = Section({})

    def read(self, node: Node, what: str, walk: Walk) -> None:
        """Read each job, counted from 0 as `workflow.jobs` counts them."""
        if node.id != "mapping" or not node.value:
            empty = node.id == "mapping" or is_null(node)
            said = (
                f"'{what}' must not be empty" if empty else f"'{what}' must be a mapping, not {called(node)}"
            )
            walk.report("empty-value" if empty else "wrong-type", node, said)
            return
        for key, value in read_pairs(node, walk, cased=False).values():
            walk.job = 0 if walk.job is None else walk.job + 1
            self.read_job(key, value, walk)
        walk.job = None

    def read_job(self, key: Node, node: Node, walk: Walk) -> None:
        """Read a job of either kind."""
        what = f"job '{key.value}'"
        if node.id != "mapping" or not node.value:
            empty = node.id == "mapping" or is_null(node)
            said = f"{what} must not be empty" if empty else f"{what} must be a mapping, not {called(node)}"
            walk.report("empty-value" if empty else "wrong-type", key, said)
            return
        names = {name.value for name, _ in node.value if name.id == "scalar"}
        calls = "uses" in names
        allowed = call_keys() if calls else job_keys()
        self.read_keys(key, node, what, walk, allowed, calls=calls)

    def read_keys(
        self, key: Node, node: Node, what: str, walk: Walk, keys: dict[str, Key], *, calls: bool
    ) -> None:
        """Read a job's keys; those of the other kind are told as such."""
        other = job_keys() if calls else call_keys()
        seen = read_pairs(node, walk)
        hints = set()
        for name, (key_node, value) in seen.items():
            if name in keys:
                walk.owner = key_node
                keys[name].shape.read(value, name, walk)
            elif name in other:
                self.misplaced(key_node, what, walk, keys, calls=calls)
            else:
                hints.add(self.section.unknown(key_node, what, walk, keys))
        for name, wanted in keys.items():
            if wanted.required and name not in seen and meant(name) not in hints:
                walk.report("missing-key", key, f"{what} lacks '{name}'")
        if not calls and "steps" not in seen and meant("steps") not in hints:
            walk.report("missing-key", key, f"{what} has no 'steps'; GitHub refuses it", severity="warning")

    def misplaced(self, key: Node, what: str, walk: Walk, keys: dict[str, Key], *, calls: bool) -> None:
        if calls:
            said = f"{what} calls a reusable workflow, so '{key.value}' cannot stand here"
            help = f"such a job has {', '.join(sorted(keys))}"
        else:
            said = f"'{key.value}' is only for jobs that call a reusable workflow by 'uses'; {what} has none"
            help = None
        walk.report("unknown-key", key, said, help)


class Triggers:
    """`on`: only what holds expressions is read; the events are a rule's business."""

    def __init__(self) -> None:
        self.default = Anything(c.INPUT_DEFAULT)
        self.output = Anything(c.CALL_OUTPUT)

    def read(self, node: Node, what: str, walk: Walk) -> None:
        """Gather the expressions of `workflow_call`; elsewhere there are none."""
        known = len(walk.sites)
        for key, value in pairs(node):
            if key.value == "workflow_call":
                self.read_entries(value, "inputs", "default", self.default, walk)
                self.read_entries(value, "outputs", "value", self.output, walk)
        evaluated = {id(site.node) for site in walk.sites[known:]}
        for scalar in scalars(node):
            if "${{" in scalar.value and id(scalar) not in evaluated:
                walk.report("unknown-context", scalar, f"no expression is evaluated here in '{what}'")

    def read_entries(self, node: Node, section: str, name: str, shape: Shape, walk: Walk) -> None:
        """Gather the expressions under one key of each entry of a section."""
        for key, entries in pairs(node):
            if key.value == section:
                for _, entry in pairs(entries):
                    for field, value in pairs(entry):
                        if field.value == name:
                            shape.read(value, name, walk)


def scalars(node: Node) -> Iterator[Node]:
    """Yield the scalars that are values beneath a node."""
    pending, met = [node], 0
    while pending and met < MAX_SCALARS:
        one = pending.pop()
        met += 1
        if one.id == "scalar":
            yield one
        elif one.id == "sequence":
            pending += one.value
        else:
            pending += [value for _, value in one.value]


def pairs(node: Node) -> list[tuple[Node, Node]]:
    """Return a mapping's entries; none for other nodes."""
    return [pair for pair in node.value if pair[0].id == "scalar"] if node.id == "mapping" else []


@cache
def grammar() -> Section:
    """Return the shape of a whole workflow."""
    return Section(
        {
            "name": Text(empty=True),
            "run-name": Text(c.WORKFLOW),
            "on": Key(Triggers(), required=True),
            "permissions": Anything(),
            "env": variables(c.WORKFLOW_ENV),
            "defaults": defaults(c.WORKFLOW),
            "concurrency": concurrency(c.WORKFLOW),
            "cache-mode": Choice(CACHE_MODES),
            "jobs": Key(Jobs(), required=True),
        }
    )
