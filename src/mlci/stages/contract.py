"""What a library stage is: one function whose signature is its documentation.

A stage is `def evaluate(work: Work, *, model: InputPath, gates: Gates = ...) -> Outcome`. Its keyword
parameters are what `with:` may hold; their annotations say what each is to the pipeline, so the inputs,
outputs, schema, action inputs, orb parameters and reference page are read off the signature.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

Role = Literal["input", "output", "metrics", "target", "param"]

InputPath = Annotated[Path, "input"]
"""A file or folder of the workspace that the stage reads; part of its key, handed over by its maker."""
OutputPath = Annotated[Path, "output"]
"""A file or folder of the workspace that the stage makes; goes into its bundle."""
MetricsPath = Annotated[Path, "metrics"]
"""A JSON file of numbers that the stage writes."""
TargetName = Annotated[str, "target"]
"""The name of one of the pipeline's targets."""


class Case(NamedTuple):
    """One check of a stage: a gate, a data expectation, a request; a test case in JUnit."""

    name: str
    passed: bool
    message: str = ""
    """What was expected and what was found; shown when it failed."""


@dataclass(frozen=True)
class Outcome:
    """What a stage has found; it fails when a case failed."""

    metrics: Mapping[str, float] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    summary: str = ""
    """Markdown for the vendor's step summary."""

    @property
    def failures(self) -> tuple[Case, ...]:
        """The cases that failed."""
        return tuple(case for case in self.cases if not case.passed)


@dataclass(frozen=True)
class Work:
    """What a stage is given besides its parameters."""

    root: Path
    """The workspace; every path of a parameter is below it."""
    targets: Mapping[str, Mapping[str, Any]]
    """The pipeline's targets: name -> options with `type`, `${NAME}` already filled from the environment."""
    context: Mapping[str, str]
    """MLCI_VENDOR, _COMMIT, _BRANCH, _TAG, _PR, _EVENT, _RUN_ID, …; "" where unknown."""
    say: Callable[[str], None]
    """Shows one line of progress."""
    seed: int = 0


class Parameter(NamedTuple):
    """One keyword parameter of a stage."""

    name: str
    role: Role
    type: Any
    """Its annotation without `Annotated`: Path, str, int, float, bool, dict[str, str], list[str], Literal, or
    a union of these with None."""
    default: Any
    required: bool
    doc: str
    """Its lines of the docstring's Parameters section, joined."""


@dataclass(frozen=True)
class LibraryStage:
    """A stage of the library: what `uses:` names.

    Parameters
    ----------
    id : its name in `uses:`, such as "evaluate"
    where : "module:function", imported only when needed
    cached : whether equal inputs make running it again needless; False for deploys and requests
    """

    id: str
    where: str
    cached: bool = True

    @cached_property
    def function(self) -> Callable[..., Outcome]:
        """The stage's function. Its module imports TensorFlow and the like only inside functions."""
        module, _, name = self.where.partition(":")
        loaded: Callable[..., Outcome] = getattr(import_module(module), name)
        return loaded

    @cached_property
    def summary(self) -> str:
        """The first line of its docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its keyword parameters, in the order of its signature."""
        return read_parameters(self.function)


def read_parameters(function: Callable[..., Any], docstring: str | None = None) -> tuple[Parameter, ...]:
    """Describe the keyword parameters of a function or of a class's constructor, in their order."""
    made = function.__init__ if isinstance(function, type) else function  # type: ignore[misc]
    hints = get_type_hints(made, include_extras=True)
    docs = parameter_docs(docstring or inspect.getdoc(function) or "")
    return tuple(
        read_parameter(name, hints[name], given.default, docs.get(name, ""))
        for name, given in inspect.signature(made).parameters.items()
        if given.kind is inspect.Parameter.KEYWORD_ONLY
    )


def read_parameter(name: str, hint: Any, default: Any, doc: str) -> Parameter:
    """Describe one keyword parameter from its annotation."""
    role: Role = "param"
    optional = [part for part in get_args(hint) if get_origin(part) is Annotated]
    annotated = hint if get_origin(hint) is Annotated else (optional[0] if optional else None)
    if annotated is not None:
        hint, role = get_args(annotated)[:2]
    required = default is inspect.Parameter.empty
    return Parameter(name, role, hint, None if required else default, required, doc)


def parameter_docs(docstring: str) -> dict[str, str]:
    """Read the Parameters section of a numpydoc docstring: name -> description."""
    lines = docstring.splitlines()
    docs: dict[str, str] = {}
    try:
        start = lines.index("Parameters") + 2
    except ValueError:
        return docs
    current = ""
    for line in lines[start:]:
        if line and not line[0].isspace() and set(line) == {"-"}:
            break
        if line and not line[0].isspace() and " : " in line:
            current, _, text = line.partition(" : ")
            docs[current] = text.strip()
        elif line.strip() and line[0].isspace() and current:
            docs[current] += " " + line.strip()
        elif line.strip():
            break
    return docs
