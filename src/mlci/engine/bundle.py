"""The bundle: a stage's outputs as one file, the same bytes for the same outputs, with a manifest in front.

A bundle is an uncompressed tar: `manifest.json` first, then the files in order, each under `files/`, without
times, owners or links. The manifest lists every file's SHA-256, so that nothing is believed unverified.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple

from mlci.errors import EnvironmentLacks, StageError
from mlci.files import IGNORED
from mlci.models.digest import Digest

FORMAT = "mlci-bundle/1"
NAME = "bundle.tar"
MANIFEST = "manifest.json"
PREFIX = "files/"
CHUNK = 2**20
MAX_PATH = 4096


class Entry(NamedTuple):
    """One file of a bundle."""

    sha256: str
    size: int
    executable: bool = False


class Manifest(NamedTuple):
    """What a bundle holds."""

    outputs: Mapping[str, str]
    """Each declared output that was there -> its comparable digest."""
    files: Mapping[str, Entry]
    """Path in the workspace -> what it is."""
    folders: tuple[str, ...] = ()
    """Folders without any file."""

    def text(self) -> bytes:
        said = {"format": FORMAT, **self._asdict()}
        said["files"] = {name: entry._asdict() for name, entry in sorted(self.files.items())}
        said["outputs"] = dict(sorted(self.outputs.items()))
        return json.dumps(said, indent=1).encode() + b"\n"


class Packed(NamedTuple):
    """A bundle that was written."""

    path: Path
    sha256: str
    size: int
    manifest: Manifest


def pack(root: Path, target: Path, digests: Mapping[str, Digest]) -> Packed:
    """Write a bundle, whole or not at all.

    Parameters
    ----------
    root : the workspace
    target : the bundle's path
    digests : each output -> what it holds

    Raises
    ------
    StageError : a file changed since it was digested
    EnvironmentLacks : the disk is full or cannot be written
    """
    names = sorted({name: value for each in digests.values() for name, value in each.files.items()}.items())
    odd = next((name for name, _ in names if not plain_path(name)), None)
    if odd is not None:
        raise StageError(f"the file name {odd!r} cannot go into a bundle; give it a plain one")
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        files = {name: entry(root / name, digest) for name, digest in names}
        outputs = {path.rstrip("/"): each.comparable for path, each in digests.items()}
        manifest = Manifest(outputs, files, empty_folders(root, list(digests)))
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            counted = Counted(file)
            write(root, manifest, counted)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        raise EnvironmentLacks(
            f"cannot write the bundle {target}: {error.strerror}",
            help="free some space or mend the permissions",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return Packed(target, counted.hasher.hexdigest(), counted.size, manifest)


def plain_path(name: str) -> bool:
    """Tell whether a name is a plain relative path, written the one way there is."""
    parts = name.split("/")
    hostile = any(part in ("", ".", "..") for part in parts) or "\\" in name or len(name) > MAX_PATH
    control = any(ord(character) < 32 or ord(character) == 127 for character in name)
    return not hostile and not control and parts[0] not in (".mlci", ".git", "mlci.yaml")


def entry(path: Path, digest: str) -> Entry:
    found = path.stat()
    return Entry(digest, found.st_size, bool(found.st_mode & 0o100))


def empty_folders(root: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Return the folders at and below some paths that hold nothing."""
    found: set[str] = set()
    for path in paths:
        for folder, names, files in os.walk(root / path):
            names[:] = [name for name in names if name not in IGNORED]
            if not names and not set(files) - IGNORED:
                found.add(Path(folder).relative_to(root).as_posix())
    return tuple(sorted(found))


def write(root: Path, manifest: Manifest, file: Counted) -> None:
    stream: Any = file
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        text = manifest.text()
        tar.addfile(header(MANIFEST, len(text), 0o644), io.BytesIO(text))
        for name, each in manifest.files.items():
            with (root / name).open("rb") as content:
                checked = Hashed(content)
                tar.addfile(header(PREFIX + name, each.size, 0o755 if each.executable else 0o644), checked)
                if checked.hasher.hexdigest() != each.sha256 or content.read(1):
                    raise StageError(
                        f"'{name}' changed while the outputs were bundled; is it still being written?"
                    )


def header(name: str, size: int, mode: int) -> tarfile.TarInfo:
    """Return a tar header that says nothing of who and when."""
    found = tarfile.TarInfo(name)
    found.size, found.mode = size, mode
    return found


class Counted:
    """A file that is written once, from start to end, and digested on the way."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.hasher = hashlib.sha256()
        self.size = 0

    def tell(self) -> int:
        return self.size

    def write(self, data: bytes) -> int:
        self.hasher.update(data)
        self.size += len(data)
        return self.file.write(data)


class Hashed:
    """A file that is read once, from start to end, and digested on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.hasher = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.hasher.update(data)
        return data


def read_manifest(text: bytes) -> Manifest:
    """Read a manifest.

    Raises
    ------
    ValueError : it is none
    """
    said: Any = json.loads(text)
    try:
        if said["format"] != FORMAT:
            raise ValueError(f"its format is {said['format']!r}, not {FORMAT}")
        files = {str(name): read_entry(row) for name, row in said["files"].items()}
        outputs = {str(name): str(value) for name, value in said["outputs"].items()}
        folders = tuple(str(name) for name in said["folders"])
        return Manifest(outputs, files, folders)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"its manifest is malformed: {error!r}") from error


def read_entry(row: Mapping[str, Any]) -> Entry:
    size, sha256 = row["size"], row["sha256"]
    if type(size) is not int or size < 0 or not isinstance(sha256, str) or len(sha256) != 64:
        raise ValueError("its manifest is malformed")
    return Entry(sha256, size, row["executable"] is True)


def members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    while (member := tar.next()) is not None:
        tar.members = []  # type: ignore[attr-defined]
        yield member
