"""The fast verdict: a JSON Schema (draft 7) turned into closures, each part when it is first met.

Loading a schema costs its JSON alone, and a file pays only for the parts it touches. What is wrong is
explained elsewhere (`mlci.lint.schema.explain`); tests hold the verdicts against the package jsonschema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

Check = Callable[[Any], bool]
Schema = dict[str, Any] | bool

MAX_PATTERN_TEXT = 2_000
"""Longer texts are not held against patterns: no name or version is, and some patterns are slow."""


class Checker:
    """One schema, or one of its definitions, ready to judge values."""

    def __init__(self, schema: dict[str, Any], part: str | None = None) -> None:
        self.schema = schema
        self.start: Schema = schema if part is None else schema["definitions"][part]
        self.checks: dict[int, Check] = {}
        self.seen: dict[tuple[int, int], bool] = {}

    def valid(self, value: Any) -> bool:
        """Tell whether a value satisfies the whole schema."""
        self.seen.clear()  # verdicts are kept by identity, and another file's values may reuse it
        return self.check(self.start)(value)

    def satisfies(self, schema: Schema, value: Any) -> bool:
        """Tell whether a part of the last judged value satisfies a part of the schema."""
        return self.check(schema)(value)

    def resolve(self, schema: Schema) -> Schema:
        """Follow `$ref` (inside the document) to what it stands for."""
        while isinstance(schema, dict) and "$ref" in schema:
            found: Any = self.schema
            for part in filter(None, schema["$ref"].removeprefix("#").split("/")):
                name = unescape(part)
                found = found[int(name)] if isinstance(found, list) else found[name]
            schema = found
        return schema

    def check(self, schema: Schema) -> Check:
        """Return the closure of one part, made when first asked for."""
        if isinstance(schema, bool):
            return accept if schema else refuse
        made = self.checks.get(id(schema))
        if made is None:
            made = self.checks[id(schema)] = (
                self.reference(schema) if "$ref" in schema else self.build(schema)
            )
        return made

    def reference(self, schema: dict[str, Any]) -> Check:
        """Return a closure that resolves when it is called, so that a schema may hold itself."""
        target: list[Check] = []
        seen, key = self.seen, id(schema)

        def check(value: Any) -> bool:
            if not target:
                target.append(self.check(self.resolve(schema)))
            if type(value) is not dict and type(value) is not list:
                return target[0](value)
            known = seen.get((key, id(value)))
            if known is None:
                known = seen[key, id(value)] = target[0](value)
            return known

        return check

    def build(self, schema: dict[str, Any]) -> Check:
        """Return the closure of all keywords of one part."""
        from mlci.lint.schema.keywords import checks_of

        checks = checks_of(self, schema)
        if not checks:
            return accept
        return checks[0] if len(checks) == 1 else every(checks)


def unescape(part: str) -> str:
    """Return one step of a JSON pointer as the name it stands for."""
    from urllib.parse import unquote

    return unquote(part).replace("~1", "/").replace("~0", "~")


def accept(value: Any) -> bool:
    """Accept everything."""
    return True


def refuse(value: Any) -> bool:
    """Refuse everything."""
    return False


def every(checks: Iterable[Check]) -> Check:
    """Return the check that all of some hold."""
    held = tuple(checks)

    def check(value: Any) -> bool:
        for one in held:  # noqa: SIM110 -- a generator costs more than the checks
            if not one(value):
                return False
        return True

    return check


@cache
def pattern_of(text: str) -> re.Pattern[str]:
    """Compile a schema's pattern; one that Python does not know fits everything."""
    try:
        return re.compile(text)
    except re.error:
        return re.compile("")


def fits(pattern: str, text: str) -> bool:
    """Tell whether a pattern is found in a text."""
    return len(text) > MAX_PATTERN_TEXT or pattern_of(pattern).search(text) is not None


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal as JSON: true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)
