"""A report as one page for people: no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mlci.report import wording
from mlci.report.markdown import SIGNS, VISIBLE
from mlci.report.model import Job, Metric, Report
from mlci.report.plot import plot

HERE = Path(__file__).parent
KINDS = {"done": "good", "failed": "bad", "damaged": "bad", "none": "faint", "skipped": "faint"}
MOST = 300
"""How many rows a list has at most."""


def page(report: Report) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(HERE), undefined=StrictUndefined, autoescape=True)
    environment.filters.update(filters(report))
    # Both are made by us: the plot has escaped what it shows, and in a style no entity is read.
    environment.filters["plot"] = lambda curve: Markup(plot(curve))  # noqa: S704
    style = Markup((HERE / "page.css").read_text(encoding="utf-8"))  # noqa: S704
    return environment.get_template("page.html").render(style=style, **values(report))


def filters(report: Report) -> dict[str, Callable[..., Any]]:
    """Return what the page's values pass through."""
    longest = max((job.seconds or 0.0 for job in report.jobs), default=0.0) or 1.0

    def share(job: Job) -> int:
        return min(100, max(1, round(100 * (job.seconds or 0.0) / longest)))

    named = (wording.line, wording.number, wording.change, wording.gate, wording.took, wording.took_before)
    more = (wording.remark, wording.reasons, wording.ends, wording.blessing, wording.beside, share)
    found: dict[str, Callable[..., Any]] = {each.__name__: each for each in (*named, *more)}
    return {**found, "message": lambda text: wording.line(text, wording.LONGEST_MESSAGE)}


def values(report: Report) -> Mapping[str, Any]:
    """Return what the page places."""
    against = report.against
    return {
        "report": report,
        "facts": list(wording.facts(report.context)),
        "link": wording.link(report.context),
        "other": wording.heading(report),
        "other_link": "" if against is None else wording.link(against.context),
        "failures": wording.failures(report),
        "metric_groups": groups(report),
        "tally": wording.tally(report),
        "missed": wording.missed(report),
        "kinds": KINDS,
        "signs": SIGNS,
        "most": MOST,
    }


def groups(report: Report) -> list[tuple[bool, list[Metric]]]:
    ranked = wording.ranked(report.metrics)
    found = [(True, ranked[:VISIBLE]), (False, ranked[VISIBLE:])]
    return [(stands, metrics) for stands, metrics in found if metrics]
