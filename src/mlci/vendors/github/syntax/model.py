"""A workflow or action as rules look at it: jobs, steps and events, each with its nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from mlci.yaml.document import Node
from mlci.yaml.nodes import MERGE, NULL
from mlci.yaml.source import SourceFile

COMMIT_LENGTH = 40

Pair = tuple[Node, Node]
"""A key's node and its value's."""


def keyed(node: Node | None) -> dict[str, Pair]:
    """Return a mapping's entries by name, of a repeated one the first; nothing for other nodes."""
    if node is None or node.id != "mapping":
        return {}
    try:
        quick = {pair[0].value: pair for pair in node.value}
        if len(quick) == len(node.value) and "<<" not in quick:
            return quick
    except TypeError:  # a key that is a list or a mapping cannot be looked up
        pass
    found: dict[str, Pair] = {}
    for pair in node.value:
        key = pair[0]
        if key.id == "scalar" and key.tag != MERGE:
            found.setdefault(key.value, pair)
    return found


def absent(node: Node | None) -> bool:
    return node is None or bool(node.id == "scalar" and node.tag == NULL)


class Part:
    """A mapping of the file."""

    def __init__(self, node: Node | None) -> None:
        self.node = node
        self.keys = keyed(node)

    def value(self, name: str) -> Node | None:
        """Return the value node of a key, None when there is none."""
        pair = self.keys.get(name)
        return None if pair is None else pair[1]

    def text(self, name: str) -> str:
        """Return a scalar's text; "" when there is none."""
        node = self.value(name)
        return node.value if node is not None and node.id == "scalar" else ""

    def inner(self, name: str) -> Part:
        """Return the mapping under a key; an empty one when there is none."""
        pair = self.keys.get(name)
        return NOTHING if pair is None else Part(pair[1])

    def items(self, name: str) -> list[Node]:
        """Return the items of a list, or a single scalar as the only one."""
        return listed(self.value(name))


def listed(node: Node | None) -> list[Node]:
    """Return the items of a list, or a single scalar as the only one."""
    if node is None or node.id == "mapping" or absent(node):
        return []
    if node.id == "sequence":
        return list(node.value)
    return [node]


def texts(nodes: list[Node]) -> list[str]:
    return [node.value for node in nodes if node.id == "scalar"]


NOTHING = Part(None)


class Step(Part):
    """A step; `number` counts from 0 within its job, steps of parallel groups included."""

    def __init__(self, node: Node, number: int) -> None:
        super().__init__(node)
        self.number = number
        self.uses = self.text("uses")
        """The action it runs."""
        self.given = self.inner("with")
        """What it gives the action."""
        run = self.value("run")
        self.run = run if run is not None and run.id == "scalar" else None
        """The script it runs."""

    def release(self, lines: Sequence[str]) -> str:
        """Return the action it runs; for a commit, at the release its comment names (`@SHA # v1.2`)."""
        node = self.value("uses")
        name, _, ref = self.uses.partition("@")
        if node is None or len(ref) != COMMIT_LENGTH:
            return self.uses
        rest = lines[node.end_line][node.end_column :] if node.end_line < len(lines) else ""
        words = rest.replace("=", " ").split()
        version = next((word for word in words if word[:1] == "v" and word[1:2].isdigit()), None)
        return self.uses if version is None else f"{name}@{version}"


class Job(Part):
    """A job; `number` counts from 0."""

    def __init__(self, key: Node, node: Node, number: int) -> None:
        super().__init__(node)
        self.key = key
        self.id: str = key.value
        self.number = number

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Its steps, those of parallel groups after the group."""
        nodes = flatten(self.value("steps"))
        return tuple(Step(node, number) for number, node in enumerate(nodes))

    @property
    def needs(self) -> list[Node]:
        """The names of the jobs it waits for."""
        return [node for node in self.items("needs") if node.id == "scalar"]


def flatten(node: Node | None) -> Iterator[Node]:
    """Yield the steps of a list and of the parallel groups within, in the file's order."""
    if node is None or node.id != "sequence":
        return
    for step in node.value:
        yield step
        group = keyed(step).get("parallel")
        if group is not None:
            yield from flatten(group[1])


class Workflow(Part):
    """A workflow, or an action whose steps are taken for those of one job."""

    def __init__(self, file: SourceFile) -> None:
        super().__init__(file.root_node)
        self.file = file
        self.is_action = file.kind.id == "github-action"

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs, in the file's order; an action's `runs` counts as one."""
        if self.is_action:
            pair = self.keys.get("runs")
            return () if pair is None else (Job(*pair, 0),)
        return tuple(
            Job(key, value, number) for number, (key, value) in enumerate(keyed(self.value("jobs")).values())
        )

    @cached_property
    def events(self) -> dict[str, tuple[Node, Node | None]]:
        """The events that start it: each name's node, and its configuration's, if any."""
        node = self.value("on")
        if node is not None and node.id == "mapping":
            return {name: (key, value) for name, (key, value) in keyed(node).items()}
        return {item.value: (item, None) for item in listed(node) if item.id == "scalar"}

    def event(self, name: str) -> Part:
        """Return an event's configuration; an empty one when there is none."""
        pair = self.events.get(name)
        return Part(None if pair is None else pair[1])

    @cached_property
    def by_id(self) -> dict[str, Job]:
        found: dict[str, Job] = {}
        for job in self.jobs:
            found.setdefault(job.id.lower(), job)
        return found


def read_workflow(file: SourceFile) -> Workflow:
    """Build a workflow's model; rules ask for it by `file.once(read)`."""
    return Workflow(file)
