"""`python -P -m mlci.commands.from_environment COMMAND`: one command, its options taken from the environment.

For actions, orb commands and library steps: what a person gives them reaches mlci as variables, so none of
it is ever pasted into a script. `MLCI_ASK_<OPTION>` is an option or argument of the command: a list has one
value a line, a switch is true or false, and a variable that is empty or holds the default was not given.
`MLCI_ASK` may hold all of them, as a JSON object; the variable of an option wins. `MLCI_ENV`, another one,
holds variables for the command that a CI product cannot set itself, such as empty ones.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping

from mlci.calls.variables import parsed, words
from mlci.commands import app
from mlci.errors import InputError
from mlci.registry import COMMANDS, Entry

MORE = "MLCI_ENV"


def main() -> int:
    """Run the command that the call names; return its exit status."""
    names = {command.id: command for command in COMMANDS}
    if len(sys.argv) != 2 or sys.argv[1] not in names:
        sys.stderr.write(
            f"usage: python -m mlci.commands.from_environment COMMAND, one of {', '.join(names)}\n"
        )
        return InputError.exit_status
    return app.guard(lambda: answer(names[sys.argv[1]]))


def answer(command: Entry) -> int:
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


def call(arguments: list[str]) -> int:
    """Make a call as any other job does: by the program `mlci`, where there is one on the PATH."""
    program = shutil.which("mlci")
    if program is None:
        return app.run(arguments)
    os.execv(program, ["mlci", *arguments])  # noqa: S606


if __name__ == "__main__":
    sys.exit(main())
