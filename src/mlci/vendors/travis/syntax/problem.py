"""One thing Travis's validation would say about a `.travis.yml`."""

from __future__ import annotations

from typing import NamedTuple

from mlci.findings import Severity
from mlci.yaml.document import Node

Path = tuple[str, ...]


class Problem(NamedTuple):
    """What is wrong, where, and the id of the rule that says it."""

    rule: str
    node: Node
    message: str
    severity: Severity = "error"
    help: str | None = None
    instead: str | None = None
    """The word to write for the node, where that is safe and certain."""
