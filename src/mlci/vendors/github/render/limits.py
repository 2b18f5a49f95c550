"""What a pipeline asks for and GitHub Actions cannot do, and the way round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlci import __version__
from mlci.findings import Finding, Severity, suggest
from mlci.language.model import Pipeline, Runner
from mlci.planning.plan import Job, Plan
from mlci.release import REPOSITORY, source
from mlci.vendors.github.render import runners
from mlci.vendors.github.render.own_actions import STYLE
from mlci.vendors.github.render.triggers import scheduled_branch

HOURS = 6
"""How long a job may take on GitHub's own machines."""
CPUS, MEMORY = 4, 16
"""What a standard machine has at most: cores, GB."""


def limits(plans: Sequence[Plan]) -> Iterator[Finding]:
    """Yield what these plans ask for and GitHub cannot do."""
    seen: set[Finding] = set()
    for plan in plans:
        of_jobs = (each for job in plan.jobs for each in of_job(plan, job))
        for found in (*of_style(plan.pipeline), *of_workflow(plan), *of_jobs):
            if found not in seen:
                seen.add(found)
                yield found


def say(
    pipeline: Pipeline,
    path: Sequence[Any],
    feature: str,
    message: str,
    help: str,
    severity: Severity = "error",
) -> Finding:
    """Make a finding about one feature at a place of mlci.yaml."""
    return Finding(pipeline.mark(*path), f"GitHub Actions: {message}", f"github-{feature}", severity, help)


def of_style(pipeline: Pipeline) -> Iterator[Finding]:
    """Yield what keeps jobs from mlci's own actions, or lets others than these come in their place."""
    if STYLE not in pipeline.style:
        return
    found, place = source(pipeline.mlci), ("mlci",) if pipeline.mlci else ("style",)
    pin = f"`mlci: git+https://github.com/{found.repository if found else REPOSITORY}@COMMIT`"
    if found is None:
        message = f"mlci's actions are had from its repository, and '{pipeline.mlci}' names no state of it"
        help = f"write {pin} or `mlci: mlci=={__version__}`, or leave `actions` out of `style`"
        yield say(pipeline, place, "style", message, help)
        return
    if not found.pinned:
        message = f"jobs use mlci's actions at the tag {found.ref}, which can be moved to other code"
        yield say(pipeline, place, "style", message, f"pin the tag's commit: {pin}", "warning")
    if found.version != __version__:
        message = f"the actions of mlci {found.version} may take other inputs than mlci {__version__} writes"
        help = f"run `mlci generate` of {found.version}, or write `mlci: mlci=={__version__}`"
        yield say(pipeline, place, "style", message, help, "warning")


def of_workflow(plan: Plan) -> Iterator[Finding]:
    """Yield the limits of triggers."""
    pipeline, on, path = plan.pipeline, plan.workflow.on, ("workflows", plan.workflow.name, "on")
    if on.schedule and (len(on.branches) > 1 or "*" in scheduled_branch(on) or "?" in scheduled_branch(on)):
        message = "a scheduled workflow checks out one branch, which must be named in full"
        help = "give each branch a workflow of its own, with the branch's full name"
        yield say(pipeline, (*path, "branches"), "schedule", message, help)
    for event, given in (("push", on.push), ("pull_request", on.pull_request)):
        for kind in ("branches", "tags", "paths"):
            for at, pattern in enumerate(getattr(given, kind, ())):
                if "?" in pattern:
                    message = f"'?' in a filter means something else there, so '{pattern}' cannot be said"
                    feature = event if kind == "branches" else kind
                    yield say(pipeline, (*path, event, kind, at), feature, message, "write * instead")
    if on.pull_request is not None and on.pull_request.tags:
        message = "a pull request has no tag, so `tags` never holds"
        yield say(pipeline, (*path, "pull_request", "tags"), "pull_request", message, "take it out")
    yield from of_inputs(plan, path)
    yield from of_names(pipeline, pipeline.env, ("env",))
    yield from of_names(pipeline, plan.workflow.env, ("workflows", plan.workflow.name, "env"))


def of_names(pipeline: Pipeline, env: Mapping[str, str], path: tuple[Any, ...]) -> Iterator[Finding]:
    """Yield variables whose names differ in nothing but case, which GitHub takes for one."""
    first: dict[str, str] = {}
    for name in env:
        other = first.setdefault(name.lower(), name)
        if other != name:
            message = f"the variables '{other}' and '{name}' differ in case alone, which does not count there"
            yield say(pipeline, (*path, name), "env", message, "rename one of them")


def of_inputs(plan: Plan, path: tuple[str, ...]) -> Iterator[Finding]:
    """Yield inputs whose text GitHub would take for an expression."""
    manual = plan.workflow.on.manual
    for name, given in manual.inputs.items() if manual else ():
        if any("${{" in text for text in (given.description, given.default, *given.options)):
            message = f"the input '{name}' holds '${{{{', which is not allowed in an input"
            help = "write it another way; the stage's own text may hold it"
            yield say(plan.pipeline, (*path, "manual", "inputs", name), "manual-inputs", message, help)


def of_job(plan: Plan, job: Job) -> Iterator[Finding]:
    """Yield the limits of one job."""
    pipeline, path = plan.pipeline, ("stages", job.stage.name)
    yield from of_runner(pipeline, job, path)
    yield from of_image(pipeline, job, path)
    yield from of_names(pipeline, job.stage.env, (*path, "env"))
    limit = (job.stage.timeout or 0) * (job.stage.retries + 1)
    if limit > HOURS * 3600 and runners.hosted(job.runner):
        message = f"a job on GitHub's machines ends after {HOURS} hours"
        help = "give the stage a runner of your own: `github: {labels: [self-hosted]}`"
        yield say(pipeline, (*path, "timeout"), "timeout", message, help, "warning")
    stage = job.stage
    if stage.cache and plan.released:
        message = f"workflow '{plan.workflow.name}' starts on tags, so its jobs take nothing from a cache"
        help = "a pull request's run may have filled the cache; give tags a workflow of their own"
        yield say(pipeline, (*path, "cache"), "cache", message, help, "warning")
    if stage.matrix is not None and sum(1 for _ in stage.matrix.combinations()) > 256:
        message = "a matrix has at most 256 jobs"
        yield say(pipeline, (*path, "matrix"), "matrix", message, "split the stage in two")


def of_runner(pipeline: Pipeline, job: Job, path: tuple[Any, ...]) -> Iterator[Finding]:
    """Yield what a runner asks for and GitHub's standard machines lack."""
    runner, place = job.runner, runner_path(pipeline, job)
    own = runners.own(runner)
    for name in own:
        if name not in runners.KEYS:
            known = ", ".join(runners.KEYS)
            message = f"a runner has no key '{name}' for it; expected one of {known}"
            yield say(
                pipeline,
                (*place, "github", name),
                "self-hosted",
                message,
                suggest(name, runners.KEYS) or "take it out",
            )
    if own:
        return
    if runner.gpu:
        message = f"its standard machines have no GPU, and stage '{job.stage.name}' asks for one"
        help = "say which machine has one: `github: {labels: [self-hosted, gpu]}`"
        yield say(pipeline, (*place, "gpu"), "gpu", message, help)
    if (runner.cpus or 0) > CPUS or runner.gigabytes > MEMORY:
        message = f"its standard machines have at most {CPUS} cores and {MEMORY} GB of memory"
        help = "say which machine has more: `github: {labels: [my-larger-machine]}`"
        key = "cpus" if (runner.cpus or 0) > CPUS else "memory"
        yield say(pipeline, (*place, key), "self-hosted", message, help, "warning")


def of_image(pipeline: Pipeline, job: Job, path: tuple[Any, ...]) -> Iterator[Finding]:
    """Yield what an image takes away: another Python, the machine's Docker engine."""
    stage = job.stage
    if runners.container(job) is not None and (
        stage.python or (stage.matrix and "python" in stage.matrix.axes)
    ):
        key = ("python",) if stage.python else ("matrix", "python")
        message = f"stage '{stage.name}' runs in the image {job.runner.image}, whose own Python is used"
        help = "give the stage a runner without an image, or with the image of that version"
        yield say(pipeline, (*path, *key), "python", message, help, "warning")
    if job.needs_engine and job.runner.image and stage.runner is not None:
        message = (
            f"stage '{stage.name}' asks for a Docker engine, so it runs on the machine, not in its image"
        )
        help = "take the image out, or run the image with docker in the stage"
        yield say(pipeline, (*path, "runner"), "docker", message, help, "warning")
    if job.beside and runners.container(job) is None and not runners.hosted(job.runner):
        message = "services on a machine of your own are reached at localhost, not by their names"
        yield say(pipeline, (*path, "services"), "services", message, "give the runner an image", "warning")


def runner_path(pipeline: Pipeline, job: Job) -> tuple[Any, ...]:
    """Return where a job's runner is described."""
    if isinstance(job.stage.runner, Runner):
        return ("stages", job.stage.name, "runner")
    return ("runners", job.stage.runner or "default")


def gigabytes(runner: Runner) -> float:
    """Return the memory a runner asks for, in GB; 0 when it does not say."""
    if runner.memory is None:
        return 0
    size = float(runner.memory[:-2])
    return size / 1024 if runner.memory.endswith("MB") else size
