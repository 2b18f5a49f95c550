"""What is said of a keyword that a value itself breaks; of what lies inside it, `explain` tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mlci.lint.schema.faults import Fault, Path, name_of, wrong_value
from mlci.lint.schema.keywords import Keywords, missing, repeated

Say = Callable[[Keywords, Any, Path], Iterator[Fault]]


def among(values: Callable[[Keywords], list[Any]]) -> Say:
    return lambda part, value, path: iter([wrong_value(path, value, values(part))])


def plain(sentence: Callable[[Keywords, Any], str]) -> Say:
    """Say one sentence about the place itself."""
    return lambda part, value, path: iter([Fault(path, sentence(part, value), "other")])


def too_short(what: str) -> Say:
    """Say that a text or list lacks something."""
    return plain(lambda part, value: f"the {what} is too short" if value else f"the {what} is empty")


def range_of(part: Keywords) -> str:
    """Return the numbers that may stand."""
    words = {"minimum": "at least", "maximum": "at most"}
    return " and ".join(f"{said} {part[word]}" for word, said in words.items() if word in part)


def lacking(part: Keywords, value: dict[str, Any], path: Path) -> Iterator[Fault]:
    for name in missing(part, value):
        yield Fault(path, f"the key '{name}' is missing", "missing", (name,), on_key=True)


def alone(part: Keywords, value: dict[str, Any], path: Path) -> Iterator[Fault]:
    """Say which keys stand without those they need."""
    for name, needs in part["dependencies"].items():
        for other in needs if name in value else ():
            if other not in value:
                said = f"'{name}' needs the key '{other}' beside it"
                yield Fault((*path, name), said, "missing", (other,), on_key=True)


def too_many(part: Keywords, value: dict[str, Any], path: Path) -> Iterator[Fault]:
    most = part["maxProperties"]
    said = f"only {most} key{'s' * (most != 1)} may stand here"
    yield Fault((*path, list(value)[most]), said, "other", on_key=True)


def twice(part: Keywords, value: list[Any], path: Path) -> Iterator[Fault]:
    """Say at the first item that stood before that it did."""
    again = repeated(value)[0]
    yield Fault((*path, again), f"{name_of(value[again])} stands twice", "other")


def unwanted(path: Path, names: list[str]) -> Fault:
    """Say that a key, or several together, may not stand."""
    if len(names) == 1:
        return Fault((*path, names[0]), f"'{names[0]}' cannot stand here", "unknown", on_key=True)
    said = "'" + "' and '".join(names) + "' cannot stand together"
    return Fault((*path, names[-1]), said, "other", on_key=True)


OUT_OF_RANGE = plain(lambda part, value: f"{value} is out of range; expected {range_of(part)}")
SAID: dict[str, Say] = {
    "const": among(lambda part: [part["const"]]),
    "enum": among(lambda part: part["enum"]),
    "minLength": too_short("text"),
    "maxLength": plain(lambda part, value: f"the text is longer than {part['maxLength']} characters"),
    "pattern": among(lambda part: [part.get("x-form", f"text of the form {part['pattern']}")]),
    "minimum": OUT_OF_RANGE,
    "maximum": OUT_OF_RANGE,
    "required": lacking,
    "minProperties": plain(lambda part, value: "the mapping has too few entries"),
    "maxProperties": too_many,
    "dependencies": alone,
    "minItems": too_short("list"),
    "maxItems": plain(lambda part, value: f"the list has more than {part['maxItems']} items"),
    "uniqueItems": twice,
}
