"""Mappings with known keys: dataclasses whose fields say which key they are and what it may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields
from typing import Any, NamedTuple

from mlci.findings import suggest
from mlci.language.shapes import Reading, Schema, Shape, check_key, wrong_type
from mlci.yaml.document import Key


class Keyed(NamedTuple):
    """What a field of a language dataclass says of itself: its key in the file, shape and description."""

    name: str
    shape: Shape
    doc: str


def key(shape: Shape, doc: str, default: Any = MISSING, *, name: str = "") -> Any:
    """Declare a dataclass field that is read from the key of that name.

    Parameters
    ----------
    shape : what its value may be
    doc : one sentence for the editor schema and the reference page
    default : its value when the key is absent; without one the key is required
    name : the key, where it is no Python identifier (`with`, `if`)
    """
    metadata = {"key": Keyed(name, shape, doc)}
    if default is MISSING:
        return field(metadata=metadata)
    if isinstance(default, dict | list):
        return field(default_factory=type(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def keys(record: type) -> dict[str, tuple[Field[Any], Keyed]]:
    """Return the keys of a language dataclass: key -> (field, what it says)."""
    found = {}
    for each in fields(record):
        if "key" in each.metadata:
            said: Keyed = each.metadata["key"]
            found[said.name or each.name] = (each, said)
    return found


def required(each: Field[Any]) -> bool:
    """Tell whether a field must be given."""
    return each.default is MISSING and each.default_factory is MISSING


class Record:
    """A mapping with known keys, kept as a dataclass.

    Parameters
    ----------
    type : the dataclass; its fields made by `key` are the keys
    what : its name in messages: "stage"
    others : keys that are no fields: name -> shape, kept together in the dataclass's field `others`
    """

    def __init__(
        self, type: type, what: str, others: Callable[[], Mapping[str, Shape]] = dict, what_others: str = ""
    ) -> None:
        self.type = type
        self.what = what
        self.others = others
        self.what_others = what_others

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict)

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        return self.build(value, path, reading)

    def build(self, value: Any, path: tuple[Key, ...], reading: Reading, **given: Any) -> Any:
        """Read a mapping into the dataclass; `given` are its fields that are no keys."""
        if not isinstance(value, dict):
            wrong_type(self, value, path, reading)
            return None
        known, others = keys(self.type), self.others()
        rest: dict[str, Any] = {}
        before = len(reading.findings)
        for name, each in value.items():
            if name in known:
                attribute, said = known[name]
                given[attribute.name] = said.shape.read(each, (*path, name), reading)
            elif name in others:
                rest[name] = others[name].read(each, (*path, name), reading)
            else:
                self.unknown(name, path, reading, [*known, *others])
        for name, (attribute, _) in known.items():
            if required(attribute) and attribute.name not in given:
                where = f" in {self.title(path)}"
                reading.say(path, f"missing key '{name}'{where}", "missing-key", f"add '{name}:'", key=True)
        if len(reading.findings) > before:
            return None
        return self.type(**given, **({"others": rest} if others else {}))

    def unknown(self, name: str, path: tuple[Key, ...], reading: Reading, known: list[str]) -> None:
        expected = ", ".join(sorted(known))
        said = f"unknown key '{name}' in {self.title(path)}; expected one of {expected}"
        reading.say((*path, name), said, "unknown-key", suggest(name, known), key=True)

    def title(self, path: tuple[Key, ...]) -> str:
        """Name the mapping: "stage 'train'"."""
        named = path and isinstance(path[-1], str) and path[-1] != self.what
        return f"{self.what} '{path[-1]}'" if named else self.what

    def schema(self) -> Schema:
        known = keys(self.type)
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                **{
                    name: {"description": said.doc, **said.shape.schema()}
                    for name, (_, said) in known.items()
                },
                **{name: shape.schema() for name, shape in self.others().items()},
            },
            "required": [name for name, (attribute, _) in known.items() if required(attribute)],
        }

    def expects(self) -> str:
        return f"a mapping ({', '.join(keys(self.type))})"


class Named:
    """A mapping of names to records, each of which keeps its name in its field `name`."""

    def __init__(self, key: Shape, record: Record) -> None:
        self.key = key
        self.record = record

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict)

    def read(self, value: Any, path: tuple[Key, ...], reading: Reading) -> Any:
        if not isinstance(value, dict):
            wrong_type(self, value, path, reading)
            return {}
        if not value:
            reading.say(path, f"'{path[-1]}' is empty; expected at least one {self.record.what}", "bad-value")
        built = {}
        for name, each in value.items():
            check_key(self.key, name, (*path, name), reading)
            built[name] = self.record.build(each, (*path, name), reading, name=name)
        return built

    def schema(self) -> Schema:
        return {
            "type": "object",
            "minProperties": 1,
            "propertyNames": self.key.schema(),
            "additionalProperties": self.record.schema(),
        }

    def expects(self) -> str:
        return f"a mapping of names to {self.record.what}s"
