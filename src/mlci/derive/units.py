"""The reusable units that each CI product's users take: one for a library stage, one for some commands.

What a unit takes is read off the stage's signature or the command's options; what stands here is only what no
signature can say: an example, and what must be installed.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlci.calls import options, variables
from mlci.doctor.packages import USES
from mlci.engine.outcome import LINES
from mlci.language.catalogue import STAGES, Item
from mlci.language.signatures import Parameter
from mlci.registry import COMMANDS

PYTHON = "3.11"
WITH = "MLCI_WITH_"
ROOT = "{root}"
"""What stands for the folder of mlci.yaml in a variable that is always the same."""
REPORTS = tuple(f"{ROOT}/.mlci/reports/report{ending}" for ending in (".md", ".html", ".json"))
"""Where the unit of `mlci report` leaves its reports."""


class Input(NamedTuple):
    """One value that a unit takes, as a variable."""

    name: str
    """In snake_case."""
    doc: str
    default: str = ""
    """As text; "" for a value that need not be given, or has no default."""
    required: bool = False
    variable: str = ""
    """The variable it is handed over in."""
    switch: bool = False
    """Whether it is true or false."""
    many: bool = False
    """Whether it takes one value a line."""


class Unit(NamedTuple):
    """A thing to use: an action, a command and job of an orb."""

    id: str
    summary: str
    command: str
    """The mlci command it runs."""
    inputs: tuple[Input, ...]
    example: Mapping[str, str]
    """Values for its inputs that make sense in a small repository."""
    fixed: Mapping[str, str] = {}
    """Variables that are always the same."""
    outputs: Mapping[str, str] = {}
    extras: str = ""
    """The extras of mlci it needs."""
    packages: str = ""
    """What else it needs."""


TARGET = "{production: {type: local, path: served}}"
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "validate-data": {"data": "data/train.npz", "schema": "data-schema.yaml"},
    "train-check": {"history": "metrics/history.json", "min_fall": "0.2"},
    "evaluate": {"model": "model", "data": "data/test.npz", "gates": '{accuracy: ">= 0.80"}'},
    "package": {"model": "model", "name": "digits"},
    "deploy": {"package": "dist", "target": "production", "targets": TARGET},
    "smoke-test": {"target": "production", "requests": "tests/requests.json", "targets": TARGET},
    "retrain": {
        "target": "production",
        "data": "data/train.npz",
        "holdout": "data/test.npz",
        "targets": TARGET,
    },
}
"""For each library stage, values as the how-to pages and READMEs show them."""
OMITTED: Mapping[str, frozenset[str]] = {
    "stage": frozenset(("stage", "set", "outputs")),
    "exec": frozenset(("outputs",)),
    "lint": frozenset(("explain", "fix")),
    "generate": frozenset(("check", "diff", "force")),
    "report": frozenset(("format", "output")),
}
"""The options of a command that its unit does not take: set by the unit, or of no use in CI."""


def stage_unit(stage: Item) -> Unit:
    """Return the unit of a library stage."""
    targeted = any(each.role == "target" for each in stage.parameters)
    common = [each for each in command_inputs("stage") if targeted or each.name not in ("targets", "secret")]
    extras = [USES[stage.id]] if stage.id in USES else []
    extras += ["ssh", "tensorflow"] if targeted and stage.id in USES else ["ssh"] if targeted else []
    return Unit(
        id=stage.id,
        summary=stage.summary,
        command="stage",
        inputs=(*map(stage_input, stage.parameters), *common),
        example=EXAMPLES[stage.id],
        fixed={variables.variable("stage"): stage.id},
        outputs=LINES,
        extras=",".join(dict.fromkeys(extras)),
        packages="" if "tensorflow" in extras or not reads_arrays(stage) else "numpy",
    )


def reads_arrays(stage: Item) -> bool:
    """Tell whether a stage reads data rather than only passing files on."""
    return not any(each.role == "target" for each in stage.parameters)


def stage_input(parameter: Parameter) -> Input:
    switch = parameter.type is bool
    default = text_of(parameter.default) if not parameter.required else ""
    variable = WITH + parameter.name.upper()
    return Input(parameter.name, sentence(parameter.doc), default, parameter.required, variable, switch)


def declared(command: str) -> Callable[..., int]:
    function: Callable[..., int] = next(each for each in COMMANDS if each.id == command).load()
    return function


def command_inputs(command: str) -> list[Input]:
    function = declared(command)
    return [
        option_input(each)
        for each in options.declared(function)
        if each.name not in OMITTED.get(command, frozenset())
    ]


def option_input(option: options.Declared) -> Input:
    required = option.default is options.REQUIRED
    default = "" if required or option.default in ((), None) else text_of(option.default)
    return Input(
        option.name.rstrip("_"),
        sentence(option.said.help.replace(" may be repeated.", " one a line.")),
        default,
        required,
        variables.variable(option.name),
        option.type is bool,
        option.repeats,
    )


def text_of(value: Any) -> str:
    """Return a default as a person would write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float | Path) else json.dumps(value)


def sentence(doc: str) -> str:
    text = doc[:1].upper() + doc[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def summary_of(command: str) -> str:
    function = declared(command)
    return (inspect.getdoc(function) or "").partition("\n")[0]


def command_units() -> tuple[Unit, ...]:
    """Return the units that are a command each."""
    return (
        Unit(
            "run",
            "Run any stage of mlci.yaml, as every vendor's job does.",
            "exec",
            tuple(command_inputs("exec")),
            {"stage": "prepare"},
            outputs=LINES,
        ),
        Unit(
            "lint",
            summary_of("lint"),
            "lint",
            tuple(command_inputs("lint")),
            {"format": "github"},
            extras="lint",
        ),
        Unit(
            "generate-check",
            "Fail when a file that mlci renders from mlci.yaml is stale.",
            "generate",
            tuple(command_inputs("generate")),
            {},
            fixed={variables.variable("check"): "true"},
        ),
        Unit(
            "report",
            summary_of("report"),
            "report",
            tuple(command_inputs("report")),
            {},
            fixed={variables.variable("output"): "\n".join(("-", *REPORTS))},
            outputs={
                "report": "The path of the report in Markdown.",
                "page": "The path of the report as a page, an HTML file.",
                "data": "The path of the report as JSON, which another run can be compared with.",
            },
        ),
    )


def every_unit() -> tuple[Unit, ...]:
    """Return all units that run something, library stages first."""
    return (*map(stage_unit, STAGES), *command_units())
