"""Shapes of single values: text, conditions, booleans, numbers, words of a list."""

from __future__ import annotations

from collections.abc import Sequence

from mlci.findings import Severity, suggest
from mlci.vendors.github.syntax.expression.contexts import Availability
from mlci.vendors.github.syntax.expression.types import BOOL, NUMBER, Type
from mlci.vendors.github.syntax.form.walk import Walk, called, is_expression
from mlci.yaml.document import Node
from mlci.yaml.nodes import BOOL as BOOL_TAG
from mlci.yaml.nodes import FLOAT, INT

MANY = 20
"""More words than this are not listed in a message."""


class Text:
    """A scalar, perhaps with expressions in it.

    Parameters
    ----------
    here : what the expressions may use; None when none may stand here
    empty : whether it may be empty; else how bad that is
    whole : the type of a value that is one expression; None for text
    """

    def __init__(
        self,
        here: Availability | None = None,
        *,
        empty: Severity | bool = "error",
        whole: Type | None = None,
    ) -> None:
        self.here = here
        self.empty = empty
        self.whole = whole

    def read(self, node: Node, what: str, walk: Walk) -> None:
        if node.id != "scalar":
            walk.report("wrong-type", node, f"'{what}' must be text, not {called(node)}")
            return
        value = node.value
        if "${{" in value:
            self.expression(node, what, walk)
        elif not value and self.empty is not True:
            walk.report("empty-value", node, f"'{what}' must not be empty", severity=self.empty or None)

    def expression(self, node: Node, what: str, walk: Walk) -> None:
        """Keep the place, or say that no expression may stand here."""
        if self.here is not None:
            walk.site(node, self.here, self.whole if is_expression(node) else None)
        else:
            walk.report("unknown-context", node, f"no expression is evaluated in '{what}'")


class Condition:
    """The value of `if`."""

    def __init__(self, here: Availability) -> None:
        self.here = here

    def read(self, node: Node, what: str, walk: Walk) -> None:
        """Check that it is a scalar and keep its place."""
        if node.id != "scalar":
            walk.report("wrong-type", node, f"'{what}' must be an expression, not {called(node)}")
        elif node.tag.startswith("!"):
            said = f"YAML takes '{node.tag}' for a tag, and '{what}' is empty"
            walk.report("empty-value", node, said, f"write ${{{{ {node.tag} }}}}")
        elif not node.value.strip():
            walk.report("empty-value", node, f"'{what}' must not be empty")
        else:
            walk.site(node, self.here, None, condition=True)


class Typed:
    """A boolean or number, or one expression that gives it."""

    def __init__(
        self,
        name: str,
        tags: tuple[str, ...],
        wanted: Type,
        here: Availability | None,
        least: float | None = None,
    ) -> None:
        self.name = name
        self.tags = tags
        self.wanted = wanted
        self.here = here
        self.least = least

    def read(self, node: Node, what: str, walk: Walk) -> None:
        """Check the value's type and range."""
        if self.here is not None and is_expression(node):
            walk.site(node, self.here, self.wanted)
            return
        if node.id != "scalar" or node.tag not in self.tags or node.style:
            walk.report("wrong-type", node, f"'{what}' must be {self.name}, not {called(node)}")
        elif self.least is not None and not number_above(node.value, self.least):
            walk.report(
                "wrong-value", node, f"'{what}' must be greater than {self.least:g}, not {node.value}"
            )


def number_above(text: str, least: float) -> bool:
    try:
        return float(text) > least
    except ValueError:
        return True


def boolean(here: Availability | None = None) -> Typed:
    return Typed("true or false", (BOOL_TAG,), BOOL, here)


def integer(here: Availability | None = None, least: float | None = None) -> Typed:
    return Typed("a whole number", (INT,), NUMBER, here, least)


def number(here: Availability | None = None, least: float | None = None) -> Typed:
    return Typed("a number", (INT, FLOAT), NUMBER, here, least)


class Choice:
    """One of some words."""

    def __init__(
        self, words: Sequence[str], here: Availability | None = None, rule: str = "wrong-value"
    ) -> None:
        self.words = words
        self.here = here
        self.rule = rule

    def read(self, node: Node, what: str, walk: Walk) -> None:
        if self.here is not None and node.id == "scalar" and "${{" in node.value:
            walk.site(node, self.here, None)
        elif node.id != "scalar" or node.value not in self.words:
            known = f"one of {', '.join(self.words)}" if len(self.words) <= MANY else "one that GitHub lists"
            said = f"'{what}' must be {known}, not {called(node)}"
            hint = suggest(node.value, self.words) if node.id == "scalar" else None
            walk.report(self.rule, node, said, hint)
