"""The options of a command as variables: `MLCI_ASK_<OPTION>` is an option, `MLCI_ASK` all of them as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mlci.calls import options
from mlci.errors import InputError
from mlci.registry import Entry

PREFIX = "MLCI_ASK_"
YES = frozenset(("true", "1", "yes", "on"))
NO = frozenset(("false", "0", "no", "off", ""))


def parsed(name: str, environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON object that a variable holds, an empty one when it is not set."""
    try:
        given = json.loads(environ.get(name) or "{}")
    except ValueError as error:
        raise InputError(f"{name} is no JSON: {error}") from error
    if not isinstance(given, dict):
        raise InputError(f"{name} is no JSON object")
    return given


def words(command: Entry, environ: Mapping[str, str]) -> list[str]:
    """Return the call that the environment asks for.

    Raises
    ------
    InputError : a switch is neither true nor false, or MLCI_ASK is no object of known options
    """
    asked = whole(command, environ)
    arguments: list[str] = []
    flags: list[str] = []
    for parameter in options.declared(command.load()):
        given = environ.get(variable(parameter.name)) or asked.get(parameter.name.rstrip("_"), "")
        if isinstance(parameter.said, options.Argument):
            arguments.extend(listed(given) if parameter.repeats else [given] if given else [])
        else:
            flags.extend(flag(parameter, given))
    # Behind `--` nothing that a person gave is taken for an option.
    return [command.id, *flags, "--", *arguments] if risky(arguments) else [command.id, *flags, *arguments]


def whole(command: Entry, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the options that MLCI_ASK holds, as text."""
    given = parsed(PREFIX[:-1], environ)
    known = [each.name.rstrip("_") for each in options.declared(command.load())]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise InputError(
            f"MLCI_ASK holds no options of `mlci {command.id}`: {', '.join(unknown)}",
            help=f"it takes {', '.join(known)}",
        )
    return {name: text(value) for name, value in given.items() if value is not None}


def text(value: Any) -> str:
    """Return a value of JSON as a variable would hold it."""
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value)


def risky(arguments: list[str]) -> bool:
    """Tell whether an argument could pass for an option."""
    return any(each.startswith("-") for each in arguments)


def variable(name: str) -> str:
    """Return the variable that holds an option."""
    return f"{PREFIX}{name.rstrip('_').upper()}"


def listed(text: str) -> list[str]:
    """Return the values of a list, one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def flag(parameter: options.Declared, given: str) -> Iterator[str]:
    """Yield the words of one option: `--name=value`, so that no value is taken for an option."""
    if parameter.type is bool:
        if given.strip().lower() in YES:
            yield parameter.flag
        elif given.strip().lower() not in NO:
            said = f"{variable(parameter.name)} must be true or false, not '{given}'"
            raise InputError(said, help=parameter.said.help)
        return
    if parameter.default is not None and given == str(parameter.default):
        return
    for value in listed(given) if parameter.repeats else [given] if given else []:
        yield f"{parameter.flag}={value}"
