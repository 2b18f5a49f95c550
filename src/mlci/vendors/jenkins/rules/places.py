"""Groovy's texts as the shared rules see them: a string, and one place for all of it."""

from __future__ import annotations

from collections.abc import Callable

from mlci.findings import Mark
from mlci.lint.jobs import Text
from mlci.vendors.jenkins.syntax.groovy.tree import Node, text_of
from mlci.vendors.jenkins.syntax.model import Jenkinsfile


def fixed(place: Mark) -> Callable[[int, int], Mark]:
    return lambda start, length: place


def constant(tree: Jenkinsfile, node: Node | None) -> Text | None:
    """Return the text that an expression always is; None when the run decides, or when it is empty."""
    text = text_of(node)
    return Text(text, fixed(tree.mark(node))) if node is not None and text else None
