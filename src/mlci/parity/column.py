"""What came of one vendor's files, or of the plan itself: a column of the proof."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from mlci.calls.options import NotPlain, parse
from mlci.errors import EnvironmentLacks, InputError
from mlci.parity import local, witness
from mlci.parity.contract import Performer, Ran, Setting
from mlci.parity.expected import Expected
from mlci.planning.vendor import Vendor
from mlci.registry import COMMANDS

NOTIFY = next(entry for entry in COMMANDS if entry.id == "notify")
REFERENCE = "here"


class Column(NamedTuple):
    """What came of one vendor, or of the plan itself."""

    id: str
    title: str
    files: Mapping[str, str] = {}
    """Path -> SHA-256 of what was run."""
    versions: Mapping[str, str] = {}
    rans: tuple[Ran, ...] = ()
    seconds: float = 0.0
    unproven: str = ""
    """Why it was not run; "" when it was."""
    help: str = ""
    missing: bool = False
    """Whether it was not run for want of something here, not for what its files say."""
    told: frozenset[tuple[str, str]] = frozenset()
    """How people would have been told of which workflow."""

    def judged(self, reference: Column) -> Column:
        """Return the column, not proven where a job of it was interrupted, or one of the plan's own run."""
        for column, where in ((self, ""), (reference, " when the plan itself ran")):
            for ran in column.rans if not self.unproven else ():
                if ran.status == "interrupted":
                    said = f"{ran.workflow} / {ran.id} was interrupted{where}: exit status {ran.exit_status}"
                    return self._replace(unproven=said, help=f"run it again; see its log, {ran.log.name}")
        return self

    @property
    def by_job(self) -> dict[tuple[str, str], Ran]:
        """What became of each job; the first of that name, should there be two."""
        return {(ran.workflow, ran.id): ran for ran in reversed(self.rans)}


def of_plan(jobs: Sequence[Expected], setting: Setting) -> Column:
    began = time.monotonic()
    rans = local.perform(jobs, setting)
    return Column(REFERENCE, "the plan, run here", rans=rans, seconds=time.monotonic() - began)


def lacking(vendor: Vendor, performer: Performer | None, files: Mapping[str, str]) -> Column | None:
    """Return the column of a vendor that cannot be run; None when it can."""
    column = Column(vendor.ID, vendor.product.TITLE)
    if performer is None:
        return column._replace(unproven="its files cannot be run here", missing=True)
    if not files:
        return column._replace(unproven="it has no files", help="run `mlci generate`")
    lacks = performer.lacks()
    if lacks:
        said = f"missing here: {', '.join(each.program for each in lacks)}"
        return column._replace(unproven=said, help="; ".join(each.help for each in lacks), missing=True)
    return None


def of_vendor(vendor: Vendor, performer: Performer, files: Mapping[str, str], setting: Setting) -> Column:
    digests = {path: f"sha256:{sha256(text.encode()).hexdigest()}" for path, text in files.items()}
    column = Column(vendor.ID, vendor.product.TITLE, digests, performer.versions())
    began = time.monotonic()
    try:
        rans = performer.perform(files, setting)
    except InputError as error:
        return refused(column, error)
    found = (each for each in witness.calls(setting.tools) if each.words[:1] == ("notify",))
    told = frozenset((outcome(each), each.workflow) for each in found)
    return column._replace(rans=tuple(rans), seconds=time.monotonic() - began, told=told)


def outcome(call: witness.Call) -> str:
    """Return what a call of `mlci notify` tells people, "" when it is none that can be read."""
    try:
        return str(parse(NOTIFY.load(), call.words[1:])["outcome"])
    except NotPlain:
        return ""


def refused(column: Column, error: InputError) -> Column:
    """Return the column of a vendor whose files were refused, or need what is not here."""
    missing = isinstance(error, EnvironmentLacks)
    return column._replace(unproven=str(error), help=error.help or "", missing=missing)
