"""A named tensor by the digest of its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from mlci.models.sources import Source
from mlci.models.wire import Malformed

CHUNK = 2**20


class Tensor(NamedTuple):
    """One weight of a model."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    sha256: str
    """Of its bytes, little-endian, in row-major order."""

    @property
    def content(self) -> tuple[str, tuple[int, ...], str]:
        """What it holds, whatever its name."""
        return self.dtype, self.shape, self.sha256

    @property
    def numbers(self) -> int:
        size = 1
        for dim in self.shape:
            size *= dim
        return size


def digest_range(source: Source, name: str, offset: int, size: int) -> str:
    hasher = hashlib.sha256()
    with source.open(name) as file:
        file.seek(offset)
        left = size
        while left:
            chunk = file.read(min(CHUNK, left))
            if not chunk:
                raise Malformed(f"the file {name} is shorter than its index says")
            hasher.update(chunk)
            left -= len(chunk)
    return hasher.hexdigest()


def digest_tensors(tensors: Iterable[Tensor]) -> str:
    """Return the SHA-256 over names, dtypes, shapes and bytes, in the order of the names."""
    hasher = hashlib.sha256()
    for tensor in sorted(tensors):
        line = "\0".join((tensor.name, tensor.dtype, ",".join(map(str, tensor.shape)), tensor.sha256))
        hasher.update(line.encode() + b"\n")
    return hasher.hexdigest()
