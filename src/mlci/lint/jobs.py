"""Any vendor's file as jobs: what they run, on what and when. A rule written on it holds for all vendors."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from mlci.findings import Mark, Severity
from mlci.lint import commands
from mlci.lint.kinds import KINDS
from mlci.registry import LINTED, find
from mlci.yaml.document import Node
from mlci.yaml.places import within
from mlci.yaml.source import SourceFile

VIEWED = tuple(kind.id for kind in KINDS if kind.id != "dependabot")
"""The kinds of file that say what runs."""


class Text(NamedTuple):
    """A text of the file, and where each of its characters stands."""

    value: str
    mark: Callable[[int, int], Mark]
    """The place of so many characters from an offset."""

    @property
    def place(self) -> Mark:
        """Where it begins, underlined whole as far as its first line goes."""
        first = self.value.split("\n", 1)[0]
        return self.mark(0, max(1, len(first)))


class Variable(NamedTuple):
    """An environment variable that the file sets."""

    name: str
    value: Text
    service: bool = False
    """Whether it is a service container's."""


class Password(NamedTuple):
    """A text that stands where nothing but a password can."""

    what: str
    """Whose it is: `password of the registry`."""
    value: Text
    instead: str
    """What to do about it when it is written out."""
    severity: Severity = "error"


class Printed(NamedTuple):
    """A secret that a step of the vendor's own prints."""

    by: str
    name: str
    place: Mark


class Pasted(NamedTuple):
    """Text of others that the vendor pastes into a script: its place, why it is a danger, how bad that is."""

    mark: Mark
    said: str
    severity: Severity


class CloudLogin(NamedTuple):
    """A step that logs in to a cloud with a key that stays the same, and what it takes instead."""

    name: str
    place: Mark
    instead: str


class Means(NamedTuple):
    """What a vendor's files can say to be safe; nothing is asked for where there is no such thing."""

    gate: str = ""
    """How somebody decides before a job runs."""
    lock: str = ""
    """How one run of a job waits for another."""
    identity: bool = False
    """Whether a job can prove by OpenID Connect who it is."""
    role: bool = False
    """Whether a job has a cloud's role by itself."""


class Script:
    """A piece of shell; `dialect` is bash, sh, pwsh, python, …"""

    def __init__(self, text: Text, dialect: str = "bash") -> None:
        self.text = text
        self.dialect = dialect

    @cached_property
    def commands(self) -> list[commands.Command]:
        """Its simple commands; none for what is no shell of Unix."""
        return commands.split(self.text.value) if self.dialect in ("bash", "sh") else []


class Job:
    """What one machine does.

    A list is empty, and a flag False, also where the vendor has no such thing.
    """

    def __init__(
        self,
        name: str,
        place: Mark,
        scripts: list[Script] | None = None,
        images: list[Text] | None = None,
        *,
        timeout: bool = False,
        gpu: bool | None = None,
        one_shell: bool = False,
    ) -> None:
        self.name = name
        self.place = place
        self.scripts = scripts or []
        self.images = images or []
        self.env: list[Variable] = []
        self.secrets: list[Variable] = []
        """Secrets it asks for by name alone."""
        self.options: list[Text] = []
        """What its container is started with."""
        self.uses: list[Text] = []
        """Actions, orb commands, tasks it runs, as `name@version`."""
        self.caches: list[Text] = []
        """Paths it keeps in a cache; one text may hold several lines."""
        self.artifacts: list[Text] = []
        """Paths it hands on or keeps for people."""
        self.timeout = timeout
        """Whether the job or all of its steps end in time."""
        self.gpu = gpu
        """Whether its runner has a GPU; None when one cannot tell."""
        self.self_hosted = False
        self.gated = False
        """Whether an environment, an approval or a manual start stands before it."""
        self.concurrency = False
        """Whether only one run of it goes at a time."""
        self.one_shell = one_shell
        """Whether its scripts are lines of one shell."""
        self.runner: Text | None = None
        """The name of its runner, if it has one."""


class View:
    """A file of any vendor."""

    def __init__(self, jobs: list[Job] | None = None, env: list[Variable] | None = None) -> None:
        self.jobs = jobs or []
        self.env = env or []
        """Variables that all jobs have."""
        self.triggers: frozenset[str] = frozenset()
        """What starts it: push, pull_request, schedule, manual, tag, call; empty when it is set elsewhere."""
        self.schedules: list[Mark] = []
        """Where schedules are written."""
        self.literals: list[Variable] = []
        """Texts that are given a name, but are no variables of the environment."""
        self.means = Means()
        self.logins: list[CloudLogin] = []
        self.passwords: list[Password] = []
        self.credentials: frozenset[str] = frozenset()
        """Names of variables that hold a secret, as the file says."""
        self.printed: list[Printed] = []
        self.pasted: list[Pasted] = []
        self.unchecked_hosts: list[Mark] = []
        """Where a setting of the vendor's trusts any host."""

    @cached_property
    def scripts(self) -> list[Script]:
        return [script for job in self.jobs for script in job.scripts]

    @cached_property
    def by_name(self) -> dict[str, Job]:
        return {job.name: job for job in self.jobs}


def text_of(file: SourceFile, node: Node) -> Text:
    return Text(node.value, lambda start, length: within(file.name, file.lines, node, start, length))


def view(file: SourceFile) -> View:
    """Build the view of a file by its vendor's module `view`; ask by `file.once(view)`."""
    entry = find(LINTED, file.kind.vendor)
    if entry is None:
        return View()
    module = entry.part("view")
    built: View = module.build(file)
    built.means = getattr(module, "MEANS", built.means)
    return built
