"""TensorFlow's checkpoint format, read without TensorFlow: an index table beside shards of raw bytes.

The index is a LevelDB table without compression whose values are `BundleEntryProto` messages
(tensorflow/core/protobuf/tensor_bundle.proto, tensorflow/core/lib/io/table_format).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from mlci.models.sources import Source
from mlci.models.tensors import Tensor, digest_range
from mlci.models.wire import Malformed, Value, fields, message, number, signed, varint

FOOTER = 48
MAGIC = 0xDB4775248B80FB57
MAX_INDEX = 256 * 2**20
OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
"""A description of Python objects that TensorFlow keeps beside the weights; no weight itself."""

NAMES = {
    1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 7: "string", 8: "complex64",
    9: "int64", 10: "bool", 14: "bfloat16", 17: "uint16", 18: "complex128", 19: "float16", 22: "uint32",
    23: "uint64",
}  # fmt: skip


def read_tensors(source: Source, prefix: str) -> Iterator[Tensor]:
    """Yield the tensors of a checkpoint in the order of their names.

    Parameters
    ----------
    source : where the files lie
    prefix : the checkpoint's name in it, "variables/variables" in a SavedModel

    Raises
    ------
    Malformed : the index or a shard is not what the format asks for
    """
    with source.open(f"{prefix}.index") as file:
        table = file.read(MAX_INDEX + 1)
    if len(table) > MAX_INDEX:
        raise Malformed("the checkpoint's index is too large")
    shards = 1
    for key, value in table_entries(memoryview(table)):
        if key == b"":
            shards = header_shards(value)
        elif key != OBJECT_GRAPH.encode():
            yield read_tensor(source, prefix, shards, key.decode("utf-8", "backslashreplace"), value)


def header_shards(value: memoryview) -> int:
    """Return the number of shards that a checkpoint's header names; refuse big-endian data."""
    parts: dict[int, Value] = dict(fields(value))
    if parts.get(2, 0) != 0:
        raise Malformed("the checkpoint is big-endian")
    return number(parts.get(1, 1))


def read_tensor(source: Source, prefix: str, shards: int, name: str, value: memoryview) -> Tensor:
    """Digest one tensor's bytes where its index entry says they lie."""
    parts: dict[int, Value] = dict(fields(value))
    dtype, shard, offset, size = (number(parts.get(place, 0)) for place in (1, 3, 4, 5))
    shape = read_shape(message(parts.get(2, memoryview(b""))))
    file_name = f"{prefix}.data-{shard:05d}-of-{shards:05d}"
    content = digest_range(source, file_name, offset, size)
    return Tensor(name, NAMES.get(dtype, f"dtype{dtype}"), shape, content)


def read_shape(data: memoryview) -> tuple[int, ...]:
    """Read a TensorShapeProto; an unknown size is -1."""
    dims = []
    for found, part in fields(data):
        if found == 2:
            sizes = [signed(size) for place, size in fields(message(part)) if place == 1]
            dims.append(sizes[-1] if sizes else 0)
    return tuple(dims)


def table_entries(table: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Yield the keys and values of a LevelDB table in order."""
    if len(table) < FOOTER or struct.unpack("<Q", table[-8:])[0] != MAGIC:
        raise Malformed("the checkpoint's index has no table footer")
    footer = table[-FOOTER:]
    _, at = varint(footer, 0)
    _, at = varint(footer, at)
    for _, handle in block_entries(read_block(table, footer, at)):
        yield from block_entries(read_block(table, handle, 0))


def read_block(table: memoryview, handle: memoryview, at: int) -> memoryview:
    offset, at = varint(handle, at)
    size, _ = varint(handle, at)
    if offset + size + 5 > len(table):
        raise Malformed("a block of the checkpoint's index lies outside it")
    if table[offset + size] != 0:
        raise Malformed("the checkpoint's index is compressed")
    return table[offset : offset + size]


def block_entries(block: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Yield a block's keys and values; a key shares its beginning with the one before."""
    if len(block) < 4:
        raise Malformed("a block of the checkpoint's index is too short")
    end = len(block) - 4 * (struct.unpack("<I", block[-4:])[0] + 1)
    if end < 0:
        raise Malformed("a block of the checkpoint's index is too short")
    at, key = 0, b""
    while at < end:
        shared, at = varint(block, at)
        fresh, at = varint(block, at)
        size, at = varint(block, at)
        if shared > len(key) or at + fresh + size > end:
            raise Malformed("an entry of the checkpoint's index runs past its block")
        key = key[:shared] + bytes(block[at : at + fresh])
        yield key, block[at + fresh : at + fresh + size]
        at += fresh + size
