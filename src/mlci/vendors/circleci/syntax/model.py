"""A CircleCI configuration or orb as its parts and scopes: what is defined where, and what uses it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from mlci.vendors.circleci.syntax.shipped_orb import SHIPPED, packed
from mlci.yaml.document import Document, Key, Node
from mlci.yaml.neighbours import load
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import Entry, entry, get, is_null, items, sequence, text

Part = Literal["job", "command", "executor"]

BUILT_IN_STEPS = (
    "run",
    "checkout",
    "setup_remote_docker",
    "save_cache",
    "restore_cache",
    "store_artifacts",
    "store_test_results",
    "persist_to_workspace",
    "attach_workspace",
    "add_ssh_keys",
    "when",
    "unless",
    "steps",
    "deploy",
)
RESERVED = (
    "name",
    "requires",
    "context",
    "type",
    "filters",
    "matrix",
    "pre-steps",
    "post-steps",
    "serial-group",
    "override-with",
)
"""Keys of a job in a workflow that are no parameters."""


class Parameter(NamedTuple):
    """A declared parameter."""

    name: str
    type: str
    key: Node
    node: Node
    default: Node | None

    @property
    def enum(self) -> Node | None:
        return get(self.node, "enum")

    @property
    def required(self) -> bool:
        """Whether every use must give it."""
        return self.default is None


class Definition:
    """A job, command or executor."""

    def __init__(self, part: Part, name: str, key: Node | None, node: Node, scope: Scope) -> None:
        self.part = part
        self.name = name
        self.key = key
        self.node = node
        self.scope = scope
        self.parameters = parameters(get(node, "parameters"))

    @property
    def path(self) -> tuple[str, ...]:
        """The keys under which its document has it."""
        return (*self.scope.path, f"{self.part}s", self.name)


class Orb(NamedTuple):
    """An orb a file imports: its inline definition, or the reference to one that lives elsewhere."""

    name: str
    key: Node
    node: Node
    inline: Scope | None
    source: Scope | None = None
    """What is in one that lives elsewhere, when somebody has given its source."""

    @property
    def known(self) -> Scope | None:
        """What is in it: in an inline one, a given source or the one of mlci; None for any other."""
        return self.inline or self.source or (of_mlci() if text(self.node) == SHIPPED else None)


class Scope:
    """What names mean in a configuration, or inside an inline orb."""

    def __init__(
        self, document: Document | None, path: tuple[str, ...] = (), parent: Scope | None = None
    ) -> None:
        self.document = document
        self.path = path
        self.parent = parent
        self.jobs: dict[str, Definition] = {}
        self.commands: dict[str, Definition] = {}
        self.executors: dict[str, Definition] = {}
        self.orbs: dict[str, Orb] = {}
        self.beside: Scope | None = None
        """The other files of the orb that this one is a part of, when they are known."""

    def of(self, part: Part) -> dict[str, Definition]:
        return {"job": self.jobs, "command": self.commands, "executor": self.executors}[part]

    def orb(self, name: str) -> Orb | None:
        around = self.parent or self.beside
        return self.orbs.get(name) or (around.orb(name) if around else None)

    def find(self, part: Part, name: str) -> Definition | None:
        orb_name, slash, inner = name.partition("/")
        if not slash:
            return self.of(part).get(name) or (self.beside.find(part, name) if self.beside else None)
        orb = self.orb(orb_name)
        known = None if orb is None else orb.known
        return None if known is None else known.of(part).get(inner)

    def definitions(self) -> Iterator[Definition]:
        for found in (self.jobs, self.commands, self.executors):
            yield from found.values()
        for orb in self.orbs.values():
            if orb.inline is not None:
                yield from orb.inline.definitions()


class Step(NamedTuple):
    """One step: what it is called, where, and its arguments."""

    name: str
    key: Node
    arguments: Node | None
    node: Node


class JobUse(NamedTuple):
    """A job in a workflow."""

    job: str
    key: Node
    arguments: Node | None
    workflow: Workflow
    path: tuple[Key, ...]
    """Where the file has it."""

    @property
    def approval(self) -> bool:
        """Whether it only waits for a person."""
        return text(get(self.arguments, "type")) == "approval"

    @property
    def name(self) -> str:
        """What other jobs of the workflow call it."""
        return text(get(self.arguments, "name")) or self.job

    def given(self) -> list[Entry]:
        return [one for one in items(self.arguments) if one.name not in RESERVED]

    def matrix(self) -> list[Entry]:
        return items(get(self.arguments, "matrix", "parameters"))


class Workflow:
    """A workflow, or a group of jobs."""

    def __init__(self, name: str, key: Node, node: Node) -> None:
        self.name = name
        self.key = key
        self.node = node
        self.jobs: list[JobUse] = []


class Config(NamedTuple):
    """A whole file."""

    file: SourceFile
    version: str
    scope: Scope
    parameters: dict[str, Parameter]
    workflows: list[Workflow]
    groups: list[Workflow]

    @property
    def reusable(self) -> bool:
        """Whether the file has the language of 2.1: commands, executors, orbs, parameters, expressions."""
        return self.version not in ("2", "2.0")

    @property
    def partial(self) -> bool:
        """Whether the file cannot run by itself: a part that is packed with others."""
        if self.file.kind.id != "circleci":
            return False
        jobs = self.scope.jobs
        runs = any(workflow.jobs for workflow in self.workflows) or "build" in jobs
        return not runs or not (jobs or self.scope.orbs)

    def all_workflows(self) -> list[Workflow]:
        return [*self.workflows, *self.groups]


def read_config(file: SourceFile) -> Config:
    root = file.root_node
    if file.kind.id == "circleci-orb-part":
        return Config(file, "2.1", orb_part(file, root), {}, [], [])
    workflows = [one for one in items(get(root, "workflows")) if one.name != "version"]
    return Config(
        file,
        text(get(root, "version")) or "",
        scope(file.document, root),
        parameters(get(root, "parameters")),
        [workflow("workflows", one) for one in workflows],
        [workflow("job-groups", one) for one in items(get(root, "job-groups"))],
    )


FOLDERS: dict[str, Part] = {"commands": "command", "jobs": "job", "executors": "executor"}
"""The folders of an unpacked orb, each with what its files define."""


def orb_part(file: SourceFile, root: Node | None) -> Scope:
    """Return the scope of one file of an unpacked orb, which is named after the file."""
    found = Scope(file.document)
    path = PurePosixPath(file.name)
    part = FOLDERS.get(path.parent.name)
    if part is not None and root is not None and root.id == "mapping":
        found.of(part)[path.stem] = Definition(part, path.stem, None, root, found)
    found.beside = None if file.root is None else unpacked((file.root / file.name).parent.parent)
    return found


def unpacked(folder: Path) -> Scope | None:
    """Return what the files of an unpacked orb define; None when the folder is none."""
    main = load(folder / "@orb.yml")
    if main is None:
        return None
    found = Scope(main)
    for one in items(get(main.root, "orbs")):
        found.orbs[one.name] = Orb(one.name, one.key, one.value, None)
    for name, part in FOLDERS.items():
        for path in sorted((folder / name).glob("*.y*ml")):
            document = load(path)
            if document is not None and document.root is not None:
                found.of(part)[path.stem] = Definition(part, path.stem, None, document.root, found)
    return found


def scope(
    document: Document | None, node: Node | None, path: tuple[str, ...] = (), parent: Scope | None = None
) -> Scope:
    """Read the definitions of a configuration or inline orb."""
    found = Scope(document, path, parent)
    kinds: tuple[tuple[str, Part], ...] = (
        ("jobs", "job"),
        ("commands", "command"),
        ("executors", "executor"),
    )
    for key, part in kinds:
        for one in items(get(node, key)):
            if one.value.id == "mapping":
                found.of(part)[one.name] = Definition(part, one.name, one.key, one.value, found)
    for one in items(get(node, "orbs")):
        inside = (*path, "orbs", one.name)
        inline = scope(document, one.value, inside, found) if one.value.id == "mapping" else None
        found.orbs[one.name] = Orb(one.name, one.key, one.value, inline)
    return found


@cache
def of_mlci() -> Scope | None:
    found = packed()
    return None if found is None else whole(Document(SHIPPED, found))


def whole(document: Document) -> Scope:
    """Return what an orb's source defines."""
    return scope(document, document.root)


def parameters(node: Node | None) -> dict[str, Parameter]:
    return {
        one.name: Parameter(
            one.name, text(get(one.value, "type")) or "", one.key, one.value, get(one.value, "default")
        )
        for one in items(node)
    }


def workflow(section: str, found: Entry) -> Workflow:
    """Read a workflow; a job is a name, or a name with arguments."""
    read_workflow = Workflow(found.name, found.key, found.value)
    for index, one in enumerate(sequence(get(found.value, "jobs"))):
        place = (section, found.name, "jobs", index)
        if one.id == "scalar":
            read_workflow.jobs.append(JobUse(one.value, one, None, read_workflow, place))
        for job in items(one):
            if job.name not in RESERVED:
                use = JobUse(job.name, job.key, job.value, read_workflow, (*place, job.name))
                read_workflow.jobs.append(use)
    return read_workflow


def steps(node: Node | None) -> Iterator[Step]:
    """Yield the steps of a list, those inside `when` and `unless` too."""
    for one in sequence(node):
        if one.id == "scalar" and not is_null(one):
            yield Step(one.value, one, None, one)
        elif one.id == "sequence":
            yield from steps(one)
        else:
            found = items(one)
            chosen = next(
                (step for step in found if step.name in BUILT_IN_STEPS), found[0] if found else None
            )
            if chosen is None:
                continue
            yield Step(chosen.name, chosen.key, chosen.value, one)
            if chosen.name in ("when", "unless"):
                inner = entry(chosen.value, "steps") or entry(one, "steps")
                yield from steps(inner.value if inner else None)
