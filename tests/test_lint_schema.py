"""The verdict on a file, and the places of its faults, against the package jsonschema: on real files and on
what becomes of them by mistakes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, ValidationError

from mlci.lint.run import make
from mlci.lint.schema.checker import Checker
from mlci.lint.schema.explain import MAX_FAULTS, explain
from mlci.lint.schema.keywords import MAX_PATTERN_TEXT, TESTS
from mlci.lint.schema.rule import schema_of
from mlci.lint.schema.store import FOLDER, checker, load
from mlci.lint.settings import Options
from mlci.yaml.composer import MAX_DEPTH

ROOT = Path(__file__).parents[1]
SHIPPED = sorted(path.name.removesuffix(".gz").removesuffix(".json") for path in FOLDER.glob("*.json*"))
SMALL = 5_000
"""Bytes of a file; jsonschema takes its time over larger ones, which say nothing new."""
READ_ELSEWHERE = {"$ref", "type", "then", "else", "ignoreCase"}
NO_DEMANDS = {"$schema", "$comment", "definitions", "format", "x-form"}
MAPS = ("properties", "patternProperties", "definitions")
each_schema = pytest.mark.parametrize("name", SHIPPED)


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every part of a schema that is a mapping of keywords."""
    if isinstance(schema, list):
        for one in schema:
            yield from parts(one)
    if isinstance(schema, dict):
        yield schema
        for word, one in schema.items():
            if word not in ("enum", "const", "required", "dependencies"):
                yield from parts(list(one.values()) if word in MAPS else one)


@each_schema
def test_a_shipped_schema_says_only_what_is_judged(name: str) -> None:
    known = READ_ELSEWHERE | NO_DEMANDS | {word for tests in TESTS.values() for word in tests}
    judge = Checker(load(name))
    for part in parts(load(name)):
        assert not part.keys() - known
        assert part.get("ignoreCase", "key") == "key"
        assert not isinstance(part.get("items"), list)
        assert all(isinstance(need, list) for need in part.get("dependencies", {}).values())
        assert not any(isinstance(value, list | dict) for value in part.get("enum", [part.get("const")]))
        assert len({one.lower() for one in part.get("properties", ())}) == len(part.get("properties", ()))
        judge.resolve(part)
    Draft7Validator.check_schema(load(name))


def standard(schema: Any) -> Any:
    """Say Azure's `ignoreCase`, which no standard knows, in the standard's words."""
    if isinstance(schema, list):
        return [standard(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    out = {
        word: {name: standard(part) for name, part in one.items()} if word in MAPS else standard(one)
        for word, one in schema.items()
    }
    if out.pop("ignoreCase", None):
        own = {form(name): part for name, part in out.pop("properties", {}).items()}
        out["patternProperties"] = out.get("patternProperties", {}) | own
        out["allOf"] = [*out.get("allOf", []), *map(present, out.pop("required", ()))]
    return out


def form(name: str) -> str:
    return rf"^(?i:{re.escape(name)})\Z"


def present(name: str) -> dict[str, Any]:
    """Return a schema that asks a mapping for a key in any case."""
    return {"not": {"propertyNames": {"not": {"pattern": form(name)}}}}


@cache
def peer(name: str) -> Draft7Validator:
    """Return jsonschema's validator of a schema, or of one definition: `circleci#orb`."""
    document, _, part = name.partition("#")
    schema = standard(load(document))
    return Draft7Validator(
        {"definitions": schema["definitions"], **schema["definitions"][part]} if part else schema
    )


@cache
def real_files() -> list[tuple[str, Any]]:
    """Return what the repository's own files say, each with the name of its schema; the same once."""
    found = {}
    for path in sorted((*ROOT.glob("tests/cases/**/*.y*ml"), *ROOT.glob("examples/**/*.y*ml"))):
        if path.stat().st_size > SMALL:
            continue
        file = make(path.relative_to(ROOT).as_posix(), path.read_text("utf-8", "replace"), Options())
        if file.kind.schema and file.document is not None and file.document.root is not None:
            found[schema_of(file), json.dumps(file.data)] = schema_of(file), file.data
    return list(found.values())


def agrees(name: str, data: Any) -> None:
    """Hold one verdict, and the places of the faults, against jsonschema's."""
    judge, other = checker(name), peer(name)
    assert judge.valid(data) == other.is_valid(data)
    if judge.valid(data):
        return
    seen = set(places(other.iter_errors(data)))
    faults = explain(judge, data)
    assert 0 < len(faults) <= MAX_FAULTS
    for fault in faults:
        at_item = fault.on_key or fault.message.endswith("stands twice")
        assert fault.path in seen or (at_item and fault.path[:-1] in seen), (fault, seen)


def places(errors: Iterator[ValidationError] | list[ValidationError]) -> Iterator[tuple[str | int, ...]]:
    """Yield where jsonschema sees something wrong, in alternatives, too."""
    for error in errors:
        yield tuple(error.absolute_path)
        yield from places(error.context or [])


def test_jsonschema_judges_the_files_of_the_repository_alike() -> None:
    assert {name.partition("#")[0] for name, _ in real_files()} == set(SHIPPED)
    for name, data in real_files():
        agrees(name, data)


JUNK = st.sampled_from(
    [None, True, False, 0, 1, -1, 1.0, 2.5, 1000, "", "x", "a b", "<< x >>", "${{ x }}", "$X", "5m", "/a/"]
) | st.sampled_from([[], {}, ["a"], ["a", "a"], [{}], {"a": 1}, {"run": "x"}, {"image": "x"}, {"name": "x"}])
WORDS = st.sampled_from(
    [
        "steps",
        "run",
        "script",
        "image",
        "name",
        "when",
        "type",
        "jobs",
        "only",
        "rules",
        "branches",
        "needs",
        "x",
    ]
)


@st.composite
def mistaken(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw a real file with one mistake or a few."""
    name, data = draw(st.sampled_from(real_files()))
    data = deepcopy(data)
    for _ in range(draw(st.integers(1, 3))):
        spots = list(entries(data))
        if spots:
            spoil(draw, *draw(st.sampled_from(spots)))
    return name, data


def entries(data: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every mapping or list in a value with each of its keys."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield data, key
        if isinstance(value, dict | list):
            yield from entries(value)


def spoil(draw: st.DrawFn, where: Any, key: Any) -> None:
    """Make one mistake: a value replaced, left out, wrapped; a key misspelt, added, said in another case."""
    match draw(st.integers(0, 6)):
        case 0:
            del where[key]
        case 1:
            where[key] = [where[key]]
        case 2:
            where[key] = {draw(WORDS): where[key]}
        case 3 if isinstance(where, dict):
            where[draw(WORDS)] = deepcopy(draw(JUNK))
        case 4 if isinstance(where, dict):
            where[f"{key}s"] = where.pop(key)
        case 5 if isinstance(where, dict):
            where[str(key).swapcase()] = where.pop(key)
        case 5:
            where.append(deepcopy(where[key]))
        case _:
            where[key] = deepcopy(draw(JUNK))


@settings(max_examples=200, deadline=None)
@given(mistaken())
def test_jsonschema_judges_mistaken_files_alike(case: tuple[str, Any]) -> None:
    agrees(*case)


def test_a_long_text_is_held_against_no_pattern() -> None:
    judge = Checker({"pattern": "^b"})
    assert not judge.valid("a" * MAX_PATTERN_TEXT)
    assert judge.valid("a" * (MAX_PATTERN_TEXT + 1))


def test_what_aliases_multiply_is_judged_and_explained_once_each() -> None:
    steps: list[Any] = [{"run": 1}]
    for _ in range(MAX_DEPTH // 3 - 2):
        steps = [{"when": {"condition": True, "steps": steps}}] * 2
    job = {"docker": [{"image": "a"}], "steps": steps}
    data = {"version": 2.1, "jobs": {"a": job}, "workflows": {"w": {"jobs": ["a"]}}}
    assert not checker("circleci").valid(data)
    assert len(explain(checker("circleci"), data)) <= MAX_FAULTS
