"""Jobs of all plans as the values of the template: each job defined once, and used in its workflows."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from mlci.language.model import Cache
from mlci.planning.plan import Approval, Job, Plan, slug
from mlci.planning.stage_files import fill_text
from mlci.vendors.circleci.render.conditions import Rules
from mlci.vendors.circleci.render.executors import Executors
from mlci.vendors.circleci.render.logic import filters
from mlci.vendors.circleci.render.text import literal
from mlci.vendors.circleci.syntax.expression import expressible, write
from mlci.vendors.circleci.syntax.logic import FALSE, TRUE

SILENCE = "1h"
"""How long a stage without a timeout may print nothing; CircleCI's own 10 minutes are short for training."""
ANY_TAG = {"tags": {"only": ["/.*/"]}}
"""The filter without which a job runs for no tag."""
PLACE = "<< parameters.workflow >>"


class Jobs:
    """The job definitions of a configuration; one that several workflows use takes the workflow's name."""

    def __init__(self, plans: list[Plan]) -> None:
        self.executors = Executors()
        self.rules = {plan.workflow.name: Rules(plan) for plan in plans}
        self.definitions: dict[str, SimpleNamespace] = {}
        self.approvals = {node.id for plan in plans for node in plan.nodes if isinstance(node, Approval)}
        self.keys: dict[tuple[str, str], str] = {}
        self.uses: dict[str, int] = {}
        for plan in plans:
            for job in plan.jobs:
                self.add(plan, job)
        for key, defined in self.definitions.items():
            if self.uses[key] == 1:
                settle(defined)

    def add(self, plan: Plan, job: Job) -> None:
        """Define a job, or find the equal one of another workflow."""
        defined = definition(plan, job, self.executors)
        key = job.id
        while key in self.approvals or not alike(self.definitions.get(key, defined), defined):
            key = f"{plan.workflow.name}-{key}"
        self.keys[plan.workflow.name, job.id] = key
        self.uses[key] = self.uses.get(key, 0) + 1
        self.definitions.setdefault(key, defined)

    def use(self, plan: Plan, node: Job | Approval) -> SimpleNamespace:
        shown, given = filter_values(self.rules[plan.workflow.name], node)
        if isinstance(node, Approval):
            return used(node.id, requires=node.needs, expression=shown, filters=given, approval=True)
        key = self.keys[plan.workflow.name, node.id]
        stage = node.stage
        return used(
            key,
            name="" if key == node.id or stage.matrix is not None else node.id,
            requires=node.needs,
            expression=shown,
            filters=given,
            context=stage.environment,
            group=f"{plan.pipeline.name}/{stage.concurrency.group}" if stage.concurrency else None,
            workflow=plan.workflow.name if self.uses[key] > 1 else "",
            matrix=matrix_values(node) if stage.matrix else None,
        )


def used(
    key: str,
    *,
    requires: Sequence[str],
    expression: str = "",
    filters: Any = None,
    approval: bool = False,
    name: str = "",
    context: str | None = None,
    group: str | None = None,
    workflow: str = "",
    matrix: dict[str, Any] | None = None,
) -> SimpleNamespace:
    """Return how a workflow uses a job, for the template; `plain` when its name is all there is to say."""
    plain = not (
        requires or expression or filters or approval or name or context or group or workflow or matrix
    )
    return SimpleNamespace(
        key=key,
        plain=plain,
        requires=requires,
        expression=expression,
        filters=filters,
        approval=approval,
        name=name,
        context=context,
        group=group,
        workflow=workflow,
        matrix=matrix,
    )


def definition(plan: Plan, job: Job, executors: Executors) -> SimpleNamespace:
    """Return what a job is, with the place of its workflow's name left open."""
    stage = job.stage
    version = "<< parameters.python >>" if job.has_python_axis else job.python
    on = executors.of(job, version)
    own_python = not on.machine and job.runner.image is None and version != plan.pipeline.python
    notify = plan.workflow.notify
    return SimpleNamespace(
        id=job.id,
        stage=stage.name,
        workflow=plan.workflow.name,
        place=PLACE,
        command=command(job),
        allow_failure=stage.allow_failure,
        executor="" if job.beside or own_python else executors.name(on, job),
        on=on,
        services=[{"name": each.name, "image": each.image, "env": each.env} for each in job.beside],
        env=job.env,
        axes=[axis_name(name) for name in stage.matrix.axes] if stage.matrix else [],
        secrets=" ".join(stage.secrets),
        python=version if on.machine else "",
        cached=not job.deploys,
        aws=stage.aws,
        caches=[cache(job, at, each) for at, each in enumerate(stage.cache)],
        collects=", ".join(job.collects),
        instance=instance(job),
        silence=silence(job),
        junit=[path_of(path, job) for path in job.junit],
        kept=[path_of(path, job) for path in job.kept],
        tells=PLACE if notify and notify.failure else "",
    )


def alike(one: SimpleNamespace, other: SimpleNamespace) -> bool:
    """Tell whether two definitions differ in nothing but their workflow's name."""
    return one is other or vars(one) == {**vars(other), "workflow": one.workflow}


def settle(defined: SimpleNamespace) -> None:
    """Put the one workflow's name into a definition that no other uses."""
    defined.command = defined.command.replace(PLACE, defined.workflow)
    defined.place = defined.workflow
    defined.tells = defined.tells.replace(PLACE, defined.workflow)


def command(job: Job) -> str:
    """Return the words that run a job, all of them plain names; those of a matrix name the instance."""
    words = list(job.command)
    words[words.index("--workflow") + 1] = PLACE
    if job.stage.matrix is not None:
        words = [*words[:5], "--job", instance(job)]
    if job.stage.allow_failure:
        words.append("--allow-failure")
    return " ".join(words)


def instance(job: Job) -> str:
    if job.stage.matrix is None:
        return job.id
    values = (f"<< parameters.{axis_name(name)} >>" for name in job.stage.matrix.axes)
    return "-".join((job.id, *values))


def axis_name(name: str) -> str:
    return name.lower()


def axis_value(value: Any) -> str:
    return slug({"": value})


def matrix_values(job: Job) -> dict[str, Any]:
    """Return the parameters of a matrix: the parts of its instances' ids."""
    matrix = job.stage.matrix
    if matrix is None:
        return {}
    return {
        "alias": job.id,
        "axes": {
            axis_name(name): [axis_value(each) for each in values] for name, values in matrix.axes.items()
        },
        "exclude": [
            {axis_name(name): axis_value(each) for name, each in row.items()} for row in matrix.exclude
        ],
    }


def silence(job: Job) -> str:
    """Return how long a job may print nothing."""
    return SILENCE if job.minutes is None else f"{job.minutes}m"


def cache(job: Job, at: int, given: Cache) -> dict[str, Any]:
    """Return one folder kept between runs."""
    before = f"{job.id}-{at}-v1-{{{{ arch }}}}-"
    sums = "-".join(f'{{{{ checksum "{path}" }}}}' for path in given.key)
    return {
        "paths": [literal(path) for path in given.paths],
        "key": before + (sums or "{{ epoch }}"),
        "restore": before,
    }


def path_of(path: str, job: Job) -> str:
    axes = job.stage.matrix.axes if job.stage.matrix else {}
    values = {name: f"<< parameters.{axis_name(name)} >>" for name in axes}
    return fill_text(literal(path), {"job": instance(job), **values})


def filter_values(rules: Rules, node: Job | Approval) -> tuple[str, Any]:
    """Return a job's filters: an expression, or patterns of branches and tags."""
    logic = rules.job(node.conditions) if node.conditions else TRUE
    if logic == TRUE:
        return "", ANY_TAG if "tag" in rules.events else None
    if logic == FALSE:
        return "", {"branches": {"ignore": ["/.*/"]}}
    by_name = filters(logic)
    if by_name is None and not expressible(logic):
        raise ValueError(f"no filter can say {logic}")
    return "" if by_name else write(logic), by_name
