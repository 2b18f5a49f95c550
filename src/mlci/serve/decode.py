"""JSON to tensors, by the rules of TensorFlow Serving's REST API.

A well-formed request is read at NumPy's speed; only one that is not, or that holds text or booleans, is
walked value by value, for the rules on types and for the message that says which value broke them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mlci.models.graph import TensorSpec
from mlci.serve.errors import RequestError, invalid
from mlci.serve.values import build, convert, is_base64, show

Array = Any


def parse(body: bytes) -> dict[str, Any]:
    """Read a request's JSON object; NaN, Infinity and -Infinity are numbers.

    Raises
    ------
    RequestError : it is empty, no JSON, or no object
    """
    if not body:
        raise invalid("JSON Parse error: The document is empty")
    try:
        document = json.loads(body)
    except json.JSONDecodeError as error:
        said = "Invalid value." if error.msg == "Expecting value" else error.msg
        raise invalid(f"JSON Parse error: {said} at offset: {error.pos}") from error
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise invalid(f"JSON Parse error: {error}") from error
    if not isinstance(document, dict):
        raise invalid(f"JSON Value: {show(document)} Is not object")
    return document


def read_inputs(
    document: Mapping[str, Any], specs: Mapping[str, TensorSpec], flags: bool
) -> tuple[dict[str, Array], bool]:
    """Return the request's tensors by input, and whether it came row by row.

    Parameters
    ----------
    document : the request
    specs : the signature's inputs
    flags : whether the request's text holds "true" or "false", which NumPy would take for numbers

    Raises
    ------
    RequestError : the request does not follow the API
    """
    if "instances" in document:
        if "inputs" in document:
            raise invalid(
                f"JSON Value: {show(document)} Not formatted correctly expecting only one of 'inputs' or "
                "'instances' keys to exist "
            )
        return read_rows(document, specs, flags), True
    if "inputs" not in document:
        raise invalid("Missing 'inputs' or 'instances' key")
    return read_columns(document["inputs"], specs, flags), False


def read_rows(document: Mapping[str, Any], specs: Mapping[str, TensorSpec], flags: bool) -> dict[str, Array]:
    """Return the tensors of `instances`: one value, or one object of named values, for each example."""
    rows = document["instances"]
    if not isinstance(rows, list):
        raise invalid(f"JSON Value: {show(document)} Excepting 'instances' to be an list/array")
    if not rows:
        raise invalid(f"JSON Value: {show(document)} No values in 'instances' array")
    if not isinstance(rows[0], dict) and len(specs) > 1:
        raise invalid(
            "instances is a plain list, but expecting list of objects as multiple input tensors required as "
            "per tensorinfo_map"
        )
    if is_object(rows[0]):
        return read_objects(rows, specs, flags)
    name, spec = next(iter(specs.items()))
    fast = convert(rows, spec, flags)
    return {name: fast if fast is not None else stack(rows, name, spec)}


def read_objects(rows: list[Any], specs: Mapping[str, TensorSpec], flags: bool) -> dict[str, Array]:
    """Return the tensors of a list of objects, whose keys are exactly the inputs."""
    names = specs.keys()
    for place, row in enumerate(rows):
        if not is_object(row):
            raise invalid(f"Expecting object but got list at item {place} of input list")
        for key in row:
            if key not in names:
                raise invalid(
                    f"Failed to process element: {place} key: {key} of 'instances' list. Error: "
                    f"INVALID_ARGUMENT: JSON object: does not have named input: {key}"
                )
        if row.keys() != names:
            raise invalid(
                f"Failed to process element: {place} of 'instances' list. JSON object: {show(row)} keys must "
                f"be equal to: {','.join(sorted(names))}"
            )
    tensors = {}
    for name, spec in specs.items():
        column = [row[name] for row in rows]
        fast = convert(column, spec, flags)
        tensors[name] = fast if fast is not None else stack(column, f" key: {name}", spec, named=True)
    return tensors


def read_columns(value: Any, specs: Mapping[str, TensorSpec], flags: bool) -> dict[str, Array]:
    """Return the tensors of `inputs`: one value, or an object of one for each input; others are ignored."""
    if not is_object(value):
        if len(specs) > 1:
            raise invalid(
                "inputs is a plain value/list, but expecting an object as multiple input tensors required as "
                "per tensorinfo_map"
            )
        value = {next(iter(specs)): value}
    tensors = {}
    for name, spec in specs.items():
        if name not in value:
            raise invalid(f"Missing named input: {name} in 'inputs' object.")
        fast = convert(value[name], spec, flags)
        tensors[name] = fast if fast is not None else build(value[name], spec)
    return tensors


def is_object(value: Any) -> bool:
    """Whether a value is an object of named values, and not one base64 text."""
    return isinstance(value, dict) and not is_base64(value)


def stack(rows: list[Any], name: str, spec: TensorSpec, *, named: bool = False) -> Array:
    """Return one array of all examples, each read value by value and of one shape.

    Raises
    ------
    RequestError : says which example is wrong, and how
    """
    import numpy

    arrays: list[Array] = []
    for place, row in enumerate(rows):
        if not named and is_object(row):
            raise invalid(f"Expecting value/list but got object at item {place} of input list")
        try:
            array = build(row, spec)
            if arrays and array.size != arrays[0].size:
                raise invalid(f"Expecting tensor size: {arrays[0].size} but got: {array.size}")
            if arrays and array.shape != arrays[0].shape:
                raise invalid(f"Expecting shape {shape_text(arrays[0])} but got: {shape_text(array)}")
        except RequestError as error:
            which = f"{place}{name}" if named else str(place)
            said = f"Failed to process element: {which} of 'instances' list. Error: INVALID_ARGUMENT: {error}"
            raise invalid(said) from error
        arrays.append(array)
    return numpy.stack(arrays)


def shape_text(array: Array) -> str:
    return f"[{','.join(map(str, array.shape))}]"
