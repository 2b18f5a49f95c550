"""The language of `mlci.yaml` as frozen dataclasses: what it may hold, what each key means.

Every field made by `key` is one key of the file; reading (`mlci.language.config`), the editor schema and the
reference page follow from these classes. Those that nothing compares have no `__eq__` and `__repr__`, as
making these takes longer than reading a pipeline does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlci.findings import Mark
from mlci.language.catalogue import TARGETS, styles, vendor_ids
from mlci.language.records import Named, Record, key
from mlci.language.shapes import (
    Choice,
    Duration,
    Either,
    Flag,
    Free,
    Made,
    Many,
    Number,
    Reading,
    Shape,
    Table,
    Text,
    wrong_type,
)
from mlci.language.steps import Step, Steps
from mlci.yaml.document import Document, Key

NAME = Text(
    "a name",
    r"[A-Za-z_][A-Za-z0-9_-]{0,63}",
    "use letters, digits, '-' and '_', and start with a letter; every vendor takes such a name",
)
ENV_NAME = Text(
    "the name of an environment variable", r"[A-Za-z_][A-Za-z0-9_]*", "use letters, digits and '_'"
)
PATH = Text(
    "a path inside the repository",
    r"(?!/|[A-Za-z]:|~)(?!.*(^|/)\.\.(/|$))[^\x00-\x1f\\]+",
    "write it relative to the folder of mlci.yaml, without '..'",
)
WORD = Text("text", r"[^\x00-\x08\x0b-\x1f]*", numbers=True)
CRON = Text(
    "a cron line of five fields",
    r"\s*(\S+\s+){4}\S+\s*",
    "write minute, hour, day of month, month, day of week: '0 0 * * *' is daily at midnight UTC",
)
PYTHON = Text("a Python version", r"3\.[0-9]{1,2}(\.[0-9]{1,2})?", 'write it in quotes: "3.11"')
INSTALL = Text(
    "something pip can install",
    r"[A-Za-z0-9._/@:+=\[\],~<>!#&%?-]+",
    "a pinned release (mlci==0.1.0), a wheel in the repository, or git+https://…@COMMIT",
)
INSTALL_PATH = Text("a path of plain characters", r"(?!/|.*\.\.)[A-Za-z0-9._/-]+")
BRANCH = Text("a branch, tag or path pattern", r"[^\x00-\x20]+")
PATHS = Many(PATH, "a list of paths")
NAMES = Many(NAME, "a list of names")
PATTERNS = Many(BRANCH, "a list of patterns")
ENV = Table(ENV_NAME, WORD, "a mapping of variables to text")


def per_vendor() -> Mapping[str, Shape]:
    """Return one free mapping for each vendor: what only that vendor has."""
    return {name: Free("a mapping of this vendor's own keys", mapping=True) for name in vendor_ids()}


VENDOR = Choice(vendor_ids, "vendor")
OVERRIDES = Table(VENDOR, Free("a mapping", mapping=True), "a mapping of vendors to their own keys")


@dataclass(frozen=True)
class Requirements:
    """What a job installs beside mlci; at most one of the three."""

    file: str | None = key(INSTALL_PATH, "A requirements file for pip.", None)
    pyproject: str | None = key(INSTALL, 'A project to install, such as ".[train]".', None)
    lock: str | None = key(INSTALL_PATH, "A uv.lock; installed with `uv sync --frozen`.", None)

    @property
    def said_in(self) -> str:
        """The file that says what is installed, "" when there is none."""
        if self.pyproject:
            folder = self.pyproject.partition("[")[0].removeprefix("./").rstrip("/")
            return "pyproject.toml" if folder in (".", "") else f"{folder}/pyproject.toml"
        return self.lock or self.file or ""


OFFICIAL = re.compile(r"(?:docker\.io/)?(?:library/)?python:(3\.[0-9]+)(?:[.-].*)?(?:@.*)?")
"""Images that are the Python they are named for."""
NO_REQUIREMENTS = Requirements()
REQUIREMENTS = Either(
    (
        Made(INSTALL_PATH, lambda path: Requirements(file=path)),
        Record(Requirements, "requirements"),
    )
)


@dataclass(frozen=True)
class Runner:
    """What a job runs on."""

    image: str | None = key(
        Text("a container image", r"[a-z0-9][A-Za-z0-9._/:@-]*"), "Container image, at best by digest.", None
    )
    gpu: int = key(Number(True, 0, 64), "How many GPUs the job needs.", 0)
    cpus: int | None = key(Number(True, 1, 256), "How many CPU cores.", None)
    memory: str | None = key(Text("a size", r"[0-9]+(MB|GB)", "write 4GB"), "Memory, such as 8GB.", None)
    others: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Keys of one vendor, by its id: labels, resource class, machine."""

    @property
    def gigabytes(self) -> float:
        """The memory it asks for, in GB; 0 when it does not say."""
        size = float((self.memory or "0GB")[:-2])
        return size / 1024 if self.memory and self.memory.endswith("MB") else size

    def has_python(self, version: str) -> bool:
        return self.official is not None and f"{version}.".startswith(f"{self.official}.")

    @property
    def official(self) -> str | None:
        found = OFFICIAL.fullmatch(self.image or "")
        return found and found[1]

    def larger(self, cpus: float, memory: float) -> bool:
        """Tell whether it asks for more than so many cores or GB."""
        return (self.cpus or 0) > cpus or self.gigabytes > memory

    def own(self, vendor: str) -> Mapping[str, Any]:
        return self.others.get(vendor, {})


ANY_RUNNER = Runner()
RUNNER = Record(Runner, "runner", per_vendor)


@dataclass(frozen=True)
class Service:
    """A container that runs beside the job, or the Docker engine itself (`docker`)."""

    name: str = key(NAME, "Its host name.")
    image: str | None = key(Text("a container image", r"[a-z0-9][A-Za-z0-9._/:@-]*"), "Its image.", None)
    ports: tuple[int, ...] = key(Many(Number(True, 1, 65535), "a list of ports"), "Ports it listens on.", ())
    env: Mapping[str, str] = key(ENV, "Its environment.", {})


SERVICE = Either((Made(NAME, lambda name: Service(name)), Record(Service, "service")))


EVENTS = ("push", "pull_request", "schedule", "tag", "manual")


@dataclass(frozen=True)
class Condition:
    """When a stage runs; every key given must hold, and one of its patterns must match."""

    branch: tuple[str, ...] = key(PATTERNS, "Branches, `*` matches within a name.", ())
    tag: tuple[str, ...] = key(PATTERNS, "Tags.", ())
    event: tuple[str, ...] = key(
        Many(Choice(lambda: EVENTS, "event"), "a list of events"), "Events that started the run.", ()
    )
    paths: tuple[str, ...] = key(PATTERNS, "Paths of which one must have changed.", ())


CONDITION = Record(Condition, "if")


@dataclass(frozen=True, eq=False, repr=False)
class Matrix:
    """Axes whose combinations each run the stage once; values become params."""

    axes: Mapping[str, tuple[Any, ...]]
    exclude: tuple[Mapping[str, Any], ...] = ()

    def combinations(self) -> Iterator[dict[str, Any]]:
        from itertools import product

        for values in product(*self.axes.values()):
            one = dict(zip(self.axes, values, strict=True))
            if not any(all(one.get(name) == value for name, value in row.items()) for row in self.exclude):
                yield one


def make_matrix(read: dict[str, Any]) -> Matrix:
    axes = {name: values for name, values in read.items() if name != "exclude"}
    return Matrix(axes, read.get("exclude", ()))


AXIS_VALUE = Either((Number(False), Flag(), Text("text", r"[A-Za-z0-9._/:+-]+")))
AXIS = Many(
    Either((AXIS_VALUE, Table(NAME, AXIS_VALUE, "a combination"))), "a list of values", single=False, least=1
)
MATRIX = Made(Table(NAME, AXIS, "a mapping of axes to lists of values"), make_matrix)


@dataclass(frozen=True)
class Concurrency:
    """Runs that share a group never overlap."""

    group: str = key(NAME, "The group's name.")
    cancel: bool = key(Flag(), "Whether a newer run ends an older one; never for deploys.", False)


CONCURRENCY = Either((Made(NAME, lambda name: Concurrency(name)), Record(Concurrency, "concurrency")))


@dataclass(frozen=True)
class Cache:
    """A folder kept between runs for speed; a job must also work without it."""

    paths: tuple[str, ...] = key(
        Many(Text("a path", r"[^\x00-\x1f]+"), "a list of paths"), "Folders to keep; `~` is the home folder."
    )
    key: tuple[str, ...] = key(PATHS, "Files whose content names the cache.", ())


@dataclass(frozen=True, eq=False, repr=False)
class Reports:
    """Reports that the vendor shows people."""

    junit: tuple[str, ...] = key(PATHS, "JUnit XML files or folders.", ())
    coverage: tuple[str, ...] = key(PATHS, "Coverage reports.", ())


@dataclass(frozen=True)
class Aws:
    """AWS access by OpenID Connect: short-lived, without a stored key."""

    role: str = key(
        Text("a role's ARN", r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+"), "The role to assume."
    )
    region: str = key(Text("a region", r"[a-z]{2}(-[a-z]+)+-[0-9]"), "The region.")
    duration: int = key(Duration(), "How long the credentials last, at least 15m.", 900)


@dataclass(frozen=True, eq=False, repr=False)
class Stage:
    """One unit of ML work: a command (`run`) or a library stage (`uses`)."""

    name: str
    run: str | None = key(
        Text("a command", r"[\s\S]*\S[\s\S]*"),
        "A shell command, in any language; bash with -eo pipefail.",
        None,
    )
    uses: str | None = key(NAME, "A stage of the library.", None)
    with_: Mapping[str, Any] = key(
        Free("a mapping", mapping=True), "The library stage's arguments.", {}, name="with"
    )
    inputs: tuple[str, ...] = key(
        PATHS, "Files and folders it reads; handed over by the stage that makes them.", ()
    )
    outputs: tuple[str, ...] = key(
        PATHS, "Files and folders it makes; one stage of a workflow makes each.", ()
    )
    params: Mapping[str, Any] = key(
        Table(NAME, Free(), "a mapping of names to values"),
        "Values for the command: MLCI_PARAM_<NAME>, and the JSON file MLCI_PARAMS_FILE.",
        {},
    )
    metrics: tuple[str, ...] = key(PATHS, "JSON files of numbers it writes.", ())
    needs: tuple[str, ...] | None = key(NAMES, "Jobs it waits for, instead of those listed before it.", None)
    runner: str | Runner | None = key(Either((NAME, RUNNER)), "A runner's name, or a runner.", None)
    python: str | None = key(PYTHON, "Another Python version for this stage.", None)
    env: Mapping[str, str] = key(ENV, "Environment variables.", {})
    secrets: tuple[str, ...] = key(
        Many(ENV_NAME, "a list of secrets' names"),
        "Secrets it gets as environment variables; no other stage does.",
        (),
    )
    environment: str | None = key(NAME, "The deployment environment: reviewers, secrets, history.", None)
    timeout: int | None = key(Duration(), "When to end it: 90s, 60m, 2h.", None)
    retries: int = key(Number(True, 0, 10), "How often to try again after a failure.", 0)
    allow_failure: bool = key(Flag(), "Whether the workflow goes on when it fails.", False)
    matrix: Matrix | None = key(MATRIX, "Axes whose combinations each run it once.", None)
    if_: Condition | None = key(CONDITION, "When it runs; otherwise it is skipped.", None, name="if")
    services: tuple[Service, ...] = key(
        Many(SERVICE, "a list of services"), "Containers beside the job; `docker` for an engine.", ()
    )
    cache: tuple[Cache, ...] = key(
        Many(Record(Cache, "cache"), "a list of caches"), "Folders kept between runs.", ()
    )
    artifacts: tuple[str, ...] = key(PATHS, "Files kept for people to download.", ())
    reports: Reports | None = key(Record(Reports, "reports"), "Test and coverage reports to show.", None)
    concurrency: Concurrency | None = key(CONCURRENCY, "A group of which one job runs at a time.", None)
    aws: Aws | None = key(Record(Aws, "aws"), "AWS access by OpenID Connect.", None)
    working_directory: str | None = key(
        PATH, "The folder the command runs in; paths stay relative to the top.", None
    )
    overrides: Mapping[str, Mapping[str, Any]] = key(
        OVERRIDES, "Keys merged last into this stage's job, by vendor.", {}
    )


STAGE = Record(Stage, "stage")


@dataclass(frozen=True, eq=False, repr=False)
class UseOptions:
    """What a workflow may change of a stage where it uses it."""

    name: str = key(NAME, "The job's own name, when the stage stands there more than once.", "")
    needs: tuple[str, ...] | None = key(NAMES, "Jobs it waits for, instead of those listed before it.", None)
    params: Mapping[str, Any] = key(
        Table(NAME, Free(), "a mapping of names to values"), "Params that differ from the stage's.", {}
    )
    if_: Condition | None = key(CONDITION, "When it runs here.", None, name="if")


@dataclass(frozen=True, eq=False, repr=False)
class Filter:
    """Which pushes or pull requests start a workflow; all when nothing is given."""

    branches: tuple[str, ...] = key(PATTERNS, "Branches; `*` matches within a name, `**` across `/`.", ())
    tags: tuple[str, ...] = key(PATTERNS, "Tags.", ())
    paths: tuple[str, ...] = key(PATTERNS, "Only when one of these paths changed.", ())


@dataclass(frozen=True, eq=False, repr=False)
class ManualInput:
    """A value asked for when a person starts the workflow; the stages see it as MLCI_INPUT_<NAME>."""

    description: str = key(WORD, "What it is.", "")
    default: str = key(WORD, "Its value when nothing is given.", "")
    options: tuple[str, ...] = key(Many(WORD, "a list of choices"), "The choices, if it is one of some.", ())


@dataclass(frozen=True, eq=False, repr=False)
class Manual:
    """A start by hand."""

    inputs: Mapping[str, ManualInput] = key(
        Table(NAME, Record(ManualInput, "input"), "a mapping of inputs"), "Values to ask for.", {}
    )


def switch(record: Record) -> Shape:
    """Return the shape of `true` or a mapping; false is none at all."""
    return Either((Made(Flag(), lambda on: record.type() if on else None), record))


@dataclass(frozen=True, eq=False, repr=False)
class Trigger:
    """What starts a workflow."""

    push: Filter | None = key(switch(Record(Filter, "push")), "Pushes of branches or tags.", None)
    pull_request: Filter | None = key(switch(Record(Filter, "pull_request")), "Pull requests.", None)
    schedule: tuple[str, ...] = key(
        Many(CRON, "a list of cron lines"), "Times, in UTC, as cron writes them.", ()
    )
    branches: tuple[str, ...] = key(
        PATTERNS, "Branches the schedule runs on; the default branch if none.", ()
    )
    manual: Manual | None = key(switch(Record(Manual, "manual")), "By hand, with inputs if wanted.", None)


CHANNELS = ("slack", "webhook")


@dataclass(frozen=True, eq=False, repr=False)
class Notify:
    """Who is told how a workflow ended: slack, or a webhook; its address is a secret."""

    failure: tuple[str, ...] = key(
        Many(Choice(lambda: CHANNELS, "channel"), "a list of channels"), "Told when it failed.", ()
    )
    success: tuple[str, ...] = key(
        Many(Choice(lambda: CHANNELS, "channel"), "a list of channels"), "Told when it passed.", ()
    )

    @property
    def channels(self) -> tuple[str, ...]:
        """All that are told of anything, each once."""
        return tuple(dict.fromkeys((*self.failure, *self.success)))


STEPS = Steps(NAME, Record(UseOptions, "use of a stage"))


@dataclass(frozen=True, eq=False, repr=False)
class Workflow:
    """A trigger and an ordered list of stages; a nested list runs in parallel."""

    name: str
    on: Trigger = key(Record(Trigger, "on"), "What starts it.")
    steps: tuple[Step, ...] = key(
        STEPS, "Its stages in order; a nested list runs in parallel.", name="stages"
    )
    notify: Notify | None = key(Record(Notify, "notify"), "Who is told how it ended.", None)
    concurrency: Concurrency | None = key(CONCURRENCY, "A group of which one run goes at a time.", None)
    env: Mapping[str, str] = key(ENV, "Environment variables of all its stages.", {})
    overrides: Mapping[str, Mapping[str, Any]] = key(
        OVERRIDES, "Keys merged last into the rendered workflow, by vendor.", {}
    )


@dataclass(frozen=True, eq=False, repr=False)
class Target:
    """A place a packaged model is deployed to."""

    type: str
    options: Mapping[str, Any]
    """Its other keys; `${NAME}` in a value is filled from the environment when it is used."""


class TargetShape:
    """A mapping with `type`; what else it may hold is its type's own to say."""

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict)

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        if not isinstance(value, dict):
            wrong_type(self, value, path, reading)
            return None
        if "type" not in value:
            reading.say(path, f"missing key 'type' in target '{path[-1]}'", "missing-key", key=True)
            return None
        options = {name: each for name, each in value.items() if name != "type"}
        kind = Choice(TARGETS.ids, "target type").read(value["type"], (*path, "type"), reading)
        return Target(kind, options)

    def schema(self) -> dict[str, Any]:
        kind = Choice(TARGETS.ids, "target type").schema()
        return {"type": "object", "required": ["type"], "properties": {"type": kind}}

    def expects(self) -> str:
        return "a mapping with 'type'"


TARGET = TargetShape()


@dataclass(frozen=True, eq=False, repr=False)
class Pipeline:
    """What `mlci.yaml` holds."""

    document: Document
    version: int = key(Number(True, 1, 1), "The language's version: 1.")
    name: str = key(NAME, "The pipeline's name.")
    vendors: tuple[str, ...] = key(
        Many(VENDOR, "a list of vendors", single=False, least=1), "The CI products to render for."
    )
    stages: Mapping[str, Stage] = key(Named(NAME, STAGE), "The units of work, by name.")
    workflows: Mapping[str, Workflow] = key(
        Named(NAME, Record(Workflow, "workflow")), "What runs when: triggers and ordered stages, by name."
    )
    targets: Mapping[str, Target] = key(
        Table(NAME, TARGET, "a mapping of targets"), "The places a packaged model is deployed to.", {}
    )
    python: str = key(PYTHON, "The Python version of every job.", "3.11")
    requirements: Requirements = key(REQUIREMENTS, "What every job installs beside mlci.", NO_REQUIREMENTS)
    mlci: str = key(
        INSTALL, "How a job gets mlci: a pinned release, a wheel in the repository, a git URL.", ""
    )
    style: tuple[str, ...] = key(
        Many(Choice(styles, "style"), "a style, or one for each vendor", least=1),
        "How rendered jobs call mlci: `steps`, plain ones, or by a vendor's units: `actions` of GitHub, …; "
        "a vendor without the style has steps.",
        ("steps",),
    )
    seed: int = key(Number(True, 0, 2**32 - 1), "The seed of every stage's random numbers.", 0)
    store: str = key(
        Text("a folder or URL"), "Where bundles are kept by key: a folder, or s3://, gs://, …", ".mlci/store"
    )
    env: Mapping[str, str] = key(ENV, "Environment variables of every stage.", {})
    runners: Mapping[str, Runner] = key(
        Table(NAME, RUNNER, "a mapping of runners"), "What jobs run on; `default` for all that name none.", {}
    )
    overrides: Mapping[str, Mapping[str, Any]] = key(
        OVERRIDES, "Keys merged last into each rendered file, by vendor.", {}
    )

    def mark(self, *path: Key, key: bool = False) -> Mark:
        """Return the place of a value in mlci.yaml, or of its key."""
        return self.document.mark(path, key=key)

    def runner(self, stage: Stage) -> Runner:
        """Return the runner of a stage: its own, the named one, or the default."""
        if isinstance(stage.runner, Runner):
            return stage.runner
        return self.runners.get(stage.runner or "default", ANY_RUNNER)
