"""The verdict: whether a value fits a JSON Schema (draft 7).

Loading a schema costs its JSON alone, and a file pays only for the parts it touches. What is wrong is told
elsewhere (`mlci.lint.schema.explain`). Why no package does this: docs/decisions/0071; tests hold the verdicts
and the places against those of the package jsonschema.
"""

from __future__ import annotations

from functools import reduce
from operator import getitem
from typing import Any

from mlci.lint.schema.keywords import EVERY, TESTS, Fits, Keywords, Schema, Test, is_a, kind_of


class Checker:
    """One schema, or one of its definitions, ready to judge values."""

    def __init__(self, schema: Keywords, part: str | None = None) -> None:
        self.schema = schema
        self.start: Schema = schema if part is None else schema["definitions"][part]
        self.asked: dict[tuple[int, type], list[tuple[Test, Any]]] = {}
        self.seen: dict[tuple[str, int], bool] = {}
        """Verdicts on the values of one file, by identity, for what many aliases stand for."""

    def valid(self, value: Any) -> bool:
        """Tell whether a value fits the whole schema."""
        self.seen.clear()  # another file's values may have the same identity
        return self.fits(self.start, value)

    def fits(self, schema: Schema, value: Any) -> bool:
        """Tell whether a part of the last judged value fits a part of the schema."""
        key = id(schema), kind_of(value) if type(value) is float else type(value)
        asked = self.asked.get(key)
        if asked is None:
            asked = self.asked[key] = self.asks(schema, key[1])
        for test, what in asked:  # noqa: SIM110 -- a generator costs more than most tests
            if not test(self.fits, what, value, schema):
                return False
        return True

    def asks(self, schema: Schema, kind: type) -> list[tuple[Test, Any]]:
        """Return the tests that a part of the schema puts to values of a type."""
        if isinstance(schema, bool):
            return [] if schema else [(refuse, None)]
        if "$ref" in schema:
            return [(self.referred, (schema["$ref"], self.resolve(schema)))]
        if "type" in schema and not is_a(schema["type"], kind):
            return [(refuse, None)]
        tests = TESTS.get(kind, EVERY)
        return [(tests[word], what) for word, what in schema.items() if word in tests]

    def referred(self, fits: Fits, target: tuple[str, Schema], value: Any, part: Keywords) -> bool:
        """Tell whether a value fits what a `$ref` stands for, once for each value."""
        ref, schema = target
        known = self.seen.get((ref, id(value)))
        if known is None:
            known = self.seen[ref, id(value)] = fits(schema, value)
        return known

    def holds(self, word: str, part: Keywords, value: Any) -> bool:
        test = TESTS.get(type(value), EVERY).get(word)
        return test is None or test(self.fits, part[word], value, part)

    def resolve(self, schema: Schema) -> Schema:
        """Follow `$ref` (inside the document) to what it stands for."""
        while isinstance(schema, dict) and "$ref" in schema:
            schema = reduce(getitem, schema["$ref"].removeprefix("#/").split("/"), self.schema)
        return schema


def refuse(fits: Fits, what: None, value: Any, part: Schema) -> bool:
    return False
