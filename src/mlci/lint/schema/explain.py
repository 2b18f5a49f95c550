"""Why a value does not satisfy a schema, said at the innermost place that is wrong.

Where a schema offers alternatives, the one the writer most likely meant is explained: the one whose type
fits, which shares the most keys, and which goes wrong the least and the deepest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlci.lint.schema.checker import Checker, Schema, fits, same
from mlci.lint.schema.faults import Fault, Path, closest, name_of, unknown_key, wrong_type, wrong_value
from mlci.lint.schema.keywords import TYPES, enum, is_number, missing, parts_for, repeated

MAX_FAULTS = 50
MAX_STEPS = 20_000
"""Parts of a schema that are looked at for one file; alternatives inside alternatives multiply."""
NESTED = {"anyOf", "oneOf", "description", "title", "$comment"}


def explain(checker: Checker, value: Any) -> list[Fault]:
    """Return what is wrong with a value that `checker` refuses, at most MAX_FAULTS."""
    found: list[Fault] = []
    checker.valid(value)
    for fault in Explainer(checker).faults(checker.start, value, ()):
        if fault not in found:
            found.append(fault)
        if len(found) == MAX_FAULTS:
            break
    return found or [Fault((), "the file does not fit its format", "other")]


class Explainer:
    """Walks a schema and a value side by side."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self.steps = 0

    def faults(self, schema: Schema, value: Any, path: Path) -> Iterator[Fault]:
        """Yield what is wrong with a value at a place."""
        self.steps += 1
        if self.steps > MAX_STEPS or self.checker.satisfies(schema, value):
            return
        part = self.checker.resolve(schema)
        if isinstance(part, bool):
            yield Fault(path, "nothing may stand here", "unknown", on_key=True)
            return
        wrong = list(self.own(part, value, path))
        if any(fault.kind == "type" and fault.path == path for fault in wrong):
            yield from wrong
            return
        yield from wrong
        if isinstance(value, dict):
            yield from self.entries(part, value, path)
        if isinstance(value, list):
            yield from self.items(part, value, path)
        yield from self.joined(part, value, path)

    def own(self, part: dict[str, Any], value: Any, path: Path) -> Iterator[Fault]:
        """Yield what the keywords about the value itself say."""
        if "type" in part:
            names = [part["type"]] if isinstance(part["type"], str) else part["type"]
            if not any(TYPES[name](value) for name in names):
                yield wrong_type(path, value, names)
                return
        if "const" in part and not same(value, part["const"]):
            yield wrong_value(path, value, [part["const"]])
        if "enum" in part and not enum(self.checker, part)(value):
            yield wrong_value(path, value, part["enum"])
        if isinstance(value, str):
            yield from self.text(part, value, path)
        if is_number(value):
            yield from self.number(part, value, path)

    def text(self, part: dict[str, Any], value: str, path: Path) -> Iterator[Fault]:
        """Yield what is wrong with a text."""
        if len(value) < part.get("minLength", 0):
            yield Fault(path, "the text is empty" if not value else "the text is too short", "other")
        if len(value) > part.get("maxLength", len(value)):
            yield Fault(path, f"the text is longer than {part['maxLength']} characters", "other")
        if "pattern" in part and not fits(part["pattern"], value):
            yield wrong_value(path, value, [part.get("x-form", f"text of the form {part['pattern']}")])

    def number(self, part: dict[str, Any], value: float, path: Path) -> Iterator[Fault]:
        """Yield what is wrong with a number."""
        low, high = part.get("minimum"), part.get("maximum")
        if (low is not None and value < low) or (high is not None and value > high):
            bounds = [f"at least {low}"] * (low is not None) + [f"at most {high}"] * (high is not None)
            yield Fault(path, f"{value} is out of range; expected {' and '.join(bounds)}", "other")

    def entries(self, part: dict[str, Any], value: dict[str, Any], path: Path) -> Iterator[Fault]:
        """Yield what is wrong with a mapping's entries."""
        known = part.get("properties", {})
        for name in missing(part, value) if "required" in part else ():
            yield Fault(path, f"the key '{name}' is missing", "missing", (name,), on_key=True)
        for name, item in value.items():
            for one in parts_for(part, name):
                if one is False:
                    yield unknown_key((*path, name), name, known)
                else:
                    yield from self.faults(one, item, (*path, name))
            if "propertyNames" in part:
                for fault in self.faults(part["propertyNames"], name, (*path, name)):
                    yield fault._replace(on_key=True)
        if len(value) < part.get("minProperties", 0):
            yield Fault(path, "the mapping has too few entries", "other")
        if len(value) > part.get("maxProperties", len(value)):
            most = part["maxProperties"]
            extra = list(value)[most]
            yield Fault(
                (*path, extra), f"only {most} key{'s' * (most != 1)} may stand here", "other", on_key=True
            )
        yield from self.needs(part, value, path)

    def needs(self, part: dict[str, Any], value: dict[str, Any], path: Path) -> Iterator[Fault]:
        """Yield keys that others ask for."""
        for name, need in part.get("dependencies", {}).items():
            if name not in value:
                continue
            if not isinstance(need, list):
                yield from self.faults(need, value, path)
                continue
            for other in need:
                if other not in value:
                    said = f"'{name}' needs the key '{other}' beside it"
                    yield Fault((*path, name), said, "missing", (other,), on_key=True)

    def items(self, part: dict[str, Any], value: list[Any], path: Path) -> Iterator[Fault]:
        """Yield what is wrong with a list's items."""
        given = part.get("items", True)
        for index, item in enumerate(value):
            one = given
            if isinstance(given, list):
                one = given[index] if index < len(given) else part.get("additionalItems", True)
            yield from self.faults(one, item, (*path, index))
        if len(value) < part.get("minItems", 0):
            yield Fault(path, "the list is empty" if not value else "the list is too short", "other")
        if len(value) > part.get("maxItems", len(value)):
            yield Fault(path, f"the list has more than {part['maxItems']} items", "other")
        if part.get("uniqueItems"):
            index_again = repeated(value)
            if index_again is not None:
                yield Fault((*path, index_again), f"{name_of(value[index_again])} stands twice", "other")

    def joined(self, part: dict[str, Any], value: Any, path: Path) -> Iterator[Fault]:
        """Yield what the keywords that join schemas say."""
        for one in part.get("allOf", ()):
            yield from self.faults(one, value, path)
        for word in ("anyOf", "oneOf"):
            if word in part:
                yield from self.alternatives(word, part[word], value, path)
        if "if" in part:
            branch = "then" if self.checker.satisfies(part["if"], value) else "else"
            yield from self.faults(part.get(branch, True), value, path)
        if "not" in part and self.checker.satisfies(part["not"], value):
            yield self.forbidden(part["not"], value, path)

    def forbidden(self, schema: Schema, value: Any, path: Path) -> Fault:
        """Explain `not`."""
        part = self.checker.resolve(schema)
        options = part.get("anyOf", [part]) if isinstance(part, dict) else []
        for one in options:
            one = self.checker.resolve(one)
            if isinstance(one, dict) and self.checker.satisfies(one, value):
                names = one.get("required", [])
                if isinstance(value, dict) and len(names) > 1:
                    said = "'" + "' and '".join(names) + "' cannot stand together"
                    return Fault((*path, names[-1]), said, "other", on_key=True)
                if isinstance(value, dict) and names:
                    return Fault((*path, names[0]), f"'{names[0]}' cannot stand here", "unknown", on_key=True)
        return Fault(path, f"{name_of(value)} is not allowed here", "other")

    def alternatives(self, word: str, options: list[Schema], value: Any, path: Path) -> Iterator[Fault]:
        """Explain `anyOf` and `oneOf` by the alternative that was most likely meant."""
        fitting = [one for one in options if self.checker.satisfies(one, value)]
        if fitting and word == "anyOf":
            return
        if fitting:
            if len(fitting) > 1:
                yield Fault(path, f"{name_of(value)} can be read in {len(fitting)} ways here", "other")
            return
        branches = [list(self.faults(one, value, path)) for one in self.flat(options)]
        yield from closest([branch for branch in branches if branch], value, path)

    def flat(self, options: list[Schema]) -> Iterator[Schema]:
        """Yield alternatives, those of a nested choice one by one."""
        for one in options:
            part = self.checker.resolve(one)
            nested = [word for word in ("anyOf", "oneOf") if isinstance(part, dict) and word in part]
            if isinstance(part, dict) and nested and not part.keys() - NESTED:
                yield from self.flat(part[nested[0]])
            else:
                yield one
