"""A scaffold's files put into a folder: nothing there is lost, and each file appears whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from mlci.errors import InputError
from mlci.files import write_atomic

BACKUP = ".orig"
ADDED_TO = ".gitignore"
"""The one file whose lines add up: what is there stays, what is missing comes below."""

State = Literal["new", "same", "kept", "replaced", "extended"]
WORDS: Mapping[str, str] = {
    "new": "wrote",
    "same": "is as it should be",
    "kept": "NOT written: it is there and differs (--force replaces it)",
    "replaced": f"replaced; the old one is kept as {{path}}{BACKUP}",
    "extended": "added the lines it lacked",
}


class Placed(NamedTuple):
    """What becomes of one file."""

    path: str
    state: State

    def line(self) -> str:
        return f"{self.path}: {WORDS[self.state].format(path=self.path)}"


def compare(folder: Path, files: Mapping[str, str], binary: Mapping[str, bytes]) -> list[Placed]:
    """Tell what would become of each file; writes nothing."""
    wanted = {**{path: text.encode() for path, text in files.items()}, **binary}
    return [Placed(path, state_of(folder / path, path, data)) for path, data in sorted(wanted.items())]


def state_of(path: Path, name: str, data: bytes) -> State:
    """Tell what would become of one file."""
    held = read_bytes(path)
    if held is None:
        return "new"
    if held == data or (name == ADDED_TO and not lacking(held.decode("utf-8", "replace"), data.decode())):
        return "same"
    return "extended" if name == ADDED_TO else "kept"


def read_bytes(path: Path) -> bytes | None:
    """Return a file's bytes, None when there is none.

    Raises
    ------
    InputError : it cannot be read, or a folder is in its place
    """
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", help="move it away") from error


def lacking(held: str, wanted: str) -> Sequence[str]:
    """Return the lines of a list that another lacks, comments left out."""
    known = {line.strip() for line in held.splitlines()}
    return [
        line
        for line in wanted.splitlines()
        if line.strip() and line not in known and not line.startswith("#")
    ]


def place(
    folder: Path, one: Placed, files: Mapping[str, str], binary: Mapping[str, bytes], *, force: bool
) -> Placed:
    """Write one file as was decided, or with `force` in place of another."""
    path, data = folder / one.path, binary.get(one.path) or files[one.path].encode()
    if one.state == "kept" and force:
        back_up(path)
        one = one._replace(state="replaced")
    if one.state == "extended":
        held = (read_bytes(path) or b"").decode("utf-8", "replace")
        added = "\n".join(lacking(held, data.decode()))
        data = f"{held.rstrip()}\n\n# mlci\n{added}\n".lstrip().encode()
    if one.state in ("new", "replaced", "extended"):
        write_atomic(path, data)
    return one


def back_up(path: Path) -> None:
    """Keep a file beside itself; an older backup that differs is kept too."""
    held, number = read_bytes(path) or b"", 0
    while True:
        kept = path.with_name(f"{path.name}{BACKUP}{f'.{number}' if number else ''}")
        before = read_bytes(kept)
        if before is None:
            write_atomic(kept, held)
        if before is None or before == held:
            return
        number += 1
