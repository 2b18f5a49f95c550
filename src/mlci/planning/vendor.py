"""What a CI vendor is to mlci: a package of these parts, found by its entry, whose name nobody else knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Literal, NamedTuple, Protocol

from mlci.findings import Finding
from mlci.language.catalogue import vendor_ids
from mlci.planning.context import Context
from mlci.planning.plan import Plan
from mlci.registry import VENDORS, Entry

FEATURES: Mapping[str, str] = {
    "push": "start on pushes, by branch",
    "tags": "start on tags",
    "pull_request": "start on pull requests",
    "schedule": "start at times of the clock",
    "manual": "start by hand",
    "manual-inputs": "ask for values at a start by hand",
    "paths": "start only when some paths changed",
    "condition": "run a stage only on a branch, tag or event",
    "condition-paths": "run a stage only when some paths changed",
    "parallel": "run stages side by side",
    "needs": "wait for chosen stages only",
    "matrix": "run a stage for each combination of values",
    "approval": "wait for a person's yes",
    "environment": "deployment environments with their own secrets and reviewers",
    "concurrency": "never run two of a group at a time",
    "concurrency-cancel": "end an older run when a newer one starts",
    "secrets": "give a secret to one stage only",
    "oidc": "short-lived cloud access by OpenID Connect",
    "image": "run a job in a container image",
    "gpu": "run on a machine with a GPU",
    "self-hosted": "run on one's own machines",
    "python": "another Python version for one stage",
    "services": "containers beside the job",
    "docker": "a Docker engine for the job",
    "timeout": "end a job that takes too long",
    "retries": "try a stage again after a failure",
    "allow_failure": "go on although a stage failed",
    "cache": "keep folders between runs",
    "bundles": "hand a stage's outputs on",
    "artifacts": "keep files for people to download",
    "junit": "show test reports",
    "coverage": "keep coverage reports",
    "notify": "tell people how a run ended",
}
"""Everything of the language that vendors may differ in; docs/reference/vendors.md is made from it."""

Level = Literal["native", "mlci", "partly", "no"]


class Support(NamedTuple):
    """How a vendor has one feature."""

    level: Level
    """native; mlci: done by mlci inside the job; partly or no: said at render time, with the way round."""
    how: str
    """What is emitted, or the way round, in a few words."""


class Setting(NamedTuple):
    """Something a person must set at the vendor before the first push."""

    kind: Literal[
        "secret",
        "environment",
        "context",
        "permission",
        "runner",
        "schedule",
        "plugin",
        "credential",
        "setting",
    ]
    name: str
    where: str
    """Where it is set: "Settings → Secrets and variables → Actions"."""
    why: str
    """Which stage or workflow needs it."""


class ReadJob(NamedTuple):
    """A job as read back from a vendor's rendered file."""

    workflow: str
    id: str
    needs: tuple[str, ...]
    """Ids of jobs and approvals, sorted."""
    command: tuple[str, ...]
    """The words of its `mlci exec …`; empty for an approval."""
    env: Mapping[str, str]
    """Variables the stage's command sees because the file sets them, MLCI_* left out."""
    secrets: tuple[str, ...]
    collects: tuple[str, ...]


class Product(Protocol):
    """A vendor as a product: how it is called, where its files lie, how a run of it is told and shown."""

    TITLE: str
    """Its name for people: "GitHub Actions"."""
    HOME: str
    """Where its documentation begins, https://…"""
    STYLES: Mapping[str, str]
    """Other ways than plain steps to write its jobs, by the word for them in `style:` -> what is emitted."""

    def context(self, environ: Mapping[str, str]) -> Context | None:
        """Read the vendor's variables; None when this is not a run of this vendor."""

    def owns(self, path: str) -> bool:
        """Tell whether a path is one this vendor's configuration lives at."""

    def annotate(self, finding: Finding) -> str | None:
        """Return the log line that the vendor shows as an annotation, or None if it has none."""

    def summary_file(self, environ: Mapping[str, str]) -> str | None:
        """Return the file whose Markdown the vendor shows for a job, or None."""


class Vendor:
    """A vendor that pipelines are rendered for: its id in mlci.yaml, and what its modules do when asked.

    Its templates lie in templates/ID/.
    """

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.ID = entry.id

    @cached_property
    def product(self) -> Product:
        """Its module `product`."""
        product: Product = self.entry.part("product")
        return product

    @cached_property
    def FEATURES(self) -> Mapping[str, Support]:
        """How it has each of `mlci.planning.vendor.FEATURES`."""
        features: Mapping[str, Support] = self.entry.part("render.features").FEATURES
        return features

    def render(self, plans: Sequence[Plan]) -> dict[str, str]:
        """Return every file of this vendor: path from the top of the repository -> text. Pure."""
        files: dict[str, str] = self.entry.part("render.files").render(plans)
        return files

    def limits(self, plans: Sequence[Plan]) -> Iterable[Finding]:
        """Return what these plans ask for and the vendor cannot do, at its place in mlci.yaml."""
        found: Iterable[Finding] = self.entry.part("render.limits").limits(plans)
        return found

    def settings(self, plans: Sequence[Plan]) -> Iterable[Setting]:
        """Return what must be set at the vendor before these plans can run."""
        needed: Iterable[Setting] = self.entry.part("render.settings").settings(plans)
        return needed

    def read(self, files: Mapping[str, str]) -> tuple[ReadJob, ...]:
        """Read rendered files back into their jobs."""
        jobs: tuple[ReadJob, ...] = self.entry.part("render.read_back").read(files)
        return jobs


ALL = tuple(Vendor(entry) for entry in VENDORS if entry.id in vendor_ids())


def find(vendor_id: str) -> Vendor:
    """Return the vendor of that id.

    Raises
    ------
    KeyError : no vendor is registered under that id
    """
    return {vendor.ID: vendor for vendor in ALL}[vendor_id]
