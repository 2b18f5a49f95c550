"""The shell scripts inside a Jenkinsfile, with what Groovy pastes into them kept apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlci.findings import Mark
from mlci.vendors.jenkins.syntax.groovy.tree import Call, Chain, Expression, Hole, Literal, Name, Template
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, find_argument

LANGUAGES = frozenset({"sh", "bat", "powershell", "pwsh"})
RECEIVERS = frozenset({"steps", "script", "this", "context"})
"""What shared libraries call their way to the steps: `steps.sh '…'`."""


class ShellScript(NamedTuple):
    """One script given to `sh`, `bat`, `powershell` or `pwsh`."""

    language: str
    parts: tuple[str | Expression, ...]
    """Its text, with the expressions Groovy puts in between."""
    value: Expression
    call: Call

    @property
    def literal(self) -> str | None:
        """The script as the shell gets it; None when it depends on the run."""
        return self.masked() if all(isinstance(part, str) for part in self.parts) else None

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return tuple(part for part in self.parts if not isinstance(part, str))

    def masked(self, mask: str = "mlci_expression") -> str:
        """Return the script with each pasted expression replaced by one harmless word."""
        return "".join(part if isinstance(part, str) else mask for part in self.parts)

    def mark(self, tree: Jenkinsfile, line: int = 1) -> Mark:
        """Return the place in the file of a line of the script; lines count from 1."""
        mark = tree.mark(self.value)
        many = isinstance(self.value, (Literal, Template)) and len(self.value.raw) == 3
        if line <= 1 or not many:
            return mark
        starts, text = tree.source.state.line_starts, tree.source.text
        if mark.line + line - 2 >= len(starts) or starts[mark.line + line - 2] >= self.value.end:
            return mark
        start = starts[mark.line + line - 2]
        end = text.find("\n", start, self.value.end)
        written = text[start : self.value.end if end < 0 else end]
        column = len(written) - len(written.lstrip()) + 1
        return Mark(mark.file, mark.line + line - 1, column, max(1, len(written.strip())))


def shell_scripts(tree: Jenkinsfile) -> Iterator[ShellScript]:
    """Yield every shell script of a file, declarative, scripted or library, in the order written."""
    for node in tree.nodes:
        if isinstance(node, Call) and node.name in LANGUAGES and is_step(node):
            value = find_argument(node.plain, "script", 0)
            if value is not None:
                yield ShellScript(node.name, tuple(parts(value)), value, node)


def is_step(call: Call) -> bool:
    """Tell whether a call is of a step rather than of some object's method."""
    return call.target is None or (isinstance(call.target, Name) and call.target.name in RECEIVERS)


def parts(value: Expression) -> Iterator[str | Expression]:
    """Split a string into its text and the expressions in it."""
    if isinstance(value, Literal):
        yield str(value.value)
    elif isinstance(value, Template):
        for part in value.parts:
            if not isinstance(part, Hole):
                yield part
            elif part.value is not None:
                yield part.value
    elif isinstance(value, Chain) and set(value.operators) == {"+"}:
        for operand in value.operands:
            if isinstance(operand, Chain):
                yield operand
            else:
                yield from parts(operand)
    else:
        yield value
