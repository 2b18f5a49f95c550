"""The certificate as one page for people: no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mlci.parity.compared import NOT_RUN

HERE = Path(__file__).parent
LONGEST = 48
"""Characters of a value that are shown; the whole is its title."""


class Cell(NamedTuple):
    """What became of a job at one vendor."""

    kind: str
    sign: str
    status: str
    seconds: float | None
    share: int
    """Percent of the longest time of the table."""


class Name(NamedTuple):
    """One compared value."""

    name: str
    same: str | None
    """The value, if it is alike wherever the job ran."""
    values: tuple[str | None, ...]
    unlike: bool


class Row(NamedTuple):
    """One job."""

    workflow: str
    job: str
    cells: tuple[Cell, ...]
    names: tuple[Name, ...]
    unlike: int


def page(proof: Mapping[str, Any], headings: Sequence[str]) -> str:
    """Return the page of a certificate.

    Parameters
    ----------
    proof : the certificate as plain data
    headings : of its parts
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(HERE), undefined=StrictUndefined, autoescape=True)
    environment.filters["short"] = short
    # The style is a file of ours, and stands where no entity is read.
    style = Markup((HERE / "page.css").read_text(encoding="utf-8"))  # noqa: S704
    return environment.get_template("page.html").render(
        proof=proof,
        style=style,
        headings=headings,
        verdict=verdict(proof),
        tables=[list(rows(part)) for part in proof["proofs"]],
    )


def verdict(proof: Mapping[str, Any]) -> str:
    """Say what was found, in one line."""
    count = sum(len(part["differences"]) for part in proof["proofs"])
    vendors = {
        name: vendor for part in proof["proofs"] for name, vendor in part["vendors"].items() if name != "here"
    }
    left = sum(not vendor["proven"] for vendor in vendors.values())
    if count:
        return f"{count} difference{'s' if count > 1 else ''}"
    if left:
        return f"no difference, but {left} of {len(vendors)} vendors not proven"
    return f"runs alike on {len(vendors)} vendor{'s' if len(vendors) > 1 else ''}"


def rows(part: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the rows of one event's table."""
    vendors: Mapping[str, Any] = part["vendors"]
    bad = {(each["vendor"], f"{each['workflow']}/{each['job']}") for each in part["differences"]}
    every = [job.get("seconds", 0.0) for vendor in vendors.values() for job in vendor["jobs"].values()]
    longest = max(every, default=0.0) or 1.0
    for key in vendors["here"]["jobs"]:
        workflow, _, job = key.partition("/")
        found = [vendor["jobs"].get(key) for vendor in vendors.values()]
        cells = tuple(
            cell(one, vendor, (name, key) in bad, longest)
            for (name, vendor), one in zip(vendors.items(), found, strict=True)
        )
        ran = [one for one, vendor in zip(found, vendors.values(), strict=True) if vendor["proven"]]
        proven = [vendor["proven"] for vendor in vendors.values()]
        named = tuple(names(found, proven))
        yield Row(workflow, job, cells, named, sum(each.unlike for each in named) if len(ran) > 1 else 0)


def cell(job: Mapping[str, Any] | None, vendor: Mapping[str, Any], bad: bool, longest: float) -> Cell:
    if not vendor["proven"] or (job is not None and job["values"]["status"] == "interrupted"):
        return Cell("idle", "", "not proven", None, 0)
    if job is None:
        return Cell("bad" if bad else "idle", "≠" if bad else "–", "not there", None, 0)
    status, seconds = job["values"]["status"], job.get("seconds")
    share = 0 if seconds is None else max(1, round(100 * seconds / longest))
    kind = "bad" if bad else "idle" if status in NOT_RUN else "good"
    return Cell(kind, "≠" if bad else "✓", status, seconds, share)


def names(found: Sequence[Mapping[str, Any] | None], proven: Sequence[bool]) -> Iterator[Name]:
    values = [None if one is None else one["values"] for one in found]
    known: dict[str, None] = {name: None for one in values if one is not None for name in one}
    for name in known:
        row = tuple(None if one is None else one.get(name) for one in values)
        told = {each for each, counts in zip(row, proven, strict=True) if counts}
        alike = len(told) == 1
        yield Name(name, row[0] if alike else None, row, not alike)


def short(value: str) -> str:
    """Return the beginning of a long value; a digest's is enough."""
    head = value.replace("sha256:", "", 1) if value.startswith("sha256:") else value
    return head if len(head) <= LONGEST else f"{head[: LONGEST - 1]}…"
