"""A YAML file read once: plain data for programs, and a mark for every node for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from mlci.errors import InputError, input_error
from mlci.findings import Finding, Mark
from mlci.yaml import fast_reader
from mlci.yaml.nodes import BOOL, FLOAT, INT, MERGE, NULL, STR, Node, Tree, entries

__all__ = ["STR", "Document", "Key", "Node", "child", "entries", "read_document", "read_text"]

MAX_BYTES = 10 * 2**20

Key = str | int


class Document:
    """One YAML file.

    Parameters
    ----------
    name : the file's name as messages show it
    text : its text
    many : whether it may hold more than one document; `root` and `data` are then the last one's

    Raises
    ------
    InputError : the text is no YAML, too large, or nested too deeply
    """

    def __init__(self, name: str, text: str, *, many: bool = False) -> None:
        self.name = name
        self.text = text
        tree = tree_of(name, text)
        self.roots = tree.roots
        self.unused_anchors = tree.unused
        """The nodes with an anchor that no alias names."""
        self.problems = self.mistaken_keys(tree.suspects)
        """What is wrong with the file although it is YAML."""
        if len(self.roots) > 1 and not many:
            mark = self.mark_of(self.roots[1])
            raise input_error(
                mark, "a second document; this file may hold only one", "syntax", "drop the '---'"
            )
        self.root: Node | None = self.roots[-1] if self.roots else None

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their ends."""
        return self.text.splitlines()

    @cached_property
    def plain(self) -> Any:
        """The data as `data` has it, mistakes or not: a repeated key keeps its first value."""
        return None if self.root is None else Constructor().build(self.root)

    @cached_property
    def data(self) -> Any:
        """The file as dict, list, str, int, float, bool and None (YAML 1.2; dates stay strings).

        Raises
        ------
        InputError : a key stands twice, or is no plain text
        """
        if self.problems:
            raise InputError(self.problems)
        return self.plain

    def find(self, path: Sequence[Key]) -> tuple[Node | None, Node | None]:
        """Return the key node and the value node at `path`, or of its nearest parent that exists."""
        key: Node | None = None
        node = self.root
        for step in path:
            found = child(node, step)
            if found is None:
                break
            key, node = found
        return key, node

    def mark(self, path: Sequence[Key], *, key: bool = False) -> Mark:
        """Return the place of the value at `path`, or of its key."""
        key_node, node = self.find(path)
        chosen = key_node if key and key_node is not None else node
        return self.mark_of(chosen)

    def mark_of(self, node: Node | None) -> Mark:
        """Return the place of a node; the top of the file for None."""
        if node is None:
            return Mark(self.name)
        length = node.end_column - node.column if node.end_line == node.line else 1
        if node.end_line != node.line and node.line < len(self.lines):
            length = len(self.lines[node.line].rstrip()) - node.column
        return Mark(self.name, node.line + 1, node.column + 1, max(1, length))

    def mistaken_keys(self, suspects: Sequence[Node]) -> list[Finding]:
        """Return what is wrong with the keys of mappings; those within such a key are left alone."""
        found: list[Finding] = []
        keys: set[int] = set()
        for node in reversed(suspects):
            if id(node) not in keys:
                found.extend(self.mistaken(node))
                keys.update(id(key) for key, _ in node.value)
        return found

    def mistaken(self, node: Node) -> Iterator[Finding]:
        """Yield the keys of a mapping that are no text, or stand a second time."""
        first: dict[str, int] = {}
        for key, _ in node.value:
            if key.tag == MERGE:
                continue
            if key.id != "scalar":
                yield Finding(self.mark_of(key), "a key must be plain text", "complex-key")
                continue
            name = key.value if key.tag != NULL else ""
            if name in first:
                said = f"duplicate key '{key.value}', first on line {first[name] + 1}"
                yield Finding(self.mark_of(key), said, "duplicate-key")
            else:
                first[name] = key.line


def tree_of(name: str, text: str) -> Tree:
    """Read a YAML text: by lines if that can be, else by the full parser, which says what is wrong, too.

    Raises
    ------
    InputError : the text is no YAML, too large, or nested too deeply
    """
    try:
        return fast_reader.read_tree(text)
    except fast_reader.Unusual:
        from mlci.yaml.composer import compose

        return compose(name, text)


def child(node: Node | None, step: Key) -> tuple[Node | None, Node] | None:
    """Return (key node, value node) of a mapping's entry, (None, item) of a sequence's, or None."""
    if node is None:
        return None
    if node.id == "mapping":
        for key, value in entries(node):
            if key.value == step or (isinstance(step, int) and key.value == str(step)):
                return key, value
        return None
    if node.id == "sequence" and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None


def read_document(path: Path, name: str | None = None) -> Document:
    """Read a YAML file.

    Raises
    ------
    InputError : the file is missing, unreadable, too large, not UTF-8, or not YAML
    """
    shown = name or str(path)
    return Document(shown, read_text(path, shown))


def read_text(path: Path, shown: str) -> str:
    """Read a text file; `shown` is its name in messages.

    Raises
    ------
    InputError : the file is missing, unreadable, too large, or not UTF-8
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise input_error(
            Mark(shown, 0), f"cannot read the file: {error.strerror}", "unreadable-file"
        ) from error
    if len(raw) > MAX_BYTES:
        raise input_error(Mark(shown, 0), f"the file is larger than {MAX_BYTES >> 20} MiB", "file-too-large")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise input_error(
            Mark(shown, line), "the file is not UTF-8 text", "encoding", "save it as UTF-8"
        ) from error


class Constructor:
    """Builds plain data from nodes; what an alias stands for is built once and shared."""

    def __init__(self) -> None:
        self.built: dict[int, Any] = {}

    def build(self, node: Node) -> Any:
        if node.id == "scalar":
            return node.value if node.tag == STR else scalar(node)
        known = self.built.get(id(node))
        if known is None:
            known = [self.build(item) for item in node.value] if node.id == "sequence" else self.mapping(node)
            self.built[id(node)] = known
        return known

    def mapping(self, node: Node) -> dict[Any, Any]:
        built: dict[Any, Any] = {}
        merged = False
        for key, value in node.value:
            if key.tag == MERGE:
                merged = True
            elif key.id == "scalar":
                name = key.value if key.tag != NULL else ""
                if name not in built:
                    built[name] = self.build(value)
        if merged:
            self.merge(node, built)
        return built

    def merge(self, node: Node, built: dict[Any, Any]) -> None:
        for key, value in node.value:
            if key.tag == MERGE:
                for other in value.value if value.id == "sequence" else [value]:
                    if other.id == "mapping":
                        for name, one in self.build(other).items():
                            built.setdefault(name, one)


def scalar(node: Node) -> Any:
    """Return a scalar node's value, typed by its tag; what its tag does not fit stays text."""
    tag, text = node.tag, node.value
    if tag == BOOL:
        return text.lower() == "true"
    if tag == NULL:
        return None
    if tag == INT:
        return integer(text)
    if tag == FLOAT:
        return real(text)
    return text


def integer(text: str) -> int | str:
    """Read a YAML 1.2 integer; text that is none stays text."""
    try:
        return int(text, 0 if text[:2].lower() in ("0x", "0o") else 10)
    except ValueError:
        return text


def real(text: str) -> float | str:
    """Read a YAML 1.2 float; text that is none stays text."""
    try:
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        return text
