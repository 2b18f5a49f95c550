"""JSON values to arrays: numbers at NumPy's speed, and one by one where the rules on types ask for it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from mlci.models.graph import TensorSpec
from mlci.serve.errors import invalid

Array = Any
MAX_RANK = 254

TYPE_NAMES = {"float32": "float", "float64": "double", "float16": "half", "uint8": "uint8"}
WHOLE: Mapping[str, tuple[int, int]] = {
    "int8": (-(2**7), 2**7 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint8": (0, 2**8 - 1),
    "uint16": (0, 2**16 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
}
REAL: Mapping[str, tuple[int, float]] = {
    "float16": (2**11 - 1, 65504.0),
    "bfloat16": (2**8 - 1, 3.3895313892515355e38),
    "float32": (2**24 - 1, 3.4028234663852886e38),
    "float64": (2**53 - 1, 1.7976931348623157e308),
}
"""The largest whole number that all below fit, and the largest number at all."""


def convert(value: Any, spec: TensorSpec, flags: bool) -> Array | None:
    """Return numbers as an array of the input's type; None when they must be looked at one by one."""
    if flags or spec.dtype in ("string", "bool"):
        return None
    import numpy

    try:
        found = numpy.asarray(value)
    except (ValueError, OverflowError):
        return None
    kind = found.dtype.kind
    if not found.size:
        return None
    if spec.dtype in REAL and kind in "iuf":
        exact = REAL[spec.dtype][0]
        return found.astype(number_type(spec.dtype)) if (abs(found) <= exact).all() else None
    if kind in "iu" and spec.dtype in WHOLE:
        least, most = WHOLE[spec.dtype]
        return found.astype(spec.dtype) if found.min() >= least and found.max() <= most else None
    return None


def number_type(dtype: str) -> Any:
    """Return NumPy's type of a name; bfloat16 is added by a package of TensorFlow's."""
    if dtype != "bfloat16":
        return dtype
    import ml_dtypes

    return ml_dtypes.bfloat16


def build(value: Any, spec: TensorSpec) -> Array:
    """Return one value as an array, every number, text or flag in it checked.

    Raises
    ------
    RequestError : says which value is wrong
    """
    import numpy

    shape: list[int] = []
    first = value
    while isinstance(first, list) and len(shape) < MAX_RANK:
        shape.append(len(first))
        first = first[0] if first else None
    leaves = list(walk(value, tuple(shape), 0, spec.dtype))
    kind = object if spec.dtype == "string" else number_type(spec.dtype)
    held = numpy.empty(len(leaves), dtype=kind)
    held[:] = leaves
    return held.reshape(shape)


def walk(value: Any, shape: tuple[int, ...], level: int, dtype: str) -> Iterator[Any]:
    """Yield the checked values of nested lists that must have a shape."""
    if not isinstance(value, list):
        if level != len(shape):
            raise invalid(
                f"JSON Value: {show(value)} found at incorrect level: {level + 1} in the JSON DOM. "
                f"Expected at level: {len(shape)}"
            )
        yield leaf(value, dtype)
        return
    if level >= len(shape):
        raise invalid(f"Encountered list at unexpected level: {level} expected < {len(shape)}")
    if len(value) != shape[level]:
        raise invalid(
            f"Encountered list at unexpected size: {len(value)} at level: {level} "
            f"expected size: {shape[level]}"
        )
    for part in value:
        yield from walk(part, shape, level + 1, dtype)


def leaf(value: Any, dtype: str) -> Any:
    """Return one value as its type asks."""
    if dtype == "string":
        if isinstance(value, dict):
            return decode_base64(value)
        if isinstance(value, str):
            return value.encode("utf-8", "surrogatepass")
    elif dtype == "bool" and isinstance(value, bool):
        return value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if dtype in REAL:
            return real(value, dtype)
        if dtype in WHOLE and isinstance(value, int) and WHOLE[dtype][0] <= value <= WHOLE[dtype][1]:
            return value
    name = TYPE_NAMES.get(dtype, dtype)
    raise invalid(f"JSON Value: {show(value)} Type: {kind_of(value)} is not of expected type: {name}")


def real(value: int | float, dtype: str) -> int | float:
    """Return a number that a floating-point type holds without loss beyond rounding."""
    exact, largest = REAL[dtype]
    try:
        finite = isfinite(value)
        lossless = not finite or (abs(value) <= exact if isinstance(value, int) else abs(value) <= largest)
    except OverflowError:
        lossless = False
    if not lossless:
        name = TYPE_NAMES.get(dtype, dtype)
        raise invalid(f"Cannot convert JSON value: {show(value)} to {name} without loss of precision.")
    return value


def is_base64(value: dict[str, Any]) -> bool:
    """Whether an object stands for bytes."""
    return len(value) == 1 and isinstance(value.get("b64"), str)


def decode_base64(value: dict[str, Any]) -> bytes:
    if not is_base64(value):
        raise invalid(f"JSON Value: {show(value)} not formatted correctly for base64 data")
    try:
        text = value["b64"]
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid("Unable to base64 decode") from error


def kind_of(value: Any) -> str:
    """Return a JSON value's kind as messages show it."""
    if value is None:
        return "Null"
    if isinstance(value, bool):
        return str(value)
    kinds: dict[type, str] = {dict: "Object", list: "Array", str: "String"}
    return kinds.get(type(value), "Number")


def show(value: Any) -> str:
    """Return a JSON value as messages show it, cut to a line's length."""
    text = json.dumps(value)
    return text if len(text) <= 500 else text[:500] + "…"
