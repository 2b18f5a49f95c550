"""Why a value does not fit a schema, said at the innermost place that is wrong.

Where a schema offers alternatives, the one the writer most likely meant is explained: the one whose type
fits, which shares the most keys, and which goes wrong the least and the deepest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mlci.lint.schema.checker import Checker
from mlci.lint.schema.faults import Fault, Path, closest, name_of, unknown_key, wrong_type
from mlci.lint.schema.keywords import ENTRIES, Keywords, Schema, is_a, kind_of
from mlci.lint.schema.sentences import SAID, unwanted

MAX_FAULTS = 50
MAX_STEPS = 20_000
"""Parts of a schema that are looked at for one file; alternatives inside alternatives multiply."""
CHOICES = {"anyOf", "oneOf"}


def explain(checker: Checker, value: Any) -> list[Fault]:
    """Return what is wrong with a value that `checker` has just refused, at most MAX_FAULTS."""
    found: dict[Fault, None] = {}
    for fault in Explainer(checker).faults(checker.start, value, ()):
        found[fault] = None
        if len(found) == MAX_FAULTS:
            break
    return list(found) or [Fault((), "the file does not fit its format", "other")]


class Explainer:
    """Walks a schema and a value side by side."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self.steps = 0

    def faults(self, schema: Schema, value: Any, path: Path) -> Iterator[Fault]:
        """Yield what is wrong with a value at a place."""
        self.steps += 1
        if self.steps > MAX_STEPS or self.checker.fits(schema, value):
            return
        part = self.checker.resolve(schema)
        if isinstance(part, bool):
            yield Fault(path, "nothing may stand here", "unknown", on_key=True)
        elif "type" in part and not is_a(part["type"], kind_of(value)):
            yield wrong_type(path, value, [part["type"]] if isinstance(part["type"], str) else part["type"])
        else:
            broken = {word for word in part if not self.checker.holds(word, part, value)}
            for word in filter(broken.__contains__, SAID):
                yield from SAID[word](part, value, path)
            for word in filter(broken.__contains__, INSIDE):
                yield from INSIDE[word](self, part, value, path)

    def entries(self, word: str, part: Keywords, value: dict[str, Any], path: Path) -> Iterator[Fault]:
        for name, one in ENTRIES[word](part, value):
            if one is False:
                yield unknown_key((*path, name), name, part.get("properties", {}))
            else:
                yield from self.faults(one, value[name], (*path, name))

    def names(self, part: Keywords, value: dict[str, Any], path: Path) -> Iterator[Fault]:
        """Yield what is wrong with keys: `propertyNames`."""
        for name in value:
            for fault in self.faults(part["propertyNames"], name, (*path, name)):
                yield fault._replace(on_key=True)

    def items(self, part: Keywords, value: list[Any], path: Path) -> Iterator[Fault]:
        for index, item in enumerate(value):
            yield from self.faults(part["items"], item, (*path, index))

    def all_of(self, part: Keywords, value: Any, path: Path) -> Iterator[Fault]:
        for one in part["allOf"]:
            yield from self.faults(one, value, path)

    def any_of(self, options: list[Schema], value: Any, path: Path) -> Iterator[Fault]:
        """Explain alternatives by the one that was most likely meant."""
        branches = [list(self.faults(one, value, path)) for one in self.flat(options)]
        yield from closest([branch for branch in branches if branch], value, path)

    def one_of(self, part: Keywords, value: Any, path: Path) -> Iterator[Fault]:
        """Explain alternatives of which several fit, or none."""
        fitting = sum(self.checker.fits(one, value) for one in part["oneOf"])
        if fitting:
            yield Fault(path, f"{name_of(value)} can be read in {fitting} ways here", "other")
        else:
            yield from self.any_of(part["oneOf"], value, path)

    def flat(self, options: list[Schema]) -> Iterator[Schema]:
        """Yield alternatives, those of a nested choice one by one."""
        for one in options:
            part = self.checker.resolve(one)
            if isinstance(part, dict) and len(part) == 1 and not CHOICES.isdisjoint(part):
                yield from self.flat(*part.values())
            else:
                yield one

    def conditional(self, part: Keywords, value: Any, path: Path) -> Iterator[Fault]:
        branch = "then" if self.checker.fits(part["if"], value) else "else"
        yield from self.faults(part[branch], value, path)

    def forbidden(self, part: Keywords, value: Any, path: Path) -> Iterator[Fault]:
        """Explain `not` by the keys that may not stand."""
        refused = self.checker.resolve(part["not"])
        options = refused.get("anyOf", [refused]) if isinstance(refused, dict) else []
        fitting = (self.checker.resolve(one) for one in options if self.checker.fits(one, value))
        keys = [one["required"] for one in fitting if isinstance(one, dict) and "required" in one]
        if keys and isinstance(value, dict):
            yield unwanted(path, keys[0])
        else:
            yield Fault(path, f"{name_of(value)} is not allowed here", "other")


def of_entries(word: str) -> Inside:
    return lambda walk, part, value, path: walk.entries(word, part, value, path)


Inside = Callable[[Explainer, Keywords, Any, Path], Iterator[Fault]]
INSIDE: dict[str, Inside] = {
    **{word: of_entries(word) for word in ENTRIES},
    "propertyNames": Explainer.names,
    "items": Explainer.items,
    "allOf": Explainer.all_of,
    "anyOf": lambda walk, part, value, path: walk.any_of(part["anyOf"], value, path),
    "oneOf": Explainer.one_of,
    "if": Explainer.conditional,
    "not": Explainer.forbidden,
}
"""What tells of faults inside a value that breaks a keyword."""
