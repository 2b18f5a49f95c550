"""actions/: a composite action for each unit, from templates/actions/."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlci.calls.variables import variable
from mlci.derive import units
from mlci.derive.page import table
from mlci.derive.units import Input, Unit
from mlci.planning.plan import UV
from mlci.release import REPOSITORY, TAG
from mlci.rendering.render import quoted, template
from mlci.vendors.github.render.pins import pinned
from mlci.vendors.github.render.runners import MACHINE

ICONS: Mapping[str, str] = {
    "setup": "download",
    "run": "play",
    "lint": "search",
    "generate-check": "check-circle",
    "report": "file-text",
    "validate-data": "check-square",
    "train-check": "activity",
    "evaluate": "target",
    "package": "package",
    "deploy": "upload-cloud",
    "smoke-test": "wind",
    "retrain": "refresh-cw",
}
ICON, COLOUR = "box", "blue"
SETUP = Unit(
    "setup",
    "Put mlci on the PATH, with Python and what else a job needs.",
    "",
    (),
    {"install": "numpy"},
    outputs={"version": "The version of mlci that is installed."},
)
SETUP_INPUTS = (
    Input("lock", "A uv.lock; what it locks is installed before all else."),
    Input("cache", "The file whose content names the cache of what pip fetches; '' for no cache."),
)
RUN_INPUTS = (
    Input("collect", "A job whose outputs are fetched first, by the artifact that this action left there."),
    Input("hand_on", "Whether to keep the job's outputs and record as an artifact.", "true"),
    Input("artifact", "That artifact's name; mlci-JOB when not given."),
    Input(
        "artifact_path", "What it holds, a path a line; .mlci/handoff/JOB when not given. A matrix needs it."
    ),
)
REPORT_INPUTS = (
    Input("comment", "Whether to leave the report as a comment on the pull request, too.", "false"),
    Input(
        "token",
        "Who comments. It needs `permissions: pull-requests: write`, which no pull request from a fork has.",
        "${{ github.token }}",
    ),
    Input("pull_request", "The pull request's number; that of the event when not given."),
    Input("mark", "Tells this comment from another report's on the same pull request.", "mlci"),
    Input(
        "base",
        "A branch whose last good run of this workflow is compared with; needs `permissions: actions: read`.",
        "${{ github.base_ref }}",
    ),
    Input("artifacts", "The artifacts that hold the jobs' records; '' when they are here already.", "mlci-*"),
    Input(
        "keep",
        "The artifact to keep the report as, for later runs to compare with; '' for none.",
        "ml-report",
    ),
)
REPORT_OUTPUTS: Mapping[str, str] = {"comment": "The comment's address, '' when there is none."}
AGAINST = "inputs.against || steps.base.outputs.report"
STEP_SECRETS = (
    "Variables that a target needs, such as a key, are given to the step: `env: {DEPLOY_SSH_KEY: ${{ "
    "secrets.DEPLOY_SSH_KEY }}}`; name them in `secret`, too, and no report shows them."
)
NOTES: Mapping[str, str] = {
    "setup": "The steps after it may call `mlci`. It is installed from the action's own checkout.",
    "run": "Needs an `mlci.yaml`; the stage runs as `mlci exec` runs it everywhere.",
    "generate-check": "Needs an `mlci.yaml`; shows what is different when it fails.",
    "report": (
        "Runs after the jobs it reports, also when some failed, and takes their records from the artifacts "
        "that the action `run` and every rendered job leave. The report goes to the job's summary and, with "
        "`comment`, to the pull request: one comment, written anew at every run. That needs `permissions: "
        "pull-requests: write`. A pull request from a fork is run with a token that can only read: then the "
        "summary has the report, a warning says so, and the job does not fail.\n\nOn a pull request, metrics "
        "stand beside those of the last good run of its base, if this action runs there, too."
    ),
    "lint": "Needs no `mlci.yaml`: it lints what people wrote by hand, too.",
}
STAGE_NOTE = "Needs no `mlci.yaml`; values are written as they are there, paths from the repository's top."


def files() -> dict[str, str]:
    made: dict[str, str] = {}
    for unit in (SETUP, *units.every_unit()):
        values = of_unit(unit)
        made[f"actions/{unit.id}/action.yml"] = written("action.yml", values)
        made[f"actions/{unit.id}/README.md"] = written("README.md", values)
    return made


def written(name: str, values: Mapping[str, Any]) -> str:
    return template("actions", name, {"pin": lambda action: pinned(str(action)), "rooted": rooted}, **values)


def of_unit(unit: Unit) -> dict[str, Any]:
    """Return what the templates place for one unit."""
    report = unit.id == "report"
    more = RUN_INPUTS if unit.id == "run" else REPORT_INPUTS if report else ()
    own = (*unit.inputs, *more)
    outputs = {**unit.outputs, **(REPORT_OUTPUTS if report else {})}
    inputs = [kebab(each) for each in (*own, *installing(unit), *(SETUP_INPUTS if unit is SETUP else ()))]
    return {
        "id": unit.id,
        "title": f"mlci {unit.id}",
        "summary": unit.summary,
        "notes": notes(unit),
        "icon": ICONS.get(unit.id, ICON),
        "color": COLOUR,
        "inputs": inputs,
        "outputs": outputs,
        "step": "shown" if report else "mlci" if unit.command else "install",
        "report": report,
        "reports": dict(zip(unit.outputs, units.REPORTS, strict=True)) if report else {},
        "command": unit.command,
        "handoff": unit.id == "run",
        "setup": unit is SETUP,
        "uv": UV,
        "variables": variables(unit),
        "machine": MACHINE,
        "run": f"{REPOSITORY}/actions/run@{TAG}",
        "use": f"{REPOSITORY}/actions/{unit.id}@{TAG}",
        "example": {name.replace("_", "-"): value for name, value in unit.example.items()},
        "inputs_table": table(("input", "meaning", "default"), map(row, inputs)),
        "outputs_table": table(("output", "meaning"), [(f"`{name}`", doc) for name, doc in outputs.items()]),
    }


def kebab(given: Input) -> Input:
    return given._replace(name=given.name.replace("_", "-"))


def installing(unit: Unit) -> tuple[Input, ...]:
    return (
        Input("python_version", "The Python to set up; '' for the one that is there.", units.PYTHON),
        Input("extras", "Extras of mlci to install, apart by commas.", unit.extras),
        Input("install", "What pip installs beside mlci: packages, or `-r requirements.txt`.", unit.packages),
    )


def variables(unit: Unit) -> dict[str, str]:
    """Return the variables of the step that runs mlci."""
    asked = {
        each.variable: f"${{{{ inputs.{each.name.replace('_', '-')} }}}}"
        for each in unit.inputs
        if each.variable
    }
    fixed = {name: quoted(rooted(value)) for name, value in unit.fixed.items()}
    if unit.id == "report":
        asked[variable("against")] = f"${{{{ {AGAINST} }}}}"
    return {**fixed, **asked}


def rooted(text: str) -> str:
    """Return a text with the folder of mlci.yaml filled in."""
    return text.replace(units.ROOT, "${{ inputs.root }}")


def notes(unit: Unit) -> str:
    """Return what a page says beside its summary."""
    if unit.id in NOTES:
        return NOTES[unit.id]
    targeted = any(each.name == "targets" for each in unit.inputs)
    return f"{STAGE_NOTE}\n\n{STEP_SECRETS}" if targeted else STAGE_NOTE


def row(given: Input) -> tuple[str, str, str]:
    default = "required" if given.required else f"`{given.default}`" if given.default else ""
    return (f"`{given.name}`", given.doc, default)
