"""What is wrong with a value, in words; and which of several alternatives the writer most likely meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from mlci.findings import suggest
from mlci.yaml.document import Key

Path = tuple[Key, ...]
MANY = 12
"""How many words a message lists before it says how many more there are."""
WORDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "null": "nothing",
    "integer": "a whole number",
    "number": "a number",
}


class Fault(NamedTuple):
    """One thing that is wrong."""

    path: Path
    message: str
    kind: str
    """type, value, unknown, missing or other: how alternatives are told apart and joined."""
    names: tuple[str, ...] = ()
    """The types, values or keys that were expected."""
    on_key: bool = False
    help: str | None = None


def name_of(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"the text '{short(value)}'" if value else "empty text"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else f"the number {value}"


def short(value: Any) -> str:
    text = str(value).replace("\n", "\\n")
    return text if len(text) <= 40 else f"{text[:37]}..."


def either(words: Iterable[str]) -> str:
    given = list(dict.fromkeys(words))
    if len(given) > MANY:
        given = [*given[: MANY - 1], f"{len(given) - MANY + 1} more"]
    return given[0] if len(given) == 1 else f"{', '.join(given[:-1])} or {given[-1]}"


def quoted(name: str) -> str:
    return f"'{name}'"


def wrong_type(path: Path, value: Any, names: Iterable[str]) -> Fault:
    kinds = tuple(dict.fromkeys(names))
    said = f"expected {either(WORDS[name] for name in kinds)}, got {name_of(value)}"
    return Fault(path, said, "type", kinds)


def wrong_value(path: Path, value: Any, values: Iterable[Any]) -> Fault:
    known = tuple(dict.fromkeys("true" if v is True else "false" if v is False else str(v) for v in values))
    said = f"expected {either(known)}, got {name_of(value)}"
    return Fault(path, said, "value", known, help=suggest(value, known) if isinstance(value, str) else None)


def unknown_key(path: Path, name: str, known: Iterable[str]) -> Fault:
    """Make the fault of a key that may not stand where it stands."""
    names = sorted(known)
    near = suggest(name, names)
    expected = f"; expected {either(names)}" if names and (near is None or len(names) <= MANY) else ""
    return Fault(
        path, f"unknown key '{short(name)}'{expected}", "unknown", tuple(names), on_key=True, help=near
    )


def closest(branches: list[list[Fault]], value: Any, path: Path) -> Iterator[Fault]:
    """Yield the faults of the alternative that was most likely meant, or what all of them expect."""
    typed = [
        branch for branch in branches if not any(one.kind == "type" and one.path == path for one in branch)
    ]
    here = [branch for branch in typed if all(one.path == path for one in branch)]
    if not typed:
        names = [name for branch in branches for one in branch if one.path == path for name in one.names]
        yield wrong_type(path, value, [name for name in names if name in WORDS])
    elif len(here) == len(typed) and all(one.kind == "value" for branch in here for one in branch):
        yield wrong_value(path, value, expected(branches, path))
    elif len(here) == len(typed) > 1 and all(one.kind == "missing" for branch in here for one in branch):
        names = [one.names[0] for branch in here for one in branch]
        said = f"the key {either(map(quoted, names))} is missing"
        yield Fault(path, said, "missing", tuple(names), on_key=True)
    else:
        yield from min(typed, key=lambda branch: distance(branch, path))


def expected(branches: list[list[Fault]], path: Path) -> Iterator[str]:
    """Yield the values, forms and types that the alternatives would take at a place."""
    for one in (one for branch in branches for one in branch if one.path == path):
        yield from (WORDS[name] for name in one.names) if one.kind == "type" else one.names


def distance(branch: list[Fault], path: Path) -> tuple[int, int, int]:
    """Return how far a value is from an alternative: by shape, then by how much, and how deep, is wrong."""
    shape = 0
    for one in branch:
        if one.kind == "missing" and one.path == path:
            shape += 2
        elif one.kind == "unknown" and len(one.path) == len(path) + 1:
            shape += 1
        elif (one.kind == "value" and len(one.path) <= len(path) + 1) or (
            one.kind == "other" and one.path == path
        ):
            shape += 3
        elif one.kind == "type" and len(one.path) == len(path) + 1:
            shape += 1
    return shape, len(branch), -max(len(one.path) for one in branch)
