"""The values in a pipeline's JSON form, written as Groovy: literals, strings with code in them, calls."""

from __future__ import annotations

from mlci.findings import Finding
from mlci.vendors.jenkins.syntax.groovy import Source, read
from mlci.vendors.jenkins.syntax.groovy.tree import (
    Argument,
    Call,
    Closure,
    Expression,
    Literal,
    Statement,
    Template,
)
from mlci.vendors.jenkins.syntax.json_text import Value

RULE = "jenkins-syntax"


def call(name: str, at: Value, arguments: tuple[Argument, ...]) -> Call:
    """Make a call that stands where a JSON value stands."""
    return Call(at.start, at.end, None, name, arguments, at.start)


def block(at: Value, body: list[Statement]) -> Argument:
    """Make a block that stands where a JSON value stands."""
    return Argument(at.start, at.end, None, Closure(at.start, at.end, tuple(body)))


def positional(value: Expression) -> Argument:
    """Make an argument without a name."""
    return Argument(value.start, value.end, None, value)


def literal(at: Value) -> Literal:
    """Write a JSON scalar as a constant."""
    data = at.data
    return Literal(at.start, at.end, None if isinstance(data, (dict, list)) else data)


class ValueWriter:
    """Writes the values of one JSON document.

    Parameters
    ----------
    source : the file
    problems : where to note what cannot be written
    """

    def __init__(self, source: Source, problems: list[Finding]) -> None:
        self.source = source
        self.problems = problems

    def method(self, at: Value) -> Call:
        """Write a call such as an option."""
        name = at.get("name")
        return call((name.text() if name else None) or "", at, self.arguments(at.get("arguments")))

    def arguments(self, at: Value | None) -> tuple[Argument, ...]:
        """Write the arguments of a call."""
        if at is None or at.data is None:
            return ()
        if not isinstance(at.data, list):
            return (positional(self.value(at)),)
        return tuple(self.argument(one) for one in at.items())

    def argument(self, at: Value) -> Argument:
        """Write one argument."""
        key, value = at.get("key"), at.get("value")
        if key is not None and value is not None:
            return Argument(at.start, at.end, key.text() or "", self.value(value), key.start)
        return positional(self.value(at))

    def value(self, at: Value) -> Expression:
        """Write a value: a literal, Groovy in a string, or a call."""
        if at.get("name") is not None:
            return self.method(at)
        inner, is_literal = at.get("value"), at.get("isLiteral")
        if inner is None:
            return literal(at)
        if is_literal is None or is_literal.data is not False:
            return literal(inner)
        return self.groovy(inner)

    def groovy(self, at: Value) -> Expression:
        """Read a value that is Groovy: a string in its quotes, or an expression between `${` and `}`."""
        text = at.text() or ""
        written = text[2:-1] if text.startswith("${") and text.endswith("}") else text
        source = read(written, self.source.name)
        self.note(source, at)
        first = source.statements[0] if len(source.statements) == 1 else None
        if isinstance(first, Call) and first.target is None and first.name == "$":
            return call("$", at, (block(at, []),))
        if isinstance(first, Literal):
            return Literal(at.start, at.end, first.value, first.raw)
        return Template(at.start, at.end, ("${…}",))

    def code(self, at: Value) -> list[Statement]:
        """Check the Groovy of a script block or an expression; its own statements stay unread."""
        for argument in self.arguments(at.get("arguments")):
            if isinstance(argument.value, Literal) and isinstance(argument.value.value, str):
                self.note(read(argument.value.value, self.source.name), at)
        return []

    def note(self, source: Source, at: Value) -> None:
        """Report what is wrong with a piece of Groovy at the place of its JSON value."""
        mark = self.source.mark(at.start, at.end)
        self.problems.extend(
            Finding(mark, problem.message, RULE, "error", problem.help) for problem in source.problems[:1]
        )

    def setting(self, at: Value) -> Call:
        """Write a key with its value, which may be a list of settings itself."""
        key, value = at.get("key"), at.get("value")
        name = (key.text() if key else None) or ""
        if value is None:
            return call(name, at, ())
        if isinstance(value.data, list):
            return call(name, at, (block(value, [self.setting(one) for one in value.items()]),))
        return call(name, at, (positional(self.value(value)),))
