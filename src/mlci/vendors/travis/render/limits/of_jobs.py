"""What single jobs ask for and Travis CI cannot do, each with the way round."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from mlci.findings import Finding, Severity
from mlci.planning.plan import Job, Plan
from mlci.vendors.travis.render import conditions
from mlci.vendors.travis.render.jobs import SIZES, size
from mlci.yaml.document import Key

ID = "travis"
LONGEST = 50 * 60
"""Seconds after which a job of a public repository is ended."""
OFFICIAL = re.compile(r"(?:docker\.io/)?(?:library/)?python:(3\.[0-9]+)(?:[.-].*)?(?:@.*)?")
"""Images that are the Python they are named for, which Travis CI has without them."""


def finding(
    plan: Plan,
    path: Sequence[Key],
    said: str,
    rule: str,
    help: str,
    severity: Severity = "warning",
    *,
    key: bool = False,
) -> Finding:
    return Finding(plan.pipeline.mark(*path, key=key), said, rule, severity, help)


def grouped(plan: Plan, path: Sequence[Key], cancel: bool) -> Finding:
    """Say what becomes of a concurrency group."""
    setting = "Auto cancel branch builds" if cancel else "Limit concurrent jobs"
    said = "Travis CI has no concurrency groups: builds may overlap"
    help = f"set `{setting}` in the repository's settings; it holds for the whole repository"
    return finding(plan, path, said, "travis-concurrency", help)


def runner(plan: Plan, job: Job) -> Iterator[Finding]:
    """Yield what a runner asks for, once for all that run on it."""
    at, given = place_of_runner(plan, job), job.runner
    who = f"{at[0].removesuffix('s')} '{at[1]}'"
    if given.gpu:
        help = (
            "leave travis out of `vendors`; if your plan has such machines, give the runner `travis: {vm: …}`"
        )
        yield finding(plan, at, f"Travis CI has no GPU: {who} runs without one", "travis-gpu", help)
    elif given.others and ID not in given.others:
        said = f"Travis CI runs on machines of its own; {who} names only those of other vendors"
        help = "leave travis out of `vendors` if the stage needs a machine of yours"
        yield finding(plan, at, said, "travis-self-hosted", help)
    found = OFFICIAL.fullmatch(given.image or "")
    if given.image and (found is None or not f"{job.python}.".startswith(f"{found[1]}.")):
        said = (
            f"Travis CI runs jobs on Ubuntu with Python {job.python}, not in the image {given.image} of {who}"
        )
        help = (
            "install what the image has, or add `services: [docker]` and run the image in the stage's command"
        )
        yield finding(plan, (*at, "image"), said, "travis-image", help)
    if size(given) is None:
        cores, memory, largest = SIZES[-1]
        said = f"Travis CI has no machine as large as {who}, only {cores} cores and {memory} GB"
        yield finding(
            plan, at, said, "travis-size", f"ask for no more than {largest} has, or leave travis out"
        )


def place_of_runner(plan: Plan, job: Job) -> tuple[str, ...]:
    named = job.stage.runner
    if named is None:
        return ("runners", "default")
    return ("runners", named) if isinstance(named, str) else ("stages", job.stage.name, "runner")


def secrets(plan: Plan, job: Job) -> Iterator[Finding]:
    """Yield what is said once of all secrets."""
    first = next((stage for stage in plan.pipeline.stages.values() if stage.secrets), None)
    if first is not None and job.stage.secrets:
        said = "Travis CI gives secrets to every job; `mlci exec` takes them from commands they are not for"
        help = "code of a stage's command cannot see them, but code of its dependencies' installation can"
        yield finding(plan, ("stages", first.name, "secrets"), said, "travis-secrets", help, key=True)


def environment(plan: Plan, job: Job) -> Iterator[Finding]:
    if job.stage.environment and not conditions.approvals_before(plan)[job.id]:
        said = f"Travis CI has no environments: nobody is asked before '{job.stage.name}' deploys"
        help = "put `{approve: …}` before it in the workflow; its secrets are the repository's"
        yield finding(plan, ("stages", job.stage.name, "environment"), said, "travis-environment", help)


def oidc(plan: Plan, job: Job) -> Iterator[Finding]:
    """Yield cloud access by OpenID Connect."""
    if job.stage.aws is not None:
        said = f"Travis CI has no OpenID Connect: '{job.stage.name}' assumes the role with a stored key"
        help = (
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of a user who may do nothing but assume the role"
        )
        yield finding(plan, ("stages", job.stage.name, "aws"), said, "travis-oidc", help, key=True)


def timeout(plan: Plan, job: Job) -> Iterator[Finding]:
    """Yield a timeout beyond a job's own end."""
    if job.stage.timeout is not None and job.stage.timeout > LONGEST:
        said = f"Travis CI ends jobs after 50 minutes (private repositories: 120); '{job.id}' may take longer"
        help = "split the stage, or leave travis out of `vendors`"
        yield finding(plan, ("stages", job.stage.name, "timeout"), said, "travis-timeout", help)


def group(plan: Plan, job: Job) -> Iterator[Finding]:
    if job.stage.concurrency is not None:
        yield grouped(plan, ("stages", job.stage.name, "concurrency"), job.stage.concurrency.cancel)


def cache(plan: Plan, job: Job) -> Iterator[Finding]:
    for index, one in enumerate(job.stage.cache):
        if one.key:
            said = f"Travis CI names caches by branch and job, not by the content of {', '.join(one.key)}"
            help = "the command must check what it finds there; a cache is renewed after every job"
            at = ("stages", job.stage.name, "cache", index, "key")
            yield finding(plan, at, said, "travis-cache", help, "info")


def kept(plan: Plan, job: Job) -> Iterator[Finding]:
    """Yield files to keep and reports to show."""
    reports = job.stage.reports
    if job.stage.artifacts or (reports and reports.coverage):
        said = f"Travis CI keeps files only in an S3 bucket of yours: '{job.stage.name}' uploads there"
        help = "set ARTIFACTS_KEY, ARTIFACTS_SECRET and ARTIFACTS_BUCKET, as `mlci doctor` says"
        at = ("stages", job.stage.name, "artifacts" if job.stage.artifacts else "reports")
        yield finding(plan, at, said, "travis-artifacts", help, key=True)
    if reports and reports.junit:
        said = f"Travis CI shows no test reports: those of '{job.stage.name}' stay in its log"
        yield finding(
            plan, ("stages", job.stage.name, "reports"), said, "travis-junit", "read the log", "info"
        )


CHECKS: tuple[Callable[[Plan, Job], Iterator[Finding]], ...] = (
    runner,
    secrets,
    environment,
    oidc,
    timeout,
    group,
    cache,
    kept,
)
