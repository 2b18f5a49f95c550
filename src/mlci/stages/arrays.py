"""Arrays from .npz and .csv files, read without trusting them: no pickle, bounded sizes, no path inside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlci.errors import EnvironmentLacks, InputError

MAX_BYTES = 64 * 2**30
MAX_RATIO = 1100
"""Deflate packs a run of equal bytes about 1,030 to 1."""

Array = Any
"""A numpy.ndarray."""


def read_arrays(path: Path) -> dict[str, Array]:
    """Read every array of an .npz file, or every column of a .csv file with a header line.

    Raises
    ------
    InputError : the file is missing, of another kind, damaged, or holds Python objects
    EnvironmentLacks : numpy is not installed
    """
    if not path.is_file():
        raise InputError(f"there is no data file {path}", help="does a stage before this one make it?")
    if path.suffix == ".npz":
        return read_npz(path)
    if path.suffix == ".csv":
        return read_csv(path)
    raise InputError(f"{path} is neither .npz nor .csv", help="save arrays with numpy.savez(...)")


def load_numpy() -> Any:
    """Import numpy and return the module."""
    try:
        import numpy
    except ImportError as error:
        raise EnvironmentLacks("numpy is needed to read data", help="pip install numpy") from error
    return numpy


def read_npz(path: Path) -> dict[str, Array]:
    """Read an .npz file, never a pickle in it."""
    import zipfile

    numpy = load_numpy()
    try:
        check_archive(path)
        with numpy.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (ValueError, OSError, zipfile.BadZipFile, EOFError, KeyError) as error:
        help = "save plain arrays with numpy.savez(...), without objects in them"
        raise InputError(f"cannot read {path}: {error}", help=help) from error


def check_archive(path: Path) -> None:
    """Refuse an archive that unpacks without measure."""
    import zipfile

    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            bomb = info.file_size > MAX_RATIO * max(1, info.compress_size) + 2**20
            if info.file_size > MAX_BYTES or bomb:
                raise ValueError(f"'{info.filename}' unpacks to too much")


def read_csv(path: Path) -> dict[str, Array]:
    """Read a .csv file: columns of whole numbers, numbers (empty is NaN) or text."""
    import csv

    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.reader(file, strict=True)
            header = next(rows, [])
            columns: list[list[str]] = [[] for _ in header]
            for row in rows:
                if len(row) != len(header):
                    message = f"{path}:{rows.line_num} has {len(row)} values, the header {len(header)}"
                    raise InputError(message, help="quote values that hold commas")
                for column, value in zip(columns, row, strict=True):
                    column.append(value)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"cannot read {path}: {error}", help="save it as UTF-8 CSV with a header") from error
    if len(set(header)) < len(header):
        raise InputError(f"{path} names a column twice", help="give every column a name of its own")
    return {name: typed(column) for name, column in zip(header, columns, strict=True)}


def typed(column: list[str]) -> Array:
    """Return a column as int64, float64 or text, whichever holds all of it."""
    numpy = load_numpy()
    stripped = [value.strip() for value in column]
    try:
        return numpy.array([int(value) for value in stripped], dtype="int64")
    except (ValueError, OverflowError):
        pass
    try:
        return numpy.array([float(value) if value else float("nan") for value in stripped], dtype="float64")
    except ValueError:
        return numpy.array(column, dtype="str")


def pick(arrays: Mapping[str, Array], name: str, path: Path) -> Array:
    """Return one array of a file.

    Raises
    ------
    InputError : the file has no array of that name
    """
    if name not in arrays:
        raise InputError(
            f"{path} has no array '{name}'", help=f"it has {', '.join(sorted(arrays)) or 'none at all'}"
        )
    return arrays[name]


def read_pair(path: Path, x: str, y: str) -> tuple[Array, Array]:
    """Return inputs and labels, shape (n, …) and (n,).

    Raises
    ------
    InputError : one is missing or empty, their lengths differ, or the labels are no whole numbers
    """
    arrays = read_arrays(path)
    features, labels = pick(arrays, x, path), pick(arrays, y, path)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        help = "store class numbers, not one-hot rows or text"
        raise InputError(
            f"'{y}' of {path} must be whole numbers of shape (n,), not {labels.dtype} {labels.shape}",
            help=help,
        )
    if features.ndim == 0 or len(features) != len(labels):
        raise InputError(f"{path} has {features.shape[:1]} inputs '{x}' but {len(labels)} labels '{y}'")
    if not len(labels):
        raise InputError(f"{path} holds no examples")
    if labels.min() < 0:
        raise InputError(f"'{y}' of {path} holds the negative class {labels.min()}")
    return features, labels
