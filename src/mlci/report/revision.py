"""A revision as the baseline: what the store has for its jobs, and the metrics that it holds in git itself.

The jobs of the revision are followed in their order: what each is given is read from git, and what a job
before it made from that job's record in the store. Its software is taken to be the present run's. The store
may be a team's; nothing is run, and nothing is written.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Callable, Mapping
from functools import cached_property
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from mlci.engine.bundle import Manifest
from mlci.engine.key import asked, key_of
from mlci.engine.metrics import read_metrics
from mlci.engine.record import Record
from mlci.engine.store import Entry, Store, open_store
from mlci.engine.unpack import manifest_of
from mlci.errors import InputError, MlciError
from mlci.models.digest import digest_path
from mlci.planning import repository
from mlci.planning.plan import Job, Plan
from mlci.report.baseline import Baseline
from mlci.report.held import Held
from mlci.report.repository import Git
from mlci.yaml.document import Document

SOFTWARE = ("interpreter", "platform", "code")
PACKAGE = "package."
HEAD = 2**20
"""Bytes of a bundle that are read for its manifest."""
APART = (".keras", ".tar", "manifest.json")
"""Files whose comparable digest is not that of their bytes."""


def of_revision(name: str, root: Path, workflow: str, now: Mapping[str, Record]) -> Baseline:
    """Return what is known of a revision.

    Parameters
    ----------
    name : a branch, tag or commit
    root : the folder of mlci.yaml, in a git repository
    workflow : whose jobs are looked for
    now : the present run's records by job

    Raises
    ------
    InputError : there is no such revision, or it has no such workflow
    """
    git = Git(root)
    commit = git.commit(name)
    plan = plan_at(git, name, commit, workflow)
    notes: list[str] = []
    store = opened(plan, root, notes)
    with TemporaryDirectory(prefix="mlci-report-") as folder:
        git.extract(commit, wanted(plan), Path(folder))
        past = Past(Path(folder), store, now)
        for job in (one for each in plan.jobs for one in each.instances()):
            past.follow(plan, job)
    if past.committed:
        notes.append(f"the metrics of {', '.join(past.committed)} are those that {name} holds in git")
    if not past.records:
        notes.append(
            f"nothing is known of {name}: the store has none of its results. Run its workflow once with this "
            "store, or name the folder of its records"
        )
    context = {"commit": commit, "branch": git.branch(name)}
    held = tuple(Held(record, past.bundles.get(job)) for job, record in past.records.items())
    return Baseline(name, context, past.records, past.given, held, notes=tuple(dict.fromkeys(notes)))


def plan_at(git: Git, name: str, commit: str, workflow: str) -> Plan:
    text = git.show(commit, repository.FILE)
    if text is None:
        raise InputError(f"{name} has no {repository.FILE}", help="name the folder of its records instead")
    pipeline = repository.parse(Document(f"{name}:{repository.FILE}", text))
    if workflow not in pipeline.workflows:
        known = ", ".join(pipeline.workflows)
        raise InputError(f"{name} has no workflow '{workflow}'", help=f"its workflows are {known}")
    (plan,) = repository.chosen(pipeline, (workflow,))
    return plan


def opened(plan: Plan, root: Path, notes: list[str]) -> Store | None:
    """Return the store; what is wrong with it is noted."""

    def warn(text: str) -> None:
        notes.append(text.removesuffix("; the stage runs again").removesuffix(", going on without it"))

    return open_store(plan.pipeline.store, root, warn) if plan.pipeline.store else None


def wanted(plan: Plan) -> list[str]:
    jobs = [one for job in plan.jobs for one in job.instances()]
    return sorted({path.rstrip("/") for job in jobs for path in (*job.files.inputs, *job.files.metrics)})


class Past:
    """The jobs of a revision, followed one by one.

    Parameters
    ----------
    tree : the revision's own files, as far as jobs read them
    store : where results are looked for
    now : the present run's records by job
    """

    def __init__(self, tree: Path, store: Store | None, now: Mapping[str, Record]) -> None:
        self.tree, self.store, self.now = tree, store, now
        self.records: dict[str, Record] = {}
        self.given: dict[str, Mapping[str, Any]] = {}
        self.committed: list[str] = []
        self.bundles: dict[str, Path | None] = {}
        self.made: dict[str, Made | None] = {}
        """Outputs of the jobs followed so far; None where nobody knows what was made."""

    def follow(self, plan: Plan, job: Job) -> None:
        """Find out what a job was given, and what came of it."""
        now = self.now.get(job.id)
        for path in job.files.made:
            self.made[path.rstrip("/")] = None
        given = None if now is None or not now.ingredients else self.ingredients(plan, job, now)
        if now is not None and given is not None:
            self.given[job.id] = given
            self.look(job, given, now)
        if job.id not in self.records:
            self.own_metrics(job)

    def ingredients(self, plan: Plan, job: Job, now: Record) -> dict[str, Any] | None:
        """Return all that determined a job's result; None when an input cannot be told."""
        found = asked(plan.pipeline, job, os.environ)
        for path in (each.rstrip("/") for each in job.files.inputs):
            digest = self.digest(path, now)
            if digest is None:
                return None
            found[f"input.{path}"] = digest
        software = {
            name: value
            for name, value in now.ingredients.items()
            if name in SOFTWARE or name.startswith(PACKAGE)
        }
        return found | software

    def digest(self, path: str, now: Record) -> str | None:
        """Return the digest of what lay at a path.

        What git does not hold and no job makes, such as data that lies beside the repository, is taken to be
        what it is now.
        """
        output = next((each for each in (path, *above(path)) if each in self.made), None)
        present = now.ingredients.get(f"input.{path}")
        if output is not None:
            made = self.made[output]
            return None if made is None else made.digest(path, present)
        try:
            return digest_path(self.tree, path).comparable
        except InputError:
            return present if isinstance(present, str) else None

    def look(self, job: Job, given: Mapping[str, Any], now: Record) -> None:
        """Look a job's result up by its key; with the same key as now, it is the same result."""
        key = key_of(given)
        entry = None if self.store is None else self.store.entry(key)
        record = now if key == now.key and now.done else None if entry is None else entry.record
        if record is None:
            return
        self.records[job.id] = record
        self.bundles[job.id] = None if entry is None or self.store is None else self.store.place(entry)
        for path in record.outputs:
            self.made[path] = Made(path, record, self.manifest(entry), now)

    def manifest(self, entry: Entry | None) -> Callable[[], Manifest | None]:
        """Return how the list of what a bundle holds is read, should it be needed."""
        return lambda: None if entry is None or self.store is None else head(self.store, entry)

    def own_metrics(self, job: Job) -> None:
        """Take the metrics that the revision holds itself, as some keep them in git."""
        paths = job.files.metrics
        if not paths or not all((self.tree / path).is_file() for path in paths):
            return
        try:
            metrics = read_metrics(self.tree, paths)
        except MlciError:
            return
        none: dict[str, str] = {}
        params = dict(job.stage.params)
        names = (job.workflow, job.stage.name, job.id)
        self.records[job.id] = Record(*names, {}, params, none, none, metrics, "done", 0)
        self.committed.append(job.id)


class Made:
    """An output of a job of the revision.

    Parameters
    ----------
    path : the output
    record : of the job that made it
    manifest : reads the list of what the job's bundle holds
    now : the same job's present record
    """

    def __init__(
        self, path: str, record: Record, manifest: Callable[[], Manifest | None], now: Record
    ) -> None:
        self.path, self.record, self.read, self.now = path, record, manifest, now

    @cached_property
    def manifest(self) -> Manifest | None:
        """What the job's bundle holds, read once."""
        return self.read()

    def digest(self, path: str, present: Any) -> str | None:
        """Return the digest of the output, or of a file in it; None when it cannot be told.

        Parameters
        ----------
        path : the output or what lies in it
        present : its digest in the present run
        """
        if path == self.path:
            return self.record.outputs[path]
        if self.record.outputs[self.path] == self.now.outputs.get(self.path) and isinstance(present, str):
            return present
        row = None if self.manifest is None else self.manifest.files.get(path)
        return None if row is None or path.endswith(APART) else f"sha256:{row.sha256}"


def above(path: str) -> list[str]:
    return [parent.as_posix() for parent in PurePosixPath(path).parents]


def head(store: Store, entry: Entry) -> Manifest | None:
    """Read the manifest at the start of a bundle, however long it is."""
    count = HEAD
    while True:
        start = store.start(entry, count)
        try:
            with tarfile.open(fileobj=BytesIO(start), mode="r:") as tar:
                first = tar.next()
                if first is not None and first.size + HEAD > count and len(start) == count:
                    count = first.size + 2 * HEAD
                    continue
                return manifest_of(tar, first, Path(entry.digest))
        except (tarfile.TarError, ValueError, OverflowError, InputError):
            return None
