"""The shapes a value of `mlci.yaml` may have: each reads itself, says what it expects, gives its JSON Schema.

The dataclasses of `mlci.language.model` name one shape a field, so the language, its checks, its editor
schema and its reference page have one source. Mappings with known keys are in `mlci.language.records`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

from mlci.findings import Finding, Mark, suggest
from mlci.yaml.document import Document, Key

Schema = dict[str, Any]


class Reading:
    """One reading of a document: collects what is wrong instead of stopping at the first."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []

    def say(
        self, path: tuple[Key, ...], message: str, rule: str, help: str | None = None, *, key: bool = False
    ) -> None:
        """Note an error at the value at `path`, or at its key."""
        self.findings.append(Finding(self.mark(path, key=key), message, rule, "error", help))

    def mark(self, path: tuple[Key, ...], *, key: bool = False) -> Mark:
        return self.document.mark(path, key=key)


class Shape(Protocol):
    """What one value may look like."""

    def fits(self, value: Any) -> bool:
        """Tell whether the value is of this kind at all; its parts may still be wrong."""

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        """Return the value as the model keeps it; note in `reading` what is wrong."""

    def schema(self) -> Schema:
        """Return its JSON Schema."""

    def expects(self) -> str:
        """Say what is expected: "a list of paths"."""


def wrong_type(shape: Shape, value: Any, path: tuple[Key, ...], reading: Reading) -> None:
    """Note that a value is of another kind than its shape."""
    where = f"'{path[-1]}'" if path and isinstance(path[-1], str) else "this"
    reading.say(
        path,
        f"{where} is {describe(value)}; expected {shape.expects()}",
        "wrong-type",
        getattr(shape, "help", None),
    )


def describe(value: Any) -> str:
    """Name a value's kind as a person would."""
    kinds: dict[type, str] = {
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "a mapping",
        type(None): "empty",
    }
    return kinds.get(type(value), type(value).__name__)


class Text:
    """A string; `pattern` must match it whole, `what` names it; `numbers` takes a bare number as its text."""

    def __init__(
        self, what: str = "text", pattern: str | None = None, help: str | None = None, numbers: bool = False
    ) -> None:
        self.what = what
        self.pattern = pattern
        self.help = help
        self.numbers = numbers

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) or (self.numbers and isinstance(value, int | float))

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        if not self.fits(value):
            wrong_type(self, value, path, reading)
            return ""
        text = value if isinstance(value, str) else plain(path, reading)
        if self.pattern is not None and not re.fullmatch(self.pattern, text):
            reading.say(path, f"{text!r} is not {self.what}", "bad-value", self.help)
        return text

    def schema(self) -> Schema:
        kind: Any = ["string", "number", "boolean"] if self.numbers else "string"
        # Schema patterns search, ours match whole.
        return {"type": kind} | ({"pattern": f"^(?:{self.pattern})$"} if self.pattern else {})

    def expects(self) -> str:
        return self.what


def plain(path: tuple[Key, ...], reading: Reading) -> str:
    """Return a scalar as it stands in the file: 1e3 stays "1e3", true stays "true"."""
    node = reading.document.find(path)[1]
    return str(node.value) if node is not None else ""


class Number:
    """A number between bounds, both included."""

    def __init__(self, whole: bool = True, least: float | None = None, most: float | None = None) -> None:
        self.whole = whole
        self.least = least
        self.most = most

    def fits(self, value: Any) -> bool:
        return not isinstance(value, bool) and isinstance(value, int if self.whole else int | float)

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        if not self.fits(value):
            wrong_type(self, value, path, reading)
            return 0
        low = self.least is not None and value < self.least
        if low or (self.most is not None and value > self.most):
            reading.say(path, f"{value} is out of range; expected {self.expects()}", "bad-value")
        return value

    def schema(self) -> Schema:
        bounds = {"minimum": self.least, "maximum": self.most}
        kept = {name: bound for name, bound in bounds.items() if bound is not None}
        return {"type": "integer" if self.whole else "number"} | kept

    def expects(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        low = f" from {self.least}" if self.least is not None else ""
        return kind + low + (f" to {self.most}" if self.most is not None else "")


class Flag:
    """true or false."""

    def fits(self, value: Any) -> bool:
        return isinstance(value, bool)

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        if not isinstance(value, bool):
            wrong_type(self, value, path, reading)
        return bool(value)

    def schema(self) -> Schema:
        return {"type": "boolean"}

    def expects(self) -> str:
        return "true or false"


class Duration:
    """A time such as 90s, 60m or 2h; kept in seconds."""

    def fits(self, value: Any) -> bool:
        return isinstance(value, str)

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        found = re.fullmatch(r"([1-9][0-9]{0,5})(s|m|h)", value) if isinstance(value, str) else None
        if not found:
            reading.say(path, f"{value!r} is not a time", "bad-value", "write a number and s, m or h: 60m")
            return 0
        return int(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2]]

    def schema(self) -> Schema:
        return {"type": "string", "pattern": "^[1-9][0-9]{0,5}(s|m|h)$"}

    def expects(self) -> str:
        return "a time such as 60m"


class Choice:
    """One of some words; they are asked for when needed, so that registries stay the only lists."""

    def __init__(self, words: Callable[[], tuple[str, ...]], what: str) -> None:
        self.words = words
        self.what = what

    def fits(self, value: Any) -> bool:
        return isinstance(value, str)

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        if not isinstance(value, str):
            wrong_type(self, value, path, reading)
            return ""
        if value not in self.words():
            known = ", ".join(self.words())
            help = suggest(value, self.words())
            reading.say(path, f"unknown {self.what} '{value}'; expected one of {known}", "unknown-name", help)
        return value

    def schema(self) -> Schema:
        return {"enum": list(self.words())}

    def expects(self) -> str:
        return f"one of {', '.join(self.words())}"


class Many:
    """A list; a single item may stand for a list of one. Kept as a tuple."""

    def __init__(self, item: Shape, what: str, single: bool = True, least: int = 0) -> None:
        self.item = item
        self.what = what
        self.single = single
        self.least = least

    def fits(self, value: Any) -> bool:
        return isinstance(value, list) or (self.single and self.item.fits(value))

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        if isinstance(value, list):
            if len(value) < self.least:
                reading.say(path, f"the list is empty; expected {self.what}", "bad-value")
            return tuple(self.item.read(each, (*path, index), reading) for index, each in enumerate(value))
        if self.fits(value):
            return (self.item.read(value, path, reading),)
        wrong_type(self, value, path, reading)
        return ()

    def schema(self) -> Schema:
        listed: Schema = {"type": "array", "items": self.item.schema()}
        if self.least:
            listed["minItems"] = self.least
        return {"anyOf": [listed, self.item.schema()]} if self.single else listed

    def expects(self) -> str:
        return self.what


class Table:
    """A mapping of names to values of one shape."""

    def __init__(self, key: Shape, value: Shape, what: str) -> None:
        self.key = key
        self.value = value
        self.what = what

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict)

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        if not isinstance(value, dict):
            wrong_type(self, value, path, reading)
            return {}
        built = {}
        for name, each in value.items():
            check_key(self.key, name, (*path, name), reading)
            built[name] = self.value.read(each, (*path, name), reading)
        return built

    def schema(self) -> Schema:
        return {
            "type": "object",
            "propertyNames": self.key.schema(),
            "additionalProperties": self.value.schema(),
        }

    def expects(self) -> str:
        return self.what


def check_key(shape: Shape, name: str, path: tuple[Key, ...], reading: Reading) -> None:
    """Check a mapping's key against its shape; what is wrong is noted at the key, not at its value."""
    trial = Reading(reading.document)
    shape.read(name, path, trial)
    mark = reading.mark(path, key=True)
    reading.findings.extend(found._replace(mark=mark) for found in trial.findings)


class Free:
    """Any value, kept as it is."""

    def __init__(self, what: str = "any value", mapping: bool = False) -> None:
        self.what = what
        self.mapping = mapping

    def fits(self, value: Any) -> bool:
        return not self.mapping or isinstance(value, dict)

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        if self.fits(value):
            return value
        wrong_type(self, value, path, reading)
        return {}

    def schema(self) -> Schema:
        return {"type": "object"} if self.mapping else {}

    def expects(self) -> str:
        return self.what


class Either:
    """One of several shapes, told apart by the value's kind; the first that fits reads it."""

    def __init__(self, shapes: tuple[Shape, ...]) -> None:
        self.shapes = shapes

    def fits(self, value: Any) -> bool:
        return any(shape.fits(value) for shape in self.shapes)

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        for shape in self.shapes:
            if shape.fits(value):
                return shape.read(value, path, reading)
        wrong_type(self, value, path, reading)
        return None

    def schema(self) -> Schema:
        return {"anyOf": [shape.schema() for shape in self.shapes]}

    def expects(self) -> str:
        return " or ".join(shape.expects() for shape in self.shapes)


class Made:
    """A shape whose value is turned into something else, such as a short form into its long one."""

    def __init__(self, shape: Shape, make: Callable[[Any], Any]) -> None:
        self.shape = shape
        self.make = make

    def fits(self, value: Any) -> bool:
        return self.shape.fits(value)

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        before = len(reading.findings)
        read = self.shape.read(value, path, reading)
        return self.make(read) if len(reading.findings) == before else read

    def schema(self) -> Schema:
        return self.shape.schema()

    def expects(self) -> str:
        return self.shape.expects()
