"""A YAML file read once: plain data for programs, and a mark for every node for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from mlci.errors import InputError, input_error
from mlci.findings import Finding, Mark

MAX_BYTES = 10 * 2**20
MAX_DEPTH = 100
MAX_NODES = 1_000_000
STR = "tag:yaml.org,2002:str"

Key = str | int
Node = Any
"""A ruamel.yaml node: `.id` is scalar, sequence or mapping; `.tag`, `.value`, `.start_mark`, `.end_mark`."""


class Document:
    """One YAML file.

    Parameters
    ----------
    name : the file's name as messages show it
    text : its text
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.root: Node | None = compose(name, text)

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their ends."""
        return self.text.splitlines()

    @cached_property
    def data(self) -> Any:
        """The file as dict, list, str, int, float, bool and None (YAML 1.2; dates stay strings)."""
        return None if self.root is None else Constructor(self).build(self.root)

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
        start, end = node.start_mark, node.end_mark
        length = end.column - start.column if end.line == start.line else 1
        if end.line != start.line and start.line < len(self.lines):
            length = len(self.lines[start.line].rstrip()) - start.column
        return Mark(self.name, start.line + 1, start.column + 1, max(1, length))


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


def entries(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield a mapping node's pairs, merge keys (`<<`) resolved after its own."""
    merged: list[Node] = []
    for key, value in node.value:
        if key.tag.endswith(":merge"):
            merged.extend(value.value if value.id == "sequence" else [value])
        else:
            yield key, value
    for other in merged:
        if other.id == "mapping":
            yield from entries(other)


def read(path: Path, name: str | None = None) -> Document:
    """Read a YAML file.

    Raises
    ------
    InputError : the file is missing, unreadable, too large, not UTF-8, or not YAML
    """
    shown = name or str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise input_error(
            Mark(shown, 0), f"cannot read the file: {error.strerror}", "unreadable-file"
        ) from error
    if len(raw) > MAX_BYTES:
        raise input_error(Mark(shown, 0), f"the file is larger than {MAX_BYTES >> 20} MiB", "file-too-large")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise input_error(
            Mark(shown, line), "the file is not UTF-8 text", "encoding", "save it as UTF-8"
        ) from error
    return Document(shown, text)


def compose(name: str, text: str) -> Node | None:
    """Parse text into a node tree that keeps every place.

    Raises
    ------
    InputError : the text is no YAML, holds more than one document, or is nested too deeply
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    check_depth(name, text)
    loader = YAML(typ="safe")
    loader.allow_duplicate_keys = True  # reported by ourselves, with the place of both
    try:
        return loader.compose(text)
    except MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        mark = Mark(name, where.line + 1, where.column + 1) if where else Mark(name)
        said = ", ".join(part for part in (error.context, error.problem) if part)
        raise input_error(mark, f"not valid YAML: {said}", "syntax", syntax_help(text, mark)) from error
    except YAMLError as error:
        line, column = character_place(text)
        raise input_error(Mark(name, line, column), f"not valid YAML: {error}", "syntax") from error
    except RecursionError as error:
        raise input_error(Mark(name), "the file is nested too deeply", "nesting") from error


def check_depth(name: str, text: str) -> None:
    """Refuse text whose nesting would exhaust the parser's stack, before it is parsed."""
    opened = text.count("[") + text.count("{")
    if opened > MAX_DEPTH:
        depth = 0
        for index, character in enumerate(text):
            if character in "[{":
                depth += 1
                if depth > MAX_DEPTH * 10:
                    line = text.count("\n", 0, index) + 1
                    raise input_error(Mark(name, line), "the file is nested too deeply", "nesting")
            elif character in "]}":
                depth = max(0, depth - 1)
    deepest = max((len(line) - len(line.lstrip(" -?")) for line in text.splitlines()), default=0)
    if deepest > 2000:
        raise input_error(Mark(name), "the file is nested too deeply", "nesting")


def character_place(text: str) -> tuple[int, int]:
    """Return line and column of the first character YAML does not allow."""
    for number, line in enumerate(text.splitlines(), 1):
        for column, character in enumerate(line, 1):
            if ord(character) < 32 and character != "\t":
                return number, column
    return 1, 1


def syntax_help(text: str, mark: Mark) -> str | None:
    """Guess what the writer meant from the line YAML stumbled over."""
    lines = text.splitlines()
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces; YAML does not allow tabs"
    if line.count(": ") > 1:
        return "quote the value: a colon followed by a space starts a new mapping"
    return None


class Constructor:
    """Builds plain data from nodes; refuses duplicate keys and exploding aliases."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.count = 0
        self.building: set[int] = set()

    def build(self, node: Node) -> Any:
        """Return a node's value as plain data."""
        self.count += 1
        if self.count > MAX_NODES:
            self.fail(node, "the file's aliases expand to too much data", "alias-expansion")
        if node.id == "scalar":
            return scalar(node)
        if id(node) in self.building:
            self.fail(node, "an alias contains itself", "alias-loop")
        self.building.add(id(node))
        try:
            if node.id == "sequence":
                return [self.build(item) for item in node.value]
            return self.mapping(node)
        finally:
            self.building.discard(id(node))

    def mapping(self, node: Node) -> dict[Any, Any]:
        """Return a mapping node as a dict."""
        own: dict[Any, Node] = {}
        for key, _ in node.value:
            if key.id != "scalar":
                self.fail(key, "a key must be plain text", "complex-key")
            if key.value in own and not key.tag.endswith(":merge"):
                first = self.document.mark_of(own[key.value])
                self.fail(key, f"duplicate key '{key.value}', first on line {first.line}", "duplicate-key")
            own[key.value] = key
        built: dict[Any, Any] = {}
        for key, value in entries(node):
            name = key.value if key.tag != "tag:yaml.org,2002:null" else ""
            if name not in built:
                built[name] = self.build(value)
        return built

    def fail(self, node: Node, message: str, rule: str) -> None:
        """Raise an InputError at a node."""
        raise InputError(Finding(self.document.mark_of(node), message, rule))


def scalar(node: Node) -> Any:
    """Return a scalar node's value, typed by YAML 1.2's core schema."""
    tag, text = node.tag, node.value
    if tag == STR:
        return text
    kind = tag.rpartition(":")[2]
    if kind == "int":
        return integer(text)
    if kind == "float":
        return real(text)
    if kind == "bool":
        return text.lower() == "true"
    if kind == "null":
        return None
    return text


def integer(text: str) -> int | str:
    """Read a YAML 1.2 integer; text that is none stays text."""
    try:
        return int(text.replace("_", ""), 0 if text.lstrip("+-")[:2].lower() in ("0x", "0o", "0b") else 10)
    except ValueError:
        return text


def real(text: str) -> float | str:
    """Read a YAML 1.2 float; text that is none stays text."""
    plain = text.replace("_", "").lower()
    try:
        return float(plain.replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        return text
