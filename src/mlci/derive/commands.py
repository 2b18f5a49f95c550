"""docs/reference/commands.md, from the commands' own declarations."""

from __future__ import annotations

import inspect

from mlci.calls import options
from mlci.derive.page import page, table
from mlci.registry import COMMANDS, Entry

OPENING = """
Every command answers `--help`. Exit status: 0 done, 1 a gate or a stage's command failed (or something is
stale), 2 the input is wrong, 3 a defect of mlci, 130 interrupted. `NO_COLOR` and `FORCE_COLOR` are
respected; `mlci --install-completion` sets up completion for the shell.
"""


def files() -> dict[str, str]:
    return {"docs/reference/commands.md": page("Commands", OPENING, *map(section, COMMANDS))}


def section(command: Entry) -> str:
    function = command.load()
    rows = [(word(each), each.said.help, default(each)) for each in options.declared(function)]
    return f"## mlci {command.id}\n\n{inspect.getdoc(function)}\n\n" + table(("", "meaning", "default"), rows)


def word(parameter: options.Declared) -> str:
    if isinstance(parameter.said, options.Argument):
        return f"`{parameter.name.upper()}`" + (" …" if parameter.repeats else "")
    short = f", `{parameter.said.short}`" if parameter.said.short else ""
    return f"`{parameter.flag}`{short}" + (" (repeatable)" if parameter.repeats else "")


def default(parameter: options.Declared) -> str:
    value = parameter.default
    if value is options.REQUIRED:
        return "required"
    return "" if value in (None, False, ()) else f"`{value}`"
