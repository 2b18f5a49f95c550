"""Travis CI: one .travis.yml, a build stage for each step of a workflow, conditions, workspaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mlci.vendors.travis.render.features import FEATURES

if TYPE_CHECKING:
    from mlci.findings import Finding
    from mlci.planning.plan import Plan
    from mlci.vendors.base import Context, ReadJob, Setting

# What does the work is imported when it is asked for: every command loads this, few need it.

ID = "travis"
TITLE = "Travis CI"
HOME = "https://docs.travis-ci.com"
STYLES: Mapping[str, str] = {}

__all__ = [
    "FEATURES",
    "HOME",
    "ID",
    "STYLES",
    "TITLE",
    "annotate",
    "context",
    "limits",
    "owns",
    "read",
    "render",
    "settings",
    "summary_file",
]


def render(plans: Sequence[Plan]) -> dict[str, str]:
    """Return Travis CI's files."""
    from mlci.vendors.travis.render import files as rendering

    return rendering.render(plans)


def limits(plans: Sequence[Plan]) -> Iterable[Finding]:
    """Yield what Travis CI cannot do of these plans."""
    from mlci.vendors.travis.render import limits as limitations

    return limitations.limits(plans)


def settings(plans: Sequence[Plan]) -> Iterable[Setting]:
    """Yield what must be set at Travis CI."""
    from mlci.vendors.travis.render import settings as preparation

    return preparation.settings(plans)


def read(files: Mapping[str, str]) -> tuple[ReadJob, ...]:
    """Read rendered files back into their jobs."""
    from mlci.vendors.travis.render import read_back

    return read_back.read(files)


def context(environ: Mapping[str, str]) -> Context | None:
    """Read Travis CI's variables; None when this is no run of it."""
    from mlci.vendors.travis import run_context

    return run_context.context(environ)


def owns(path: str) -> bool:
    """Tell whether a path is Travis CI's one file."""
    return path == ".travis.yml"


def annotate(finding: Finding) -> None:
    """Return None: a Travis CI log shows no annotations."""


def summary_file(environ: Mapping[str, str]) -> None:
    """Return None: Travis CI shows no summaries."""
