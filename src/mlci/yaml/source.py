"""A configuration file, read once: its text, its YAML where it is YAML, and what readers derive from it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from mlci.errors import InputError
from mlci.findings import Finding, Mark
from mlci.yaml.document import Document, Node

T = TypeVar("T")
Syntax = Literal["yaml", "groovy", "dockerfile"]


class Kind(NamedTuple):
    """One kind of configuration file."""

    id: str
    vendor: str
    title: str
    syntax: Syntax
    paths: str
    """A regular expression that such a file's path, with '/' between folders, ends with."""
    schema: str | None = None
    """The name of its schema under `schemas/`, without the suffix."""
    content: tuple[str, ...] = ()
    """What tells such a file by its text, when it was named on the command line: sets of keys of its top
    level (`on jobs`), or for other syntaxes a regular expression that a line begins with."""
    many: bool = False
    """Whether one file may hold several YAML documents."""


class SourceFile:
    """One file, and all that several readers want of it, made once.

    Parameters
    ----------
    name : the file's name as messages show it, '/' between folders
    text : its text
    kind : what it is
    root : the repository's folder, for rules that look at neighbours (a local action); None when unknown
    """

    def __init__(self, name: str, text: str, kind: Kind, root: Path | None = None) -> None:
        self.name = name
        self.text = text
        self.kind = kind
        self.root = root
        self.once_results: dict[Callable[[SourceFile], Any], Any] = {}
        self.reported: list[Finding] = []

    @cached_property
    def document(self) -> Document | None:
        """The YAML; None when the file is no YAML or could not be read as such."""
        if self.kind.syntax != "yaml":
            return None
        try:
            document = Document(self.name, self.text, many=self.kind.many)
        except InputError as error:
            self.reported.extend(error.findings)
            return None
        self.reported.extend(document.problems)
        return document

    @property
    def problems(self) -> list[Finding]:
        """What is wrong with the file as such; the rules of the pack `files` hand it on."""
        self.document  # noqa: B018 -- fills what is reported
        return self.reported

    @property
    def sound(self) -> bool:
        """Whether rules beyond reading can be run at all."""
        return self.kind.syntax != "yaml" or self.document is not None

    @property
    def root_node(self) -> Node | None:
        """The YAML file's outermost node."""
        return None if self.document is None else self.document.root

    @property
    def data(self) -> Any:
        """The YAML file as plain data; of a repeated key the first."""
        return None if self.document is None else self.document.plain

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their ends."""
        return self.text.splitlines()

    def mark(self, node: Node | None) -> Mark:
        """Return the place of a node; the top of the file for None."""
        return Mark(self.name) if self.document is None else self.document.mark_of(node)

    @cached_property
    def breaks(self) -> list[int]:
        """The offset of each line's end."""
        return [found.start() for found in re.finditer("\n", self.text)]

    def mark_at(self, offset: int, length: int) -> Mark:
        """Return the place of so many characters from an offset of the text."""
        line = bisect_left(self.breaks, offset)
        return Mark(self.name, line + 1, offset - (self.breaks[line - 1] if line else -1), max(1, length))

    def mark_within(self, node: Node, needle: str) -> Mark:
        """Return the place of a text inside a scalar; the scalar's own when it is not found as it stands."""
        for number in range(node.line, min(node.end_line + 1, len(self.lines))):
            column = self.lines[number].find(needle, node.column if number == node.line else 0)
            if column >= 0:
                return Mark(self.name, number + 1, column + 1, len(needle))
        return self.mark(node)

    def once(self, build: Callable[[SourceFile], T]) -> T:
        """Return `build(self)`, computed once a file: what several rules look at."""
        if build not in self.once_results:
            self.once_results[build] = build(self)
        result: T = self.once_results[build]
        return result
