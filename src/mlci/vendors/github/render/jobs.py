"""One job of a plan as the values of its template."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from mlci.language.model import Cache, Pipeline, Requirements
from mlci.planning.plan import Approval, Job, Plan
from mlci.planning.stage_files import fill_text, shown
from mlci.vendors.github.render import runners
from mlci.vendors.github.render.conditions import Start, if_of, native
from mlci.vendors.github.render.own_actions import own_actions
from mlci.vendors.github.render.text import literal, string

NAMEABLE = re.compile(r"[A-Za-z0-9._+,-]+")
"""What the name of an artifact may hold of axes' values; a mapping is not shown as mlci does."""


class Python(NamedTuple):
    """How a job gets its interpreter and its packages; an image brings its own interpreter."""

    version: str
    """ "" in an image."""
    cache: str
    """The file whose content names the cache of packages; "" for no cache."""


def job_values(job: Job, plan: Plan, start: Start, jobs: Mapping[str, Job]) -> SimpleNamespace:
    """Return what the template places for one job; `jobs` are all of the plan, by their ids."""
    stage, image = job.stage, runners.container(job)
    asks = any(not native(each, start) for each in job.conditions)
    before = [jobs[name] for name in job.collects]
    alone = collected_by_action(before, plan.pipeline)
    return SimpleNamespace(
        id=job.id,
        stage=stage.name,
        needs=[*([start.select] if asks else []), *job.needs],
        condition=if_of(job.conditions, start),
        runs_on=runners.runs_on(job.runner),
        container=image,
        environment=stage.environment,
        allow_failure=stage.allow_failure,
        timeout=job.minutes,
        concurrency=concurrency(stage.concurrency),
        matrix=matrix(job),
        services=services(job, image is None),
        hosts=hosts(job, image is None),
        env=stage.env,
        aws=stage.aws,
        python=python(job, plan.pipeline.requirements, cached=not plan.released and not job.deploys),
        caches=[] if plan.released else [cache(job, at, each) for at, each in enumerate(stage.cache)],
        collect=alone,
        collects=[] if alone else [collect(each) for each in before],
        command=shlex.join(job.command),
        secrets=stage.secrets,
        handoff=handoff(job, before),
        uploads=list(uploads(job)),
    )


def approval_values(approval: Approval, start: Start) -> SimpleNamespace:
    """Return what the template places for a person's yes."""
    asks = any(not native(each, start) for each in approval.conditions)
    return SimpleNamespace(
        id=approval.id,
        needs=[*([start.select] if asks else []), *approval.needs],
        condition=if_of(approval.conditions, start),
    )


def concurrency(given: Any) -> dict[str, Any] | None:
    return None if given is None else {"group": given.group, "cancel": given.cancel}


def matrix(job: Job) -> dict[str, Any] | None:
    if job.stage.matrix is None:
        return None
    return {"axes": job.stage.matrix.axes, "exclude": job.stage.matrix.exclude}


def services(job: Job, on_machine: bool) -> list[dict[str, Any]]:
    """Return the containers beside a job; on the machine itself their ports are published."""
    return [
        {
            "name": service.name,
            "image": service.image,
            "env": service.env,
            "ports": [f"{port}:{port}" for port in service.ports] if on_machine else [],
        }
        for service in job.beside
    ]


def hosts(job: Job, on_machine: bool) -> str:
    """Return the services' host names that a hosted machine must be told; a container knows them."""
    if not on_machine or not runners.hosted(job.runner):
        return ""
    return " ".join(service.name for service in job.beside)


def python(job: Job, wanted: Requirements, *, cached: bool) -> Python:
    image = runners.container(job) is not None
    version = "${{ matrix.python }}" if job.has_python_axis else job.python
    return Python("" if image else version, wanted.said_in if cached else "")


def cache(job: Job, at: int, given: Cache) -> dict[str, Any]:
    """Return one folder kept between runs: its paths, key, and the keys that may stand in."""
    before = f"{job.id}-{at}-${{{{ runner.os }}}}-"
    files = ", ".join(string(path) for path in given.key)
    after = f"${{{{ hashFiles({files}) }}}}" if files else "${{ github.run_id }}"
    return {"paths": [literal(path) for path in given.paths], "key": before + after, "restore": before}


def collect(made: Job) -> dict[str, str]:
    """Return how the bundles of a job are fetched: all of a matrix, or one."""
    name = made.id
    if made.stage.matrix is not None:
        return {"title": name, "pattern": f"mlci-{name}.*", "path": ".mlci/handoff"}
    return {"title": name, "pattern": "", "name": f"mlci-{name}", "path": f".mlci/handoff/{name}"}


def collected_by_action(before: Sequence[Job], pipeline: Pipeline) -> str:
    """Return the one job whose bundle mlci's action fetches itself; "" when steps do, as for several."""
    if own_actions(pipeline) is None or len(before) != 1 or before[0].stage.matrix is not None:
        return ""
    return before[0].id


def handoff(job: Job, collected: Sequence[Job]) -> dict[str, Any]:
    """Return the artifact that hands a job's folder on; an instance's is all that it did not collect."""
    if job.stage.matrix is None:
        return {"name": f"mlci-{job.id}", "paths": [f".mlci/handoff/{job.id}"]}
    others = [one.id for made in collected for one in made.instances()]
    paths = [".mlci/handoff/", *(f"!.mlci/handoff/{name}/" for name in others)]
    return {"name": f"mlci-{job.id}{index(job)}", "paths": paths}


def index(job: Job) -> str:
    """Return what tells a matrix's artifacts apart: its values where a name can hold them, else a number."""
    if job.stage.matrix is None:
        return ""
    names = [",".join(map(shown, one.values())) for one in job.stage.matrix.combinations()]
    if len(set(names)) < len(names) or not all(NAMEABLE.fullmatch(name) for name in names):
        return ".${{ strategy.job-index }}"
    return "." + ",".join(f"${{{{ matrix.{axis} }}}}" for axis in job.stage.matrix.axes)


def uploads(job: Job) -> Iterator[dict[str, Any]]:
    """Yield the artifacts kept for people."""
    reports = job.stage.reports
    if job.stage.artifacts:
        yield {
            "title": "Keep artifacts",
            "name": f"artifacts-{job.id}{index(job)}",
            "paths": [path_of(path, job) for path in job.stage.artifacts],
        }
    if reports is not None:
        paths = [path_of(path, job) for path in (*reports.junit, *reports.coverage)]
        yield {
            "title": "Keep reports",
            "name": f"reports-{job.id}{index(job)}",
            "paths": [*paths, ".mlci/reports/"],
        }


def path_of(path: str, job: Job) -> str:
    """Return a path with its placeholders filled; what differs between a matrix's instances becomes `*`."""
    stage = job.stage
    values: Mapping[str, str] = {"job": job.id}
    if stage.matrix is not None:
        values = dict.fromkeys(("job", *stage.matrix.axes), "*")
    return literal(fill_text(path, values))
