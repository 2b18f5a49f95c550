"""Jenkins: a declarative Jenkinsfile a workflow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mlci.vendors.jenkins.render.features import FEATURES

if TYPE_CHECKING:
    from mlci.findings import Finding
    from mlci.planning.plan import Plan
    from mlci.vendors.base import Context, ReadJob, Setting

# What does the work is imported when it is asked for: every command loads this, few need it.

ID = "jenkins"
TITLE = "Jenkins"
HOME = "https://www.jenkins.io/doc/book/pipeline/syntax/"
STYLES: Mapping[str, str] = {"library": "stages use the steps of mlci's shared library"}

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
    """Return Jenkins's files."""
    from mlci.vendors.jenkins.render import files as rendering

    return rendering.render(plans)


def limits(plans: Sequence[Plan]) -> Iterable[Finding]:
    """Yield what Jenkins cannot do of these plans."""
    from mlci.vendors.jenkins.render import limits as limitations

    return limitations.limits(plans)


def settings(plans: Sequence[Plan]) -> Iterable[Setting]:
    """Yield what must be set at Jenkins."""
    from mlci.vendors.jenkins.render import settings as preparation

    return preparation.settings(plans)


def read(files: Mapping[str, str]) -> tuple[ReadJob, ...]:
    """Read rendered files back into their jobs."""
    from mlci.vendors.jenkins.render import read_back

    return read_back.read(files)


def context(environ: Mapping[str, str]) -> Context | None:
    """Read Jenkins's variables; None when this is no run of it."""
    from mlci.vendors.jenkins import run_context

    return run_context.context(environ)


def owns(path: str) -> bool:
    """Tell whether a path is one that a workflow's file lies at."""
    folder, _, name = path.rpartition("/")
    return path == "Jenkinsfile" or (folder == "jenkins" and name.endswith(".Jenkinsfile"))


def annotate(finding: Finding) -> None:
    """Return None: a Jenkins log shows no annotations."""


def summary_file(environ: Mapping[str, str]) -> None:
    """Return None: Jenkins shows no Markdown; the summary is kept with the artifacts."""
