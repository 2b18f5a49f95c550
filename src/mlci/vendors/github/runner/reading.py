"""Workflow files as parity needs them: jobs, what they wait for, and the `mlci exec` each of them makes."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from mlci.errors import InputError, input_error
from mlci.findings import Finding
from mlci.parity.account import Named
from mlci.parity.naming import executed
from mlci.vendors.github.product import owns
from mlci.vendors.github.render import own_actions
from mlci.vendors.github.syntax.form.walk import Walk
from mlci.vendors.github.syntax.form.workflow import grammar
from mlci.yaml.document import Document

RULE = "parity-github"
STANDARD = "ubuntu"
FOREIGN = ("windows", "macos")
"""How the labels of machines begin that this one is not."""


class Job(NamedTuple):
    """A job of a workflow's file."""

    key: str
    needs: tuple[str, ...]
    data: Mapping[str, Any]
    executes: Named | None
    """What its `mlci exec` works on; None for a job that makes no such call."""
    approval: bool
    """Whether it only waits for its environment's reviewers."""

    @property
    def id(self) -> str:
        """Its id in mlci's words; a matrix's instances add their values."""
        return self.key if self.executes is None else self.executes.id

    @property
    def known(self) -> bool:
        """Whether mlci has such a job; others, which select or notify, are the file's own."""
        return self.executes is not None or self.approval

    @property
    def environment(self) -> str:
        """The deployment environment it is of; "" for none."""
        given = self.data.get("environment") or ""
        return str(given.get("name", "")) if isinstance(given, Mapping) else str(given)

    @property
    def steps(self) -> Sequence[Mapping[str, Any]]:
        """Its steps."""
        return self.data.get("steps") or ()

    @property
    def matrix(self) -> Any:
        """Its `strategy.matrix`; None for none."""
        return (self.data.get("strategy") or {}).get("matrix")


class Workflow(NamedTuple):
    """A workflow's file."""

    file: str
    """The file's name, without its ending."""
    document: Document
    jobs: Mapping[str, Job]
    """Each after those it needs."""

    @property
    def name(self) -> str:
        """Its name in mlci's words: what its jobs call it, else the file's."""
        return next((job.executes.workflow for job in self.jobs.values() if job.executes), "") or self.file

    @property
    def data(self) -> Mapping[str, Any]:
        """The file's content."""
        found: Mapping[str, Any] = self.document.data
        return found


def read(files: Mapping[str, str]) -> tuple[Workflow, ...]:
    """Read the workflows among some files.

    Raises
    ------
    InputError : GitHub would refuse one, or it holds what parity cannot carry out
    """
    return tuple(read_workflow(path, text) for path, text in sorted(files.items()) if owns(path))


def read_workflow(path: str, text: str) -> Workflow:
    """Read one file."""
    document = Document(path, text)
    refuse_malformed(document)
    jobs = {key: read_job(key, data) for key, data in document.data["jobs"].items()}
    for job in jobs.values():
        refuse_strange(document, job)
    return Workflow(PurePosixPath(path).stem, document, {key: jobs[key] for key in ordered(document, jobs)})


def refuse_malformed(document: Document) -> None:
    """Refuse what the grammar of workflows does not know."""
    if document.root is None or document.root.id != "mapping":
        raise input_error(document.mark(()), "this is no workflow", RULE)
    walk = Walk()
    grammar().read(document.root, "workflow", walk)
    found = [
        Finding(document.mark_of(each.node), each.message, f"github-{each.rule}", "error", each.help)
        for each in walk.problems
        if each.severity in (None, "error")
    ]
    if found:
        raise InputError(found)


def read_job(key: str, data: Mapping[str, Any]) -> Job:
    """Read one job."""
    needs = data.get("needs") or ()
    steps = data.get("steps") or ()
    executes = next((each for step in steps for each in executed(script_of(step))), None)
    return Job(
        key=key,
        needs=(needs,) if isinstance(needs, str) else tuple(needs),
        data=data,
        executes=executes,
        approval="environment" in data and executes is None,
    )


def script_of(step: Mapping[str, Any]) -> str:
    """Return a step's script; of mlci's action that runs a stage, what it comes to."""
    return shlex.join(own_actions.executed(step)) or str(step.get("run", ""))


def refuse_strange(document: Document, job: Job) -> None:
    """Refuse what cannot be carried out on this machine, rather than leave it out."""
    where = ("jobs", job.key)
    if "uses" in job.data:
        raise input_error(
            document.mark((*where, "uses"), key=True), "a reusable workflow cannot be run here", RULE
        )
    labels = list(labels_of(job.data.get("runs-on")))
    strange = [label for label in labels if label.lower().startswith(FOREIGN)]
    if strange:
        raise input_error(
            document.mark((*where, "runs-on")), f"this machine is no '{strange[0]}' and cannot run it", RULE
        )


def labels_of(given: Any) -> Iterable[str]:
    """Yield the labels of `runs-on`."""
    if isinstance(given, Mapping):
        given = given.get("labels") or ()
    yield from [given] if isinstance(given, str) else map(str, given or ())


def ordered(document: Document, jobs: Mapping[str, Job]) -> list[str]:
    """Return the jobs' keys, each after those it needs.

    Raises
    ------
    InputError : a job needs one that is not there, or they wait for each other
    """
    done: list[str] = []
    waiting = list(jobs)
    while waiting:
        ready = [key for key in waiting if all(need in done for need in jobs[key].needs)]
        if not ready:
            key = waiting[0]
            unknown = [need for need in jobs[key].needs if need not in jobs]
            said = f"there is no job '{unknown[0]}'" if unknown else f"jobs wait for each other: {waiting}"
            raise input_error(document.mark(("jobs", key, "needs")), said, RULE)
        done += ready
        waiting = [key for key in waiting if key not in ready]
    return done
