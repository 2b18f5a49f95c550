"""The walk that compares a file with its grammar.

It checks keys and kinds of values, and gathers every place an expression may stand, so that the rules about
expressions need no walk of their own.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from mlci.findings import Severity
from mlci.vendors.github.syntax.expression.contexts import Availability
from mlci.vendors.github.syntax.expression.types import Type
from mlci.yaml.document import Node
from mlci.yaml.nodes import BOOL as BOOL_TAG
from mlci.yaml.nodes import FLOAT, INT, NULL

MAX_VISITS = 50
"""How often one node is read through aliases; more would say the same again."""


MAX_STEPS = 20_000
"""How many steps of one file are read; aliases can make a million of a few lines."""


class Problem(NamedTuple):
    """One mistake of form: the end of its rule's id, its node, what is wrong."""

    rule: str
    node: Node
    message: str
    help: str | None = None
    severity: Severity | None = None


class Site(NamedTuple):
    """A scalar in which expressions may stand."""

    node: Node
    here: Availability
    wanted: Type | None
    """The type the whole value must have, any for no matter which; None for text."""
    job: int | None
    """The number of its job, counted from 0."""
    step: int | None
    """The number of its step within the job, nested ones counted too."""
    condition: bool = False
    """Whether it is an `if`, which is an expression even without `${{ }}`."""


class Shape(Protocol):
    """What may stand at one place."""

    def read(self, node: Node, what: str, walk: Walk) -> None:
        """Compare a node; `what` names it in messages."""


class Walk:
    """One pass over one file."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.sites: list[Site] = []
        self.job: int | None = None
        self.step: int | None = None
        self.owner: Node | None = None
        """The key whose value is read; the place of what its mapping lacks."""
        self.visits: dict[int, int] = {}
        self.left = MAX_STEPS

    def report(
        self, rule: str, node: Node, message: str, help: str | None = None, severity: Severity | None = None
    ) -> None:
        self.problems.append(Problem(rule, node, message, help, severity))

    def site(self, node: Node, here: Availability, wanted: Type | None, *, condition: bool = False) -> None:
        """Keep a place for expressions."""
        self.sites.append(Site(node, here, wanted, self.job, self.step, condition))

    def again(self, node: Node) -> bool:
        """Count a visit of a container; tell whether it was visited too often."""
        count = self.visits.get(id(node), 0) + 1
        self.visits[id(node)] = count
        return count > MAX_VISITS


def is_null(node: Node) -> bool:
    """Tell whether a value is absent: `key:` or `key: null`."""
    return bool(node.id == "scalar" and node.tag == NULL)


def is_expression(node: Node) -> bool:
    """Tell whether a scalar is one `${{ … }}` and nothing else."""
    if node.id != "scalar":
        return False
    text: str = node.value.strip()
    return text.startswith("${{") and text.endswith("}}") and text.find("${{", 3) < 0


def called(node: Node) -> str:
    if node.id != "scalar":
        return "a list" if node.id == "sequence" else "a mapping"
    if node.tag == NULL:
        return "nothing"
    if node.tag in (BOOL_TAG, INT, FLOAT):
        return str(node.value)
    return f"'{node.value[:40]}'" if node.value else "an empty string"
