"""The part of HDF5 that Keras writes, read in pure Python: groups of contiguous arrays.

A file that uses more (chunks, compression, new-style groups) raises `Unsupported`; h5py reads those.
Reading it here keeps the identity of a model the same whether or not h5py is installed, and keeps
hostile files away from a C library. Layout: the HDF5 File Format Specification, version 1.1.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from mlci.models.wire import Malformed

SIGNATURE = b"\x89HDF\r\n\x1a\n"
UNDEFINED = 2**64 - 1
MAX_OBJECTS = 1_000_000
MAX_PIECE = 64 * 2**20
"""No header, name heap or tree node of a model is larger."""


class Unsupported(Exception):
    """The file uses a part of HDF5 that this reader leaves to h5py."""


class Array(NamedTuple):
    """Where one array lies."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    offset: int
    size: int


@dataclass
class Reader:
    """One open file."""

    file: BinaryIO
    base: int = 0
    objects: int = 0

    def read(self, offset: int, size: int) -> bytes:
        if size > MAX_PIECE:
            raise Malformed("the HDF5 file holds an oversized header")
        self.file.seek(self.base + offset)
        data = self.file.read(size)
        if len(data) != size:
            raise Malformed("the HDF5 file is truncated")
        return data

    def arrays(self) -> Iterator[Array]:
        """Yield every array below the root group.

        Raises
        ------
        Malformed : the file is no HDF5 file, or damaged
        Unsupported : it uses what only h5py reads
        """
        head = self.read(0, 96)
        if head[:8] != SIGNATURE:
            raise Malformed("the file is no HDF5 file")
        if head[8] != 0 or head[13] != 8 or head[14] != 8:
            raise Unsupported(f"superblock version {head[8]}")
        self.base = struct.unpack_from("<Q", head, 24)[0]
        yield from self.group(struct.unpack_from("<Q", head, 64)[0], "", 0)

    def group(self, header: int, path: str, depth: int) -> Iterator[Array]:
        """Yield the arrays of the object at `header`: itself, or those of the group that it is."""
        self.objects += 1
        if depth > 64 or self.objects > MAX_OBJECTS:
            raise Malformed("the HDF5 file is nested too deeply")
        messages = dict(self.messages(header))
        if 0x0011 in messages:
            tree, heap = struct.unpack_from("<QQ", messages[0x0011])
            for name, child in self.children(tree, self.heap(heap), 0):
                yield from self.group(child, f"{path}/{name}" if path else name, depth + 1)
        elif 0x0008 in messages:
            yield read_array(path, messages)
        elif 0x0002 in messages or 0x0006 in messages:
            raise Unsupported("a group of the new style")

    def messages(self, header: int) -> Iterator[tuple[int, bytes]]:
        """Yield the messages of an object header and of its continuations."""
        version, _, count, _, size = struct.unpack("<BBHII", self.read(header, 12))
        if version != 1:
            raise Unsupported(f"object header version {version}")
        blocks = [(header + 16, size)]
        while blocks and count:
            offset, size = blocks.pop(0)
            block = self.read(offset, size)
            at = 0
            while at + 8 <= len(block) and count:
                kind, length, flags = struct.unpack_from("<HHB", block, at)
                body = block[at + 8 : at + 8 + length]
                if flags & 2:
                    raise Unsupported("a shared message")
                if kind == 0x0010:
                    blocks.append(struct.unpack("<QQ", body[:16].ljust(16, b"\0")))
                else:
                    yield kind, body
                at += 8 + length
                count -= 1

    def heap(self, offset: int) -> bytes:
        """Return a local heap's data: the names of a group's members."""
        signature, _, size, _, data = struct.unpack("<4s4sQQQ", self.read(offset, 32))
        if signature != b"HEAP":
            raise Malformed("a group of the HDF5 file has no names")
        return self.read(data, size)

    def children(self, node: int, names: bytes, depth: int) -> Iterator[tuple[str, int]]:
        """Yield the names and headers of a group's members, down its B-tree."""
        head = self.read(node, 8)
        if depth > 32:
            raise Malformed("a group of the HDF5 file is nested too deeply")
        if head[:4] == b"SNOD":
            yield from self.symbols(node + 8, struct.unpack_from("<H", head, 6)[0], names)
            return
        if head[:4] != b"TREE" or head[4] != 0:
            raise Malformed("a group of the HDF5 file has no tree")
        used = struct.unpack_from("<H", head, 6)[0]
        entries = self.read(node + 24, used * 16 + 8)
        for index in range(used):
            yield from self.children(struct.unpack_from("<Q", entries, index * 16 + 8)[0], names, depth + 1)

    def symbols(self, offset: int, count: int, names: bytes) -> Iterator[tuple[str, int]]:
        """Yield the members listed in one symbol table node."""
        table = self.read(offset, count * 40)
        for index in range(count):
            name, header, cached = struct.unpack_from("<QQI", table, index * 40)
            if cached == 2:
                raise Unsupported("a symbolic link")
            end = names.find(b"\0", name)
            if end < 0:
                raise Malformed("a name of the HDF5 file runs past its end")
            yield names[name:end].decode("utf-8", "backslashreplace"), header


def read_array(name: str, messages: dict[int, bytes]) -> Array:
    """Describe an array from its dataspace, datatype and layout messages."""
    if 0x0001 not in messages or 0x0003 not in messages:
        raise Malformed(f"the array {name} has no shape or type")
    if 0x000B in messages or 0x0007 in messages:
        raise Unsupported("a filtered or external array")
    dtype, width = read_dtype(messages[0x0003])
    shape = read_shape(messages[0x0001])
    layout = messages[0x0008]
    if len(layout) < 18 or layout[0] != 3 or layout[1] != 1:
        raise Unsupported("an array that is not contiguous")
    offset, size = struct.unpack_from("<QQ", layout, 2)
    expected = width
    for dim in shape:
        expected *= dim
    if size != expected or (offset == UNDEFINED and size):
        raise Unsupported("an array that was never written")
    return Array(name, dtype, shape, offset, size)


def read_dtype(data: bytes) -> tuple[str, int]:
    """Return the name and width in bytes of a little-endian number type."""
    if len(data) < 8:
        raise Malformed("a datatype of the HDF5 file is truncated")
    kind, bits = data[0] & 0x0F, data[1]
    width = struct.unpack_from("<I", data, 4)[0]
    if bits & 1 or data[0] >> 4 not in (1, 3):
        raise Unsupported("a big-endian type")
    if kind == 0 and width in (1, 2, 4, 8):
        return f"{'int' if bits & 8 else 'uint'}{8 * width}", width
    if kind == 1 and width in (2, 4, 8) and (width, data[13]) in ((2, 5), (4, 8), (8, 11)):
        return f"float{8 * width}", width
    raise Unsupported("a type that is no plain number")


def read_shape(data: bytes) -> tuple[int, ...]:
    if len(data) < 8 or data[0] != 1:
        raise Unsupported("a dataspace of the new style")
    if len(data) < 8 + 8 * data[1]:
        raise Malformed("a dataspace of the HDF5 file is truncated")
    return struct.unpack_from(f"<{data[1]}Q", data, 8)
