"""Tensors to JSON, by the rules of TensorFlow Serving's REST API."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from mlci.serve.errors import invalid

Array = Any
BYTES_SUFFIX = "_bytes"
"""Text outputs whose names end so are bytes, and go out as base64."""


def write_outputs(outputs: Mapping[str, Array], rows: bool) -> bytes:
    """Return the answer to a predict request.

    Parameters
    ----------
    outputs : by name; alone, one goes without its name
    rows : whether the request came row by row, and so the answer does

    Raises
    ------
    RequestError : the outputs do not fall into rows
    """
    if rows:
        check_batch(outputs)
    plain = {name: to_plain(name, array) for name, array in outputs.items()}
    if len(plain) == 1:
        held = next(iter(plain.values()))
    elif rows:
        held = [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]
    else:
        held = plain
    return json.dumps({"predictions" if rows else "outputs": held}).encode()


def check_batch(outputs: Mapping[str, Array]) -> None:
    """Make sure that all outputs have one row for each example."""
    size = -1
    for name, array in outputs.items():
        if array.ndim == 0:
            raise invalid(f"Tensor name: {name} has no shape information ")
        if size not in (-1, len(array)):
            raise invalid(f"Tensor name: {name} has inconsistent batch size: {len(array)} expecting: {size}")
        size = len(array)


def to_plain(name: str, array: Array) -> Any:
    """Return an array as lists of JSON values; a float goes out with no more digits than it has."""
    kind = array.dtype.kind
    if kind == "f" and array.dtype.itemsize < 8:
        return array.astype("U").astype("float64").tolist()
    if kind in "iufb":
        return array.tolist()
    if kind in "OS":
        return texts(array.tolist(), as_bytes=name.endswith(BYTES_SUFFIX))
    try:
        return to_plain(name, array.astype("float32"))
    except (TypeError, ValueError) as error:
        raise invalid(f"Failed to write JSON value for tensor type: {array.dtype.name}") from error


def texts(value: Any, *, as_bytes: bool) -> Any:
    """Return nested lists of byte strings as text, or as base64 objects."""
    if isinstance(value, list):
        return [texts(part, as_bytes=as_bytes) for part in value]
    raw = value if isinstance(value, bytes) else str(value).encode()
    return {"b64": base64.b64encode(raw).decode()} if as_bytes else raw.decode("utf-8", "replace")
