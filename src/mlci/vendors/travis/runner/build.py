"""One build: its stages in order, and which of their jobs run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mlci.parity.account import Named
from mlci.parity.contract import Event
from mlci.parity.naming import belongs, executed
from mlci.parity.part import Part
from mlci.vendors.travis.runner.config import PHASES
from mlci.vendors.travis.runner.environment import attributes, read_rows
from mlci.vendors.travis.runner.evaluation import Facts
from mlci.vendors.travis.runner.matrix import Entry, entries, may_fail
from mlci.vendors.travis.syntax.approvals import APPROVE, approvals_in
from mlci.vendors.travis.syntax.conditions.reader import read_condition
from mlci.vendors.travis.syntax.conditions.tree import Condition


class Job(NamedTuple):
    """A job of a build."""

    key: str
    stage: str
    entry: Entry
    named: Named | None
    """It in mlci's words; None for one that belongs to how the file works."""
    runs: bool
    may_fail: bool
    approvals: tuple[str, ...]
    """Approvals that its conditions name."""

    @property
    def title(self) -> str:
        return self.entry.text("name") or self.key


class Build:
    """A build of a file for an event.

    Parameters
    ----------
    top : the file
    event : what happens
    given : rows of variables that whoever started the build has added
    secrets : the variables of the repository's settings
    """

    def __init__(
        self, top: Part, event: Event, given: tuple[str, ...] = (), secrets: Mapping[str, str] | None = None
    ) -> None:
        self.top, self.event, self.given = top, event, given
        self.secrets = secrets or {}
        self.conditions = stage_conditions(top)
        self.starts = all(map(self.facts(None).hold, self.asked(top.get("if"))))
        found = entries(top)
        self.order = stage_order(top, found)
        self.jobs = tuple(self.job(at, entry) for at, entry in enumerate(found))

    def facts(self, entry: Entry | None) -> Facts:
        """Return what a condition can ask about the build, or about one job of it."""
        env = dict(self.secrets)
        rows = entry.get("env") if entry is not None else None
        env |= read_rows([*([] if rows is None else rows.texts()), *self.given])
        own = {key: entry.text(key) for key in ("os", "dist", "language") if entry and entry.get(key)}
        return Facts({**attributes(self.event), **own}, env)

    def asked(self, *parts: Part | None) -> list[Condition]:
        version = self.top.get("conditions")
        given = "v1" if version is None else version.text()
        return [read_condition(part.text(), given) for part in parts if part is not None]

    def job(self, at: int, entry: Entry) -> Job:
        asked = self.asked(self.conditions.get(entry.stage), entry.get("if"))
        runs = self.starts and all(map(self.facts(entry).hold, asked))
        named = tuple(dict.fromkeys(name for each in asked for names in approvals_in(each) for name in names))
        key = str(at + 1)
        return Job(key, entry.stage, entry, name_of(entry, key), runs, may_fail(entry, self.top), named)

    def before(self, job: Job) -> list[Job]:
        earlier = self.order[: self.order.index(job.stage)]
        return [each for each in self.jobs if each.stage in earlier]


def name_of(entry: Entry, key: str) -> Named | None:
    """Return a job in mlci's words: what its `mlci exec` works on."""
    found = [text for phase in PHASES if (part := entry.get(phase)) is not None for text in part.texts()]
    for script in found:
        for named in executed(script):
            return named
    if any(belongs(script) for script in found):
        return None
    return Named("", entry.text("name") or f"job {key}")


def stage_conditions(top: Part) -> dict[str, Part]:
    found: dict[str, Part] = {}
    stages = top.get("stages")
    for one in stages.items() if stages is not None else ():
        if isinstance(one.value, Mapping):
            one.only(("name", "if"), "a stage")
            name, condition = one.get("name"), one.get("if")
            if name is not None and condition is not None:
                found[name.text()] = condition
    return found


def stage_order(top: Part, found: list[Entry]) -> list[str]:
    """Return the stages in order: as listed, then those that no list names."""
    stages = top.get("stages")
    listed = []
    for one in stages.items() if stages is not None else ():
        name = one.get("name") if isinstance(one.value, Mapping) else one
        listed.append("" if name is None else name.text())
    return list(dict.fromkeys([*listed, *(entry.stage for entry in found)]))


def builds(top: Part, event: Event, secrets: Mapping[str, str] | None = None) -> tuple[Build, ...]:
    """Return the builds that an event comes to.

    With an approval, a person starts one more by hand: what runs there counts.
    """
    first = Build(top, event, rows_of(event), secrets)
    asked = {name for job in first.jobs for name in job.approvals}
    given = [name for name in event.approved if name in asked]
    if not given:
        return (first,)
    by_hand = event._replace(name="manual")
    return first, Build(top, by_hand, (*rows_of(event), f"{APPROVE}={','.join(given)}"), secrets)


def rows_of(event: Event) -> tuple[str, ...]:
    """Return what a person has answered, as rows of variables."""
    import shlex

    from mlci.engine.environment import variable

    if event.name != "manual":
        return ()
    return tuple(f"MLCI_INPUT_{variable(name)}={shlex.quote(value)}" for name, value in event.inputs.items())


def withheld(job: Job, build: Build) -> bool:
    """Tell whether a job would run if the approvals it names were given."""
    if not job.approvals or build.event.name == "pull_request":
        return False
    own = job.named.workflow if job.named is not None else ""
    if not any(each.runs and each.named is not None and each.named.workflow == own for each in build.jobs):
        return False
    event = build.event._replace(name="manual")
    given = f"{APPROVE}={','.join(job.approvals)}"
    other = Build(build.top, event, (*build.given, given), build.secrets)
    return next(each for each in other.jobs if each.key == job.key).runs
