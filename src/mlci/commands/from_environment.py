"""`python -P -m mlci.commands.from_environment COMMAND`: one command, its options taken from the environment.

For actions, orb commands and library steps: what a person gives them reaches mlci as variables, so none of
it is ever pasted into a script. `MLCI_ASK_<OPTION>` is an option or argument of the command: a list has one
value a line, a switch is true or false, and a variable that is empty or holds the default was not given.
`MLCI_ASK` may hold all of them, as a JSON object; the variable of an option wins. `MLCI_ENV`, another one,
holds variables for the command that a CI product cannot set itself, such as empty ones.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from mlci.commands import app, options
from mlci.errors import InputError

PREFIX = "MLCI_ASK_"
MORE = "MLCI_ENV"
YES = frozenset(("true", "1", "yes", "on"))
NO = frozenset(("false", "0", "no", "off", ""))


def main() -> int:
    """Run the command that the call names; return its exit status."""
    names = {command.name: command for command in app.ALL}
    if len(sys.argv) != 2 or sys.argv[1] not in names:
        sys.stderr.write(
            f"usage: python -m mlci.commands.from_environment COMMAND, one of {', '.join(names)}\n"
        )
        return InputError.exit_status
    return app.guard(lambda: answer(names[sys.argv[1]]))


def answer(command: app.Command) -> int:
    """Make the call that the environment asks for, with the variables it holds; return its exit status."""
    arguments = words(command, os.environ)
    os.environ.update(more(os.environ))
    os.environ.pop(MORE, None)
    return call(arguments)


def more(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that MLCI_ENV holds.

    Raises
    ------
    InputError : it is no JSON object of text
    """
    given = parsed(MORE, environ)
    if not all(name and "=" not in name and isinstance(value, str) for name, value in given.items()):
        raise InputError(f"{MORE} must be a JSON object of variables and their text")
    return given


def parsed(name: str, environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON object that a variable holds, an empty one when it is not set."""
    try:
        given = json.loads(environ.get(name) or "{}")
    except ValueError as error:
        raise InputError(f"{name} is no JSON: {error}") from error
    if not isinstance(given, dict):
        raise InputError(f"{name} is no JSON object")
    return given


def call(arguments: list[str]) -> int:
    """Make a call as any other job does: by the program `mlci`, where there is one on the PATH."""
    program = shutil.which("mlci")
    if program is None:
        return app.run(arguments)
    os.execv(program, ["mlci", *arguments])  # noqa: S606


def words(command: app.Command, environ: Mapping[str, str]) -> list[str]:
    """Return the call that the environment asks for.

    Raises
    ------
    InputError : a switch is neither true nor false, or MLCI_ASK is no object of known options
    """
    asked = whole(command, environ)
    arguments: list[str] = []
    flags: list[str] = []
    for parameter in options.declared(command.function):
        given = environ.get(variable(parameter.name)) or asked.get(parameter.name.rstrip("_"), "")
        if isinstance(parameter.said, options.Argument):
            arguments.extend(listed(given) if parameter.repeats else [given] if given else [])
        else:
            flags.extend(flag(parameter, given))
    # Behind `--` nothing that a person gave is taken for an option.
    return (
        [command.name, *flags, "--", *arguments] if risky(arguments) else [command.name, *flags, *arguments]
    )


def whole(command: app.Command, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the options that MLCI_ASK holds, as text."""
    given = parsed(PREFIX[:-1], environ)
    known = [each.name.rstrip("_") for each in options.declared(command.function)]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise InputError(
            f"MLCI_ASK holds no options of `mlci {command.name}`: {', '.join(unknown)}",
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


if __name__ == "__main__":
    sys.exit(main())
