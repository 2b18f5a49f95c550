"""orbs/mlci/: a command, a job and an example of an orb for each unit, and the orb packed into one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlci import __version__
from mlci.derive import units
from mlci.derive.packing import pack
from mlci.derive.units import Input, Unit
from mlci.planning.plan import UV
from mlci.rendering.render import template
from mlci.resources import PACKAGE
from mlci.vendors.circleci.syntax.shipped_orb import SHIPPED

FOLDER = "orbs/mlci"
WRITTEN = (
    *("@orb.yml", "commands/need_secrets.yml", "executors/default.yml"),
    *("scripts/bring_python.sh", "scripts/install.sh", "scripts/need_secrets.sh"),
)
"""The parts of the source that are written by hand."""
NOTICE = "# Made by `make generate` from src/; what `circleci orb pack src` makes of it.\n"
STEPS: Mapping[str, str] = {"run": "exec", "deploy": "deploy_model"}
"""Units called like a step of CircleCI's own -> what their parts are called."""
RESERVED: Mapping[str, str] = {"name": "model_name"}
"""Names to which a workflow gives a meaning of its own where it calls a job -> ours."""
PLACE = (
    Input("python_version", "The version of Python, a tag of cimg/python.", units.PYTHON),
    Input("resource_class", "The size of the machine.", "medium"),
)
ATTACH = Input(
    "attach", "Whether to fetch the workspace that jobs before this one left.", "false", switch=True
)
COLLECT = Input("collect", "The jobs whose outputs are fetched first, from the workspace; '' for none.")
BRING = Input("python", "The Python to bring to a machine that has another one; '' for the one it has.")
SILENCE = Input("no_output_timeout", "How long the stage may print nothing.", "1h")
NOTIFY = Unit("notify", units.summary_of("notify"), "notify", tuple(units.command_inputs("notify")), {})
"""A command without a job: each job tells of its own failure."""


def files(root: Path = PACKAGE.parents[1]) -> dict[str, str]:
    """Return the orb's derived sources and the packed orb.

    Parameters
    ----------
    root : the checkout, which holds the parts that are written by hand
    """
    made: dict[str, str] = {
        "commands/install.yml": write("install.yml", {"inputs": (*installing("", ""), BRING), "uv": UV}),
        "commands/notify.yml": write("notify.yml", values_of(NOTIFY)),
    }
    for unit in units.every_unit():
        made |= of_unit(unit)
    source = Path(root) / FOLDER / "src"
    parts = {path: (source / path).read_text(encoding="utf-8") for path in WRITTEN}
    packed = NOTICE + pack({**parts, **made})
    return {f"{FOLDER}/src/{path}": text for path, text in made.items()} | {f"{FOLDER}/orb.yml": packed}


def of_unit(unit: Unit) -> dict[str, str]:
    name, values = part_of(unit), values_of(unit)
    own, installed = values["inputs"], installing("", "")
    job = {**values, "own": own, "inputs": (*own, *attached(unit)), "installed": installed}
    return {
        f"commands/{name}.yml": write("exec.yml" if hands_on(unit) else "command.yml", values),
        f"jobs/{name}.yml": write("job.yml", job),
        f"examples/{name}.yml": write("usage.yml", values),
    }


def write(name: str, values: Mapping[str, Any]) -> str:
    return template("orb", name, {}, **values)


def part_of(unit: Unit) -> str:
    """Return what a unit's command and job are called: in snake_case, and as no built-in step is."""
    return STEPS.get(unit.id, unit.id.replace("-", "_"))


def values_of(unit: Unit) -> dict[str, Any]:
    """Return what the templates place for one unit."""
    return {
        "id": unit.id,
        "part": part_of(unit),
        "summary": unit.summary,
        "command": unit.command,
        "inputs": (
            *map(renamed, unit.inputs),
            *((COLLECT,) if hands_on(unit) else ()),
            *((SILENCE,) if runs_stage(unit) else ()),
        ),
        "fixed": {name: rooted(value) for name, value in unit.fixed.items()},
        "runs_stage": runs_stage(unit),
        "reports": bool(unit.outputs),
        "handoff": hands_on(unit),
        "orb": SHIPPED,
        "example": {RESERVED.get(name, name): value for name, value in unit.example.items()},
    }


def rooted(text: str) -> str:
    """Return a text with the folder of mlci.yaml filled in."""
    return text.replace(units.ROOT, "<< parameters.root >>")


def renamed(given: Input) -> Input:
    """Return an input under a name that a job's parameter may have."""
    return given._replace(name=RESERVED.get(given.name, given.name))


def attached(unit: Unit) -> list[Input]:
    """Return what is around a unit; a report is of nothing without the workspace."""
    always = {"attach": "true"} if unit.id == "report" else {}
    return [each._replace(default=always.get(each.name, each.default)) for each in around(unit)]


def around(unit: Unit) -> tuple[Input, ...]:
    """Return what a job takes beside what its command takes."""
    made = next((each.default for each in unit.inputs if each.name in ("dist", "model") and each.default), "")
    persist = Input("persist", "The file or folder to leave in the workspace; '' for none.", made)
    return (
        *installing(unit.extras, unit.packages),
        *PLACE,
        *(() if hands_on(unit) else (ATTACH, persist)),
    )


def runs_stage(unit: Unit) -> bool:
    """Tell whether a unit runs a stage, of the library or of mlci.yaml."""
    return unit.command in ("stage", "exec")


def hands_on(unit: Unit) -> bool:
    """Tell whether a unit's job leaves the job's folder for those after it, as `mlci exec` hands it on."""
    return unit.command == "exec"


def installing(extras: str, packages: str) -> tuple[Input, ...]:
    own = f"mlci[{extras}]=={__version__}" if extras else f"mlci=={__version__}"
    return (
        Input(
            "mlci", "What pip installs as mlci: a release, a wheel, a git URL at a commit; '' for none.", own
        ),
        Input("install", "What pip installs beside mlci: packages, or `-r requirements.txt`.", packages),
        Input("lock", "A uv.lock whose packages are installed, too; '' for none."),
        Input("cache", "The file whose checksum names the packages that are kept; '' keeps none."),
    )
