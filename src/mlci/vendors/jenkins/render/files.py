"""Plans -> one Jenkinsfile a workflow, as a Jenkins job runs one file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mlci.engine.environment import variable
from mlci.engine.secrets import CHANNELS
from mlci.language.model import ManualInput, Trigger
from mlci.planning.conditions import translate
from mlci.planning.plan import Job, Plan, install_commands
from mlci.rendering.render import groovy, template
from mlci.vendors.jenkins.render import agents, conditions, library, overrides, variables, when
from mlci.vendors.jenkins.render.stages import ACTIVATE, Names, Stages
from mlci.vendors.jenkins.render.text import FILTERS, indent

ID = "jenkins"
FIRST = "Jenkinsfile"
FOLDER = "jenkins/"
SUFFIX = ".Jenkinsfile"
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
NUMBERS = {name: str(at) for at, name in (*enumerate(MONTHS, 1), *enumerate(DAYS))}
"""Names that cron knows and Jenkins does not."""


def render(plans: Sequence[Plan]) -> dict[str, str]:
    """Return one file a workflow: the first is Jenkins' own default, the others stand beside it."""
    return {path_of(index, plan): jenkinsfile(plan) for index, plan in enumerate(plans)}


def path_of(index: int, plan: Plan) -> str:
    return FIRST if index == 0 else f"{FOLDER}{plan.workflow.name}{SUFFIX}"


def jenkinsfile(plan: Plan) -> str:
    """Return a workflow's file."""
    install = install_commands(plan.pipeline)
    stages = Stages(plan, install)
    starts = when.of_trigger(plan.workflow.on)
    shared = variables.shareable(stages.shared)
    given = overrides.of_pipeline(plan)
    loaded = library.source_of(plan.pipeline)
    text = template(
        ID,
        "Jenkinsfile.jinja",
        FILTERS,
        library="" if loaded is None else f"{library.NAME}@{loaded.ref}",
        options=overrides.calls({**options(plan), **given.get("options", {})}),
        triggers=overrides.calls(given.get("triggers", {})),
        cron=cron(plan.workflow.on),
        parameters=parameters(plan.workflow.on),
        environment={**shared, **given.get("environment", {})},
        tools=overrides.calls(given.get("tools", {})),
        changes=changes(plan, stages.names),
        outer=stages.names.free(plan.workflow.name) if starts else "",
        starts=starts,
        items=[overrides.merge(item) for item in stages.items()],
        post=notices(plan, install),
    )
    return indent(text)


def options(plan: Plan) -> dict[str, Any]:
    """Return the pipeline's options: name -> arguments."""
    found: dict[str, Any] = {
        "skipDefaultCheckout": True,
        "timestamps": True,
        "buildDiscarder": {"logRotator": {"numToKeepStr": "50"}},
    }
    group = plan.workflow.concurrency
    if group is not None and group.cancel:
        found["disableConcurrentBuilds"] = {"abortPrevious": True}
    elif group is not None:
        found["lock"] = {"resource": group.group}
    return found


def cron(on: Trigger) -> str:
    """Return the argument of `cron`: the lines, in the jobs of the right branches; "" without a schedule."""
    if not on.schedule:
        return ""
    lines = groovy("\n".join(["TZ=UTC", *map(numbered, on.schedule)]))
    if "**" in on.branches:
        return lines
    return f"{branch_test(on.branches)} ? {lines} : ''"


def numbered(line: str) -> str:
    """Return a cron line with the names of months and days as numbers."""
    return re.sub(
        r"\b[A-Za-z]{3}\b", lambda found: NUMBERS.get(found[0].upper(), found[0]), " ".join(line.split())
    )


def branch_test(branches: Sequence[str]) -> str:
    """Return the expression that holds in the jobs of some branches, or of the repository's main one."""
    if not branches:
        return "env.BRANCH_IS_PRIMARY == 'true'"
    if any(when.WILD.search(branch) for branch in branches):
        pattern = "|".join(translate(branch).pattern for branch in branches)
        return f"env.BRANCH_NAME ==~ {groovy(pattern)}"
    if len(branches) == 1:
        return f"env.BRANCH_NAME == {groovy(branches[0])}"
    return f"env.BRANCH_NAME in [{', '.join(map(groovy, branches))}]"


def parameters(on: Trigger) -> list[tuple[str, dict[str, Any]]]:
    """Return what a start by hand asks for: (kind, arguments)."""
    asked: Mapping[str, ManualInput] = on.manual.inputs if on.manual else {}
    return [parameter(f"MLCI_INPUT_{variable(name)}", given) for name, given in asked.items()]


def parameter(name: str, given: ManualInput) -> tuple[str, dict[str, Any]]:
    """Return one parameter; the first choice is the one chosen already."""
    if given.options:
        first = [given.default] if given.default in given.options else []
        choices = [*first, *(option for option in given.options if option not in first)]
        return "choice", {"name": name, "choices": choices, "description": given.description}
    return "string", {"name": name, "defaultValue": given.default, "description": given.description}


def changes(plan: Plan, names: Names) -> dict[str, str] | None:
    """Return the stage that fetches the change log, if anything asks for it."""
    if not conditions.asks_paths(plan):
        return None
    return {"name": names.free("changes"), "label": default_agent(plan).label}


def default_agent(plan: Plan) -> agents.Agent:
    """Return where work of no stage's own runs: where the first job of a plain runner does."""
    plain = [job for job in plan.jobs if not job.runner.gpu and not job.stage.services]
    first: Job = (plain or list(plan.jobs))[0]
    return agents.agent_of(first)._replace(args="")


def notices(plan: Plan, install: Sequence[str]) -> list[dict[str, Any]]:
    """Return the ends of the workflow that people are told of."""
    told = plan.workflow.notify
    if told is None:
        return []
    ends = {"failure": told.failure, "success": told.success}
    command = f"{ACTIVATE if install else ''}mlci notify"
    return [
        {
            "end": end,
            "agent": default_agent(plan),
            "install": install,
            "secrets": [CHANNELS[channel] for channel in dict.fromkeys(channels)],
            "exec": f"{command} {end} --workflow {plan.workflow.name}",
        }
        for end, channels in ends.items()
        if channels
    ]
