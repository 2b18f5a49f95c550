"""What `with:` and a target's keys hold, checked against the signature that will receive it."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from mlci.errors import InputError
from mlci.findings import suggest
from mlci.language.catalogue import Item
from mlci.language.signatures import Parameter

MAX_NUMBER = 2**63


class Problem(NamedTuple):
    """One thing that is wrong with what was given."""

    path: tuple[str | int, ...]
    """Where, from the top of what was given; empty for the whole."""
    message: str
    help: str | None = None
    at_key: bool = False
    """Whether it is the name that is wrong, not its value."""


def validate_with(stage: Item, given: Mapping[str, Any]) -> list[Problem]:
    """Check a library stage's `with:` without importing what the stage itself will need."""
    return validate(stage.parameters, given, f"stage '{stage.id}'")


def validate(parameters: Sequence[Parameter], given: Mapping[str, Any], owner: str) -> list[Problem]:
    """Check what was given against keyword parameters: unknown, missing and mistyped values.

    Parameters
    ----------
    parameters : what is accepted
    given : names and values, as YAML or JSON has them
    owner : whose parameters these are, for the messages: "stage 'evaluate'"
    """
    known = {parameter.name: parameter for parameter in parameters}
    problems: list[Problem] = []
    for name, value in given.items():
        if name in known:
            problems.extend(Problem((name, *p.path), p.message, p.help) for p in check(known[name], value))
        else:
            options = f"it takes {', '.join(sorted(known))}" if known else "it takes none"
            help = suggest(str(name), known) or options
            problems.append(Problem((name,), f"unknown parameter '{name}' of {owner}", help, at_key=True))
    missing = [p for p in parameters if p.required and p.name not in given]
    problems.extend(Problem((), f"{owner} needs the parameter '{p.name}'", p.doc or None) for p in missing)
    return problems


def check(parameter: Parameter, value: Any) -> list[Problem]:
    """Check one value against its parameter; null stands for a default that is nothing."""
    if value is None and not parameter.required and parameter.default is None:
        return []
    return check_type(parameter.name, parameter.type, value)


def check_type(name: str, expected: Any, value: Any) -> list[Problem]:
    """Check a value against an annotation."""
    choices = alternatives(expected)
    if len(choices) > 1:
        return least([check_type(name, choice, value) for choice in choices])
    kind = choices[0]
    if get_origin(kind) is Literal:
        return check_choice(name, get_args(kind), value)
    if get_origin(kind) is dict or kind is dict:
        return check_table(name, kind, value)
    if get_origin(kind) is list or kind is list:
        return check_list(name, kind, value)
    if kind is Path:
        return check_path(name, value)
    return [] if fits(kind, value) else [mistyped(name, kind, value)]


def least(tried: list[list[Problem]]) -> list[Problem]:
    """Return the problems of the alternative that fits best: none, or those that say most."""
    return min(
        tried, key=lambda found: (bool(found), not any(p.path for p in found), not any(p.help for p in found))
    )


def alternatives(expected: Any) -> tuple[Any, ...]:
    """Return the members of a union without None; a plain type alone."""
    if get_origin(expected) in (Union, types.UnionType):
        return tuple(part for part in get_args(expected) if part is not type(None))
    return (expected,)


def fits(kind: Any, value: Any) -> bool:
    """Whether a value is of a plain type: a whole number passes as a number, nothing else as another."""
    if kind is Any:
        return True
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and value == value
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < MAX_NUMBER
    if kind is str:
        return isinstance(value, str) and "\0" not in value
    return isinstance(value, kind)


def check_choice(name: str, options: tuple[Any, ...], value: Any) -> list[Problem]:
    if any(value == option and type(value) is type(option) for option in options):
        return []
    shown = ", ".join(map(str, options))
    help = suggest(value, map(str, options)) if isinstance(value, str) else None
    return [Problem((), f"'{name}' must be one of {shown}, not {show(value)}", help)]


def check_table(name: str, kind: Any, value: Any) -> list[Problem]:
    """Check a mapping and the values in it."""
    if not isinstance(value, dict):
        return [mistyped(name, dict, value)]
    held = (get_args(kind) or (str, Any))[1]
    return [
        Problem((key, *problem.path), problem.message, problem.help)
        for key, part in value.items()
        for problem in check_type(f"{name}.{key}", held, part)
    ]


def check_list(name: str, kind: Any, value: Any) -> list[Problem]:
    if not isinstance(value, list | tuple):
        return [mistyped(name, list, value)]
    held = (get_args(kind) or (Any,))[0]
    return [
        Problem((index, *problem.path), problem.message, problem.help)
        for index, part in enumerate(value)
        for problem in check_type(f"{name}[{index}]", held, part)
    ]


def check_path(name: str, value: Any) -> list[Problem]:
    if not isinstance(value, str) or not value or "\0" in value:
        return [Problem((), f"'{name}' must be a path, not {show(value)}")]
    parts = PurePosixPath(value)
    if parts.is_absolute() or ".." in parts.parts or "\\" in value:
        help = "write it relative to the folder of mlci.yaml, with '/', without '..'"
        return [Problem((), f"'{name}' must be a path inside the repository, not '{value}'", help)]
    return []


WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false", dict: "a mapping"}


def mistyped(name: str, kind: Any, value: Any) -> Problem:
    expected = WORDS.get(kind, "a list" if kind is list else str(kind))
    quote = kind is str and isinstance(value, int | float) and not isinstance(value, bool)
    help = f'put it in quotes: "{value}"' if quote else None
    return Problem((), f"'{name}' must be {expected}, not {show(value)}", help)


def show(value: Any) -> str:
    """Return a value as a message shows it, with its kind."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = str(value)
    short = text if len(text) <= 60 else text[:57] + "…"
    return f"'{short}'" if isinstance(value, str) else f"the number {short}"


def bind(
    parameters: Sequence[Parameter], given: Mapping[str, Any], owner: str, root: Path | None = None
) -> dict[str, Any]:
    """Return keyword arguments made of what was given: paths below `root`, the rest as it is.

    Raises
    ------
    InputError : something is unknown, missing or mistyped, or a path leads out of the workspace
    """
    problems = validate(parameters, given, owner)
    if problems:
        raise InputError(
            "; ".join(problem.message for problem in problems),
            help=next((problem.help for problem in problems if problem.help), None),
        )
    bound = {}
    for parameter in parameters:
        if parameter.name in given:
            bound[parameter.name] = convert(parameter, given[parameter.name], root)
        elif isinstance(parameter.default, Path) and root is not None:
            bound[parameter.name] = root / parameter.default
    return bound


def convert(parameter: Parameter, value: Any, root: Path | None) -> Any:
    kinds = alternatives(parameter.type)
    if value is None:
        return None
    if Path in kinds:
        return Path(value) if root is None else inside(root, value)
    if kinds == (float,):
        return float(value)
    return value


def inside(root: Path, value: str) -> Path:
    """Return a path of the workspace; one that leaves it through a symbolic link is refused."""
    path = root / value
    if not path.resolve().is_relative_to(root.resolve()):
        raise InputError(f"'{value}' leads outside the workspace", help="name a path inside the repository")
    return path
