"""The protobuf wire format, read without protobuf: enough to look into a saved model."""

from __future__ import annotations

import struct
from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

Value = int | memoryview
"""A varint or fixed number, or the bytes of a string, a message or a packed list."""


class Malformed(ValueError):
    """The bytes are not what their format asks for."""


def varint(data: memoryview, at: int) -> tuple[int, int]:
    """Return a base-128 number of at most 64 bits and the offset behind it."""
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Malformed("a number runs past its end")
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data: memoryview) -> Iterator[tuple[int, Value]]:
    """Yield a message's (field number, value) pairs in the order they are written."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = varint(data, at)
            yield number, value
            continue
        if kind == BYTES:
            size, at = varint(data, at)
        elif kind in (FIXED32, FIXED64):
            size = 4 if kind == FIXED32 else 8
        else:
            raise Malformed(f"wire type {kind} is not in use")
        if at + size > len(data):
            raise Malformed("a field runs past the end of its message")
        piece = data[at : at + size]
        at += size
        yield number, piece if kind == BYTES else struct.unpack("<I" if size == 4 else "<Q", piece)[0]


def only(data: memoryview, number: int) -> list[Value]:
    return [value for found, value in fields(data) if found == number]


def message(value: Value) -> memoryview:
    """Return a value as the bytes of a message; a number in its place is malformed."""
    if isinstance(value, int):
        raise Malformed("a number stands where a message is expected")
    return value


def text(value: Value) -> str:
    try:
        return str(message(value), "utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("a name is not UTF-8") from error


def number(value: Value) -> int:
    """Return a value as a number; a message in its place is malformed."""
    if not isinstance(value, int):
        raise Malformed("a message stands where a number is expected")
    return value


def signed(value: Value) -> int:
    found = number(value)
    return found - (1 << 64) if found >= 1 << 63 else found


def entry(value: Value) -> tuple[str, memoryview]:
    key, held = "", memoryview(b"")
    for found, part in fields(message(value)):
        if found == 1:
            key = text(part)
        elif found == 2:
            held = message(part)
    return key, held
