"""What a data schema file may say: `rows` and, for each field, its type, shape, range, classes and gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlci.errors import InputError
from mlci.findings import Finding, suggest
from mlci.yaml.document import Document, read_document

NUMBER_KINDS: Mapping[str, str] = {"int": "iu", "float": "f", "number": "iuf", "text": "US", "bool": "b"}
"""Loose types and the numpy kinds they admit; any other type is numpy's own name for it, such as float32."""


@dataclass(frozen=True)
class FieldSchema:
    """What one array or column must be; None where nothing is asked."""

    dtype: str | None = None
    shape: tuple[int | None, ...] | None = None
    min: float | None = None
    max: float | None = None
    classes: tuple[int | str, ...] | None = None
    missing: float = 0.0
    """The largest share of NaN or empty values, 0 to 1."""
    balance: float | None = None
    """The smallest share that the rarest class may have, 0 to 1."""


@dataclass(frozen=True)
class DataSchema:
    """What a data file must hold."""

    fields: Mapping[str, FieldSchema]
    least: int | None = None
    most: int | None = None


def read_schema(path: Path, name: str) -> DataSchema:
    """Read a schema file.

    Raises
    ------
    InputError : it is no YAML, or says something a schema cannot say, at its line and column
    """
    document = read_document(path, name)
    reader = SchemaReader(document)
    schema = reader.schema()
    if reader.findings:
        raise InputError(reader.findings)
    return schema


class SchemaReader:
    """Reads a schema and gathers what is wrong with it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []

    def say(
        self, path: tuple[str | int, ...], message: str, help: str | None = None, *, key: bool = False
    ) -> None:
        """Note a mistake at a value, or at its key."""
        mark = self.document.mark(path, key=key)
        self.findings.append(Finding(mark, message, "data-schema", "error", help))

    def schema(self) -> DataSchema:
        """Return the whole schema."""
        top = self.table((), {"rows", "fields"})
        rows = self.table(("rows",), {"min", "max"}) if "rows" in top else {}
        names = self.document.data.get("fields") if isinstance(self.document.data, dict) else None
        if not isinstance(names, dict) or not names:
            self.say((), "a data schema needs 'fields'", "fields: {x: {dtype: float32}, y: {dtype: int64}}")
            names = {}
        fields = {str(name): self.field(str(name)) for name in names}
        whole = {key: self.whole(("rows", key), rows[key]) for key in rows}
        return DataSchema(fields, whole.get("min"), whole.get("max"))

    def table(self, path: tuple[str, ...], known: set[str]) -> dict[str, Any]:
        """Return the mapping at a path, its unknown keys noted and left out."""
        held = self.document.data
        for step in path:
            held = held[step]
        if held is None:
            return {}
        if not isinstance(held, dict):
            self.say(path, f"{path[-1] if path else 'a data schema'} must be a mapping")
            return {}
        for key in held:
            if key not in known:
                help = suggest(str(key), known) or f"expected one of {', '.join(sorted(known))}"
                self.say((*path, key), f"unknown key '{key}'", help, key=True)
        return {key: value for key, value in held.items() if key in known}

    def field(self, name: str) -> FieldSchema:
        """Return one field's schema."""
        path = ("fields", name)
        held = self.table(path, {"dtype", "shape", "min", "max", "classes", "missing", "balance"})
        share = {key: self.share((*path, key), held[key]) for key in ("missing", "balance") if key in held}
        return FieldSchema(
            self.dtype((*path, "dtype"), held["dtype"]) if "dtype" in held else None,
            self.shape((*path, "shape"), held["shape"]) if "shape" in held else None,
            self.number((*path, "min"), held["min"]) if "min" in held else None,
            self.number((*path, "max"), held["max"]) if "max" in held else None,
            self.classes((*path, "classes"), held["classes"]) if "classes" in held else None,
            share.get("missing") or 0.0,
            share.get("balance"),
        )

    def dtype(self, path: tuple[str, ...], value: Any) -> str | None:
        """Return a type's name."""
        if isinstance(value, str) and value:
            return value
        self.say(
            path, "dtype must be the name of a type", "float32, int64, or int, float, number, text, bool"
        )
        return None

    def shape(self, path: tuple[str, ...], value: Any) -> tuple[int | None, ...] | None:
        """Return a shape."""
        sizes = value if isinstance(value, list) else [-1]
        if all(
            size is None or (isinstance(size, int) and not isinstance(size, bool) and size >= 0)
            for size in sizes
        ):
            return tuple(sizes)
        self.say(path, "shape must be a list of sizes", "[null, 28, 28]; null admits any size")
        return None

    def classes(self, path: tuple[str, ...], value: Any) -> tuple[int | str, ...] | None:
        """Return a list of classes; a number n stands for 0 to n - 1."""
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 1_000_000:
            return tuple(range(value))
        plain = isinstance(value, list) and all(
            isinstance(item, int | str) and not isinstance(item, bool) for item in value
        )
        if plain and value:
            return tuple(value)
        self.say(path, "classes must be a list of labels, or how many there are", "classes: 10")
        return None

    def number(self, path: tuple[str, ...], value: Any) -> float | None:
        """Return a finite number."""
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf"):
            return float(value)
        self.say(path, f"'{path[-1]}' must be a number")
        return None

    def share(self, path: tuple[str, ...], value: Any) -> float | None:
        """Return a share between 0 and 1."""
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
        self.say(path, f"'{path[-1]}' must be a share between 0 and 1")
        return None

    def whole(self, path: tuple[str, ...], value: Any) -> int | None:
        """Return a whole number."""
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self.say(path, f"'{path[-1]}' must be a whole number, 0 or more")
        return None
