"""Workflow files as parity needs them: jobs, what they wait for, and the `mlci exec` each of them makes."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from mlci.errors import InputError, input_error
from mlci.lint.kinds import BY_ID
from mlci.lint.registry import rules_named
from mlci.parity.account import Named
from mlci.parity.naming import executed
from mlci.vendors.github.product import owns
from mlci.vendors.github.render import own_actions
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.model import texts
from mlci.yaml.document import Document
from mlci.yaml.source import SourceFile

RULE = "parity-github"
LANGUAGE = "mlci.vendors.github.rules:LANGUAGE"
STANDARD = "ubuntu"
FOREIGN = ("windows", "macos")
"""How the labels of machines begin that this one is not."""


class Job(NamedTuple):
    """A job of a workflow's file."""

    key: str
    needs: tuple[str, ...]
    condition: str | None
    """Its `if`."""
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
        return self.data.get("steps") or ()


class Workflow(NamedTuple):
    """A workflow's file."""

    file: str
    """The file's name, without its ending."""
    tree: model.Workflow
    jobs: Mapping[str, Job]
    """Each after those it needs."""

    @property
    def document(self) -> Document:
        assert self.tree.file.document is not None  # noqa: S101 - it was read
        return self.tree.file.document

    @property
    def name(self) -> str:
        """Its name in mlci's words: what its jobs call it, else the file's."""
        return next((job.executes.workflow for job in self.jobs.values() if job.executes), "") or self.file


def read_workflows(files: Mapping[str, str]) -> tuple[Workflow, ...]:
    """Read the workflows among some files.

    Raises
    ------
    InputError : GitHub would refuse one, or it holds what parity cannot carry out
    """
    return tuple(read_workflow(path, text) for path, text in sorted(files.items()) if owns(path))


def read_workflow(path: str, text: str) -> Workflow:
    file = SourceFile(path, text, BY_ID["github-workflow"])
    refuse_faults(file)
    tree = file.once(model.read_workflow)
    jobs = [read_job(tree, job, file.data["jobs"][job.id]) for job in tree.jobs]
    workflow = Workflow(PurePosixPath(path).stem, tree, ordered(jobs))
    for job in jobs:
        refuse_strange(workflow.document, job)
    return workflow


def refuse_faults(file: SourceFile) -> None:
    """Refuse what the linter calls an error of the language, in its words."""
    if file.problems:
        raise InputError(file.problems)
    if file.root_node is None:
        raise input_error(file.mark(None), "this is no workflow", RULE)
    found = [each for rule in rules_named(LANGUAGE) for each in rule.check(file) if each.severity == "error"]
    if found:
        raise InputError(sorted(found, key=lambda each: (each.mark.line, each.mark.column)))


def read_job(tree: model.Workflow, job: model.Job, data: Mapping[str, Any]) -> Job:
    executes = next((each for step in data.get("steps") or () for each in executed(script_of(step))), None)
    condition = job.value("if")
    return Job(
        key=job.id,
        needs=tuple(tree.by_id[name.lower()].id for name in texts(job.needs)),
        condition=None if condition is None else condition.value,
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
    if isinstance(given, Mapping):
        given = given.get("labels") or ()
    yield from [given] if isinstance(given, str) else map(str, given or ())


def ordered(jobs: Iterable[Job]) -> dict[str, Job]:
    done: dict[str, Job] = {}
    waiting = list(jobs)
    while waiting:
        ready = [job for job in waiting if done.keys() >= set(job.needs)]
        done |= {job.key: job for job in ready}
        waiting = [job for job in waiting if job.key not in done]
    return done
