"""The jobs of a build: those its lists expand to and those it includes, with all that they inherit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from mlci.parity.part import Part
from mlci.vendors.travis.runner.config import EXPANDING, JOB, SHARED, section
from mlci.vendors.travis.syntax.environment import SECTIONS

DEFAULT_STAGE = "test"


class Entry(NamedTuple):
    """One job, before conditions are asked."""

    keys: Mapping[str, Part]
    where: Part

    def get(self, key: str) -> Part | None:
        found = self.keys.get(key)
        return None if found is None or found.value is None else found

    def text(self, key: str) -> str:
        """Return a scalar as text, "" when it is not there."""
        found = self.get(key)
        return "" if found is None else found.text()

    @property
    def stage(self) -> str:
        return self.text("stage") or DEFAULT_STAGE

    @property
    def plain(self) -> dict[str, Any]:
        return {key: part.value for key, part in self.keys.items()}


def entries(top: Part) -> list[Entry]:
    """Return the jobs of a file.

    Raises
    ------
    InputError : a job has a key that cannot be run here
    """
    expanded = list(expand(top))
    given = list(included(top))
    if given and len(expanded) == 1:
        # A matrix of one is no matrix when jobs are named one by one.
        expanded = []
    found = [*expanded, *given] or [Entry({}, top)]
    found = [with_env(inherit(each, top), top) for each in found]
    kept = [each for each in found if not excluded(each, top)]
    unique: list[Entry] = []
    for each in kept:
        if all(each.plain != other.plain for other in unique):
            unique.append(each)
    return unique


def expand(top: Part) -> Iterator[Entry]:
    axes: dict[str, list[Part]] = {}
    for key in EXPANDING:
        part = top.get(key)
        rows = part if key != "env" or part is None else env_rows(part)
        if rows is not None:
            axes[key] = list(rows.items())
    for combination in product(*axes.values()) if axes else ():
        yield Entry(dict(zip(axes, combination, strict=True)), top)


def env_rows(part: Part) -> Part | None:
    """Return the rows of `env` that make jobs; none when it has only global variables."""
    if isinstance(part.value, Mapping):
        part.only(SECTIONS, "'env'")
        return part.get("jobs") or part.get("matrix")
    return part


def included(top: Part) -> Iterator[Entry]:
    """Yield the jobs that are named one by one; one without a stage is of the stage before."""
    jobs = section(top)
    given = None if jobs is None else jobs.get("include")
    stage: Part | None = None
    for one in given.items() if given is not None else ():
        one.become(one.value or {}).only(JOB, "a job")
        keys = {key: part for key, part in one.entries() if part.value is not None}
        stage = keys.get("stage", stage)
        yield Entry({**keys, **({} if stage is None else {"stage": stage})}, one)


def inherit(entry: Entry, top: Part) -> Entry:
    """Return a job with what the file has for all, and the first value of each list."""
    shared = {key: part for key, part in top.entries() if key in SHARED and key not in EXPANDING}
    lists = {key: top.get(key) for key in EXPANDING if key != "env"}
    first = {key: next(part.items()) for key, part in lists.items() if part is not None}
    return entry._replace(keys={**first, **shared, **entry.keys})


def with_env(entry: Entry, top: Part) -> Entry:
    """Return a job with its variables as rows: the global ones, then its own or the first of the matrix."""
    given = top.get("env")
    own = entry.get("env")
    rows = [] if own is None else texts(own)
    if own is None and given is not None:
        every = env_rows(given)
        rows = [] if every is None else texts(next(every.items()))
    shared = given.get("global") if given is not None and isinstance(given.value, Mapping) else None
    everything = [*([] if shared is None else texts(shared)), *rows]
    where = own or given or entry.where
    return entry._replace(keys={**entry.keys, "env": where.become(list(dict.fromkeys(everything)))})


def texts(part: Part) -> list[str]:
    """Return rows of variables; a mapping is a row for each."""
    found: list[str] = []
    for one in part.items():
        if not isinstance(one.value, Mapping):
            found.append(one.text())
            continue
        for name, value in one.entries():
            if name == "secure":
                raise one.refuse("an encrypted variable cannot be read here", "use the repository's settings")
            found.append(f"{name}={value.text()}")
    return found


def excluded(entry: Entry, top: Part) -> bool:
    jobs = section(top)
    rows = None if jobs is None else jobs.get("exclude")
    return any(fits(entry, row) for row in (rows.items() if rows is not None else ()))


def fits(entry: Entry, row: Part) -> bool:
    """Tell whether a job has all that a row names."""
    for key, part in row.entries():
        if key not in (*EXPANDING, "stage", "name", "language"):
            raise part.refuse(f"a row with '{key}' cannot be matched here", key=True)
        found = entry.get(key)
        values = None if found is None else found.value
        wanted = part.value if isinstance(part.value, list) or key != "env" else [part.value]
        if key == "stage":
            values = entry.stage
        if values != wanted and str(values) != str(wanted):
            return False
    return True


def may_fail(entry: Entry, top: Part) -> bool:
    own = entry.get("allow_failure")
    jobs = section(top)
    rows = None if jobs is None else jobs.get("allow_failures")
    listed = any(fits(entry, row) for row in (rows.items() if rows is not None else ()))
    return listed or (own is not None and own.flag())
