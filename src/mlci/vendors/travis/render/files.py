"""Plans -> .travis.yml, one file for all workflows, as Travis CI reads no other."""

from __future__ import annotations

from collections.abc import Sequence

from mlci.planning.plan import Plan, install_commands
from mlci.rendering.render import template
from mlci.vendors.travis.render import conditions, overrides, variables
from mlci.vendors.travis.render.jobs import Include

ID = "travis"
PATH = ".travis.yml"


def render(plans: Sequence[Plan]) -> dict[str, str]:
    if not plans:
        return {}
    pipeline = plans[0].pipeline
    stages = [stage for plan in plans for stage in include(plan, plans).stages()]
    text = template(
        ID,
        "travis.yml.jinja",
        {},
        env=variables.entries(pipeline.env),
        install=install_commands(pipeline),
        stages=stages,
    )
    return {PATH: overrides.apply(text, plans)}


def include(plan: Plan, plans: Sequence[Plan]) -> Include:
    start = conditions.trigger(plan, [other for other in plans if other is not plan])
    return Include(plan, start, plan.pipeline.env, alone=len(plans) == 1, exact=conditions.one_each(plans))
