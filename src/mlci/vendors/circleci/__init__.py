"""CircleCI: one .circleci/config.yml for all workflows, and a second file when paths decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mlci.findings import Finding
from mlci.planning.plan import Plan
from mlci.vendors.base import ReadJob, Setting
from mlci.vendors.circleci.render.features import FEATURES
from mlci.vendors.circleci.run_context import annotate, context, owns, summary_file

ID = "circleci"
TITLE = "CircleCI"
HOME = "https://circleci.com/docs/reference/configuration-reference/"
STYLES: Mapping[str, str] = {"orb": "jobs use the commands of mlci's orb"}

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


# Most commands need none of these, so what they import waits until they are called.


def render(plans: Sequence[Plan]) -> dict[str, str]:
    """Return every file: path from the top of the repository -> text."""
    from mlci.vendors.circleci.render.files import render

    return render(plans)


def limits(plans: Sequence[Plan]) -> Iterable[Finding]:
    """Yield what these plans ask for and CircleCI cannot do."""
    from mlci.vendors.circleci.render.limits import limits

    return limits(plans)


def settings(plans: Sequence[Plan]) -> Iterable[Setting]:
    """Yield what must be set at CircleCI before these plans can run."""
    from mlci.vendors.circleci.render.settings import settings

    return settings(plans)


def read(files: Mapping[str, str]) -> tuple[ReadJob, ...]:
    """Read rendered files back into their jobs."""
    from mlci.vendors.circleci.render.read_back import read

    return read(files)
