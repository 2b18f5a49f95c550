"""What each keyword of JSON Schema (draft 7) checks; about another type of value it always holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlci.lint.schema.checker import Check, Checker, Schema, every, fits, pattern_of, same

Keywords = dict[str, Any]


def checks_of(checker: Checker, schema: Keywords) -> list[Check]:
    """Return the checks of all keywords of one part, cheap ones first."""
    return [make(checker, schema) for words, make in MAKERS if not words.isdisjoint(schema)]


def is_integer(value: Any) -> bool:
    """Tell whether a value is a whole number; 1.0 is one, true is none."""
    return type(value) is int or (type(value) is float and value.is_integer())


def is_number(value: Any) -> bool:
    """Tell whether a value is a number; true is none."""
    return type(value) is int or type(value) is float


TYPES: dict[str, Check] = {
    "object": lambda value: type(value) is dict,
    "array": lambda value: type(value) is list,
    "string": lambda value: type(value) is str,
    "boolean": lambda value: type(value) is bool,
    "null": lambda value: value is None,
    "integer": is_integer,
    "number": is_number,
}


def kind(checker: Checker, schema: Keywords) -> Check:
    """`type`."""
    names = schema["type"]
    if isinstance(names, str):
        return TYPES[names]
    tests = tuple(TYPES[name] for name in names)
    return lambda value: any(test(value) for test in tests)


def enum(checker: Checker, schema: Keywords) -> Check:
    """`enum`; Azure's `ignoreCase` compares texts without case."""
    values = schema["enum"]
    texts = {value for value in values if isinstance(value, str)}
    if schema.get("ignoreCase") in ("value", "all"):
        lower = {text.lower() for text in texts}
        return lambda value: value.lower() in lower if type(value) is str else value in values
    return lambda value: value in texts if type(value) is str else any(same(value, one) for one in values)


def const(checker: Checker, schema: Keywords) -> Check:
    """`const`."""
    wanted = schema["const"]
    return lambda value: same(value, wanted)


def text(checker: Checker, schema: Keywords) -> Check:
    """`minLength`, `maxLength`, `pattern`."""
    low, high = schema.get("minLength", 0), schema.get("maxLength", float("inf"))
    pattern = schema.get("pattern")

    def check(value: Any) -> bool:
        if type(value) is not str:
            return True
        return low <= len(value) <= high and (pattern is None or fits(pattern, value))

    return check


def number(checker: Checker, schema: Keywords) -> Check:
    """`minimum`, `maximum`, their exclusive forms, `multipleOf`."""
    low, high = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
    above, below = schema.get("exclusiveMinimum", float("-inf")), schema.get("exclusiveMaximum", float("inf"))
    step = schema.get("multipleOf")

    def check(value: Any) -> bool:
        if not is_number(value):
            return True
        return low <= value <= high and above < value < below and (step is None or value % step == 0)

    return check


def required(checker: Checker, schema: Keywords) -> Check:
    """`required`."""
    names = schema["required"]
    if "ignoreCase" in schema:
        return lambda value: type(value) is not dict or not missing(schema, value)
    return lambda value: type(value) is not dict or all(name in value for name in names)


def missing(schema: Keywords, value: dict[str, Any]) -> list[str]:
    """Return the required keys a mapping lacks; Azure's `ignoreCase` takes keys in any case."""
    given = {name.lower() for name in value} if "ignoreCase" in schema else value
    return [
        name for name in schema["required"] if (name.lower() if "ignoreCase" in schema else name) not in given
    ]


def size(checker: Checker, schema: Keywords) -> Check:
    """`minProperties`, `maxProperties`, `minItems`, `maxItems`."""
    low, high = schema.get("minProperties", 0), schema.get("maxProperties", float("inf"))
    least, most = schema.get("minItems", 0), schema.get("maxItems", float("inf"))

    def check(value: Any) -> bool:
        if type(value) is dict:
            return bool(low <= len(value) <= high)
        return type(value) is not list or bool(least <= len(value) <= most)

    return check


def unique(checker: Checker, schema: Keywords) -> Check:
    """`uniqueItems`."""
    if not schema["uniqueItems"]:
        return lambda value: True
    return lambda value: type(value) is not list or repeated(value) is None


def repeated(items: list[Any]) -> int | None:
    """Return the index of the first item that stood before."""
    from json import dumps

    met: set[str] = set()
    for index, item in enumerate(items):
        word = dumps(item, sort_keys=True)
        if word in met:
            return index
        met.add(word)
    return None


def parts_for(schema: Keywords, name: str) -> list[Schema]:
    """Return the parts of a schema that an entry of this name must satisfy."""
    own = schema.get("properties", {})
    if "ignoreCase" in schema and name not in own:
        name = next((one for one in own if one.lower() == name.lower()), name)
    parts = [own[name]] if name in own else []
    parts += [
        part for text, part in schema.get("patternProperties", {}).items() if pattern_of(text).search(name)
    ]
    if not parts and "additionalProperties" in schema:
        parts = [schema["additionalProperties"]]
    return parts


def entries(checker: Checker, schema: Keywords) -> Check:
    """`properties`, `patternProperties`, `additionalProperties`."""
    made: dict[str, Check] = {}
    own = schema.get("properties", {})

    def check(value: Any) -> bool:
        if type(value) is not dict:
            return True
        for name, item in value.items():
            test = made.get(name)
            if test is None:
                parts = parts_for(schema, name)
                test = checker.check(parts[0]) if len(parts) == 1 else every(map(checker.check, parts))
                if name in own:  # others are the user's names, of which there is no end
                    made[name] = test
            if not test(item):
                return False
        return True

    return check


def items(checker: Checker, schema: Keywords) -> Check:
    """`items`, `additionalItems`."""
    given = schema["items"]
    if isinstance(given, list):
        rest = schema.get("additionalItems", True)

        def by_place(value: Any) -> bool:
            if type(value) is not list:
                return True
            parts = [*given, *[rest] * (len(value) - len(given))]
            return all(checker.check(part)(item) for part, item in zip(parts, value, strict=False))

        return by_place

    def check(value: Any) -> bool:
        if type(value) is not list:
            return True
        test = checker.check(given)
        return all(map(test, value))

    return check


def contains(checker: Checker, schema: Keywords) -> Check:
    """`contains`."""
    part = schema["contains"]
    return lambda value: type(value) is not list or any(map(checker.check(part), value))


def names(checker: Checker, schema: Keywords) -> Check:
    """`propertyNames`."""
    part = schema["propertyNames"]
    return lambda value: type(value) is not dict or all(map(checker.check(part), value))


def dependencies(checker: Checker, schema: Keywords) -> Check:
    """`dependencies`."""
    given = schema["dependencies"]

    def holds(value: dict[str, Any], need: Any) -> bool:
        if isinstance(need, list):
            return all(name in value for name in need)
        return checker.check(need)(value)

    return lambda value: (
        type(value) is not dict or all(holds(value, need) for name, need in given.items() if name in value)
    )


def all_of(checker: Checker, schema: Keywords) -> Check:
    """`allOf`."""
    return every(map(checker.check, schema["allOf"]))


def any_of(checker: Checker, schema: Keywords) -> Check:
    """`anyOf`."""
    parts = schema["anyOf"]

    def check(value: Any) -> bool:
        for part in parts:  # noqa: SIM110 -- a generator costs more than most checks
            if checker.check(part)(value):
                return True
        return False

    return check


def one_of(checker: Checker, schema: Keywords) -> Check:
    """`oneOf`."""
    parts = schema["oneOf"]

    def check(value: Any) -> bool:
        found = False
        for part in parts:
            if checker.check(part)(value):
                if found:
                    return False
                found = True
        return found

    return check


def negation(checker: Checker, schema: Keywords) -> Check:
    """`not`."""
    part = schema["not"]
    return lambda value: not checker.check(part)(value)


def conditional(checker: Checker, schema: Keywords) -> Check:
    """`if`, `then`, `else`."""

    def check(value: Any) -> bool:
        branch = "then" if checker.check(schema["if"])(value) else "else"
        return branch not in schema or checker.check(schema[branch])(value)

    return check


Maker = Callable[[Checker, Keywords], Check]
MAKERS: tuple[tuple[frozenset[str], Maker], ...] = (
    (frozenset(["type"]), kind),
    (frozenset(["enum"]), enum),
    (frozenset(["const"]), const),
    (frozenset(["minLength", "maxLength", "pattern"]), text),
    (frozenset(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]), number),
    (frozenset(["required"]), required),
    (frozenset(["minProperties", "maxProperties", "minItems", "maxItems"]), size),
    (frozenset(["properties", "patternProperties", "additionalProperties"]), entries),
    (frozenset(["items"]), items),
    (frozenset(["dependencies"]), dependencies),
    (frozenset(["propertyNames"]), names),
    (frozenset(["uniqueItems"]), unique),
    (frozenset(["contains"]), contains),
    (frozenset(["not"]), negation),
    (frozenset(["if"]), conditional),
    (frozenset(["allOf"]), all_of),
    (frozenset(["anyOf"]), any_of),
    (frozenset(["oneOf"]), one_of),
)
