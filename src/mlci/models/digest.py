"""What a file or folder holds, in two ways: exactly, byte for byte; and comparably, models by identity.

Two runs that train the same model write different bytes. The comparable digest sees through that, down into
packages; the exact digests, one a file, are what a bundle's manifest lists.
"""

from __future__ import annotations

import hashlib
import json
import stat
import tarfile
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from mlci.errors import InputError
from mlci.files import IGNORED
from mlci.models.sources import Archive, Below, Folder, Source
from mlci.models.wire import Malformed

PACKAGE_FORMAT = "mlci-package/1"
EXACT_KEYS = frozenset({"files", "archive"})
"""What a package's manifest says about bytes."""
MAX_MANIFEST = 16 * 2**20
SAVED_MODEL_FILES = ("saved_model.pb", "fingerprint.pb", "keras_metadata.pb")

HashFile = Callable[[Path], str]


class Digest(NamedTuple):
    """What a file or folder of the workspace holds."""

    comparable: str
    """"sha256:…", or a model's identity such as "keras:…"; equal for equal work, whoever did it."""
    files: Mapping[str, str]
    """Path in the workspace, with `/` -> SHA-256 of its bytes in hex; sorted."""
    size: int
    """Bytes in all."""


def hash_bytes(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hex, read at the hash's own speed."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_path(
    root: Path,
    relative: str,
    *,
    hash_file: HashFile = hash_bytes,
    known: MutableMapping[str, str] | None = None,
) -> Digest:
    """Digest one file or folder of the workspace.

    Symbolic links to files inside the workspace count as what they point to; others are refused. Modes and
    times do not count.

    Parameters
    ----------
    root : the workspace
    relative : a path below it, with `/`
    hash_file : returns the SHA-256 of a file, from a cache perhaps
    known : remembers the identity of models by the digests of their files; read and added to

    Raises
    ------
    InputError : the path is missing, unreadable, leaves the workspace, or holds such a link
    """
    start = place(root, relative)
    try:
        paths = list(plain_files(root, start))
        files = {path.relative_to(root).as_posix(): hash_file(path) for path in paths}
        size = sum(path.stat().st_size for path in paths)
    except OSError as error:
        raise InputError(f"cannot read {error.filename or relative}: {error.strerror}") from error
    exact = dict(sorted(files.items()))
    folder = start.is_dir()
    base = start.relative_to(root).as_posix() if folder else start.parent.relative_to(root).as_posix()
    prefix = "" if base == "." else f"{base}/"
    inner = {name.removeprefix(prefix): value for name, value in exact.items()}
    view = View(Folder(root / base), inner, {} if known is None else known)
    return Digest(view.folder() if folder else view.single(start.name), exact, size)


def place(root: Path, relative: str) -> Path:
    parts = PurePosixPath(relative)
    if parts.is_absolute() or ".." in parts.parts:
        raise InputError(f"'{relative}' lies outside the workspace", help="name a path inside the repository")
    start = root / parts
    if not start.exists():
        raise InputError(f"'{relative}' does not exist")
    if not start.resolve().is_relative_to(root.resolve()):
        raise InputError(f"'{relative}' leads outside the workspace", help="copy it into the repository")
    return start


def plain_files(root: Path, start: Path) -> Iterator[Path]:
    """Yield the files at and below a path."""
    mode = start.lstat().st_mode
    if stat.S_ISDIR(mode):
        for child in start.iterdir():
            if child.name not in IGNORED:
                yield from plain_files(root, child)
        return
    if stat.S_ISLNK(mode):
        target = start.resolve()
        if not target.is_relative_to(root.resolve()) or not target.is_file():
            shown = start.relative_to(root).as_posix()
            message = f"the symbolic link '{shown}' does not lead to a file of the workspace"
            raise InputError(message, help="replace it by the file itself")
    elif not stat.S_ISREG(mode):
        raise InputError(f"'{start.relative_to(root).as_posix()}' is no plain file")
    yield start


@dataclass(frozen=True)
class View:
    """Files of one source with their exact digests, about to be compared."""

    source: Source
    exact: Mapping[str, str]
    known: MutableMapping[str, str] = field(default_factory=dict)

    def folder(self) -> str:
        """Return the comparable digest of all files together; a SavedModel alone is its identity."""
        entries = self.entries()
        if list(entries) == [""]:
            return entries[""]
        lines = "".join(f"{name}\0{digest}\n" for name, digest in sorted(entries.items()))
        return f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}"

    def entries(self) -> dict[str, str]:
        """Return the comparable digest of every file, a SavedModel's files as one."""
        models = saved_models(self.exact)
        owned: dict[str, list[str]] = {model: [] for model in models}
        entries = {}
        for name in self.exact:
            model = next((model for model in models if belongs(name, model)), None)
            if model is None:
                entries[name] = self.single(name)
            else:
                owned[model].append(name)
        for model, names in owned.items():
            entries[model] = self.remember("savedmodel", names, partial(saved_model, self.source, model))
        return entries

    def single(self, name: str) -> str:
        if name.endswith(".keras"):
            return self.remember("keras", [name], partial(keras_file, self.source, name))
        if name.endswith(".tar"):
            return self.remember("tar", [name], partial(archive, self.source, name))
        if PurePosixPath(name).name == "manifest.json":
            return self.remember("manifest", [name], partial(manifest, self.source, name))
        return f"sha256:{self.exact[name]}"

    def remember(self, kind: str, names: Sequence[str], find: Callable[[], str | None]) -> str:
        """Return what `find` finds for files of these bytes; their exact digest when it finds nothing."""
        exact = "".join(f"{name}\0{self.exact[name]}\n" for name in sorted(names))
        key = f"{kind}:{hashlib.sha256(exact.encode()).hexdigest()}"
        if key not in self.known:
            plain = self.exact[names[0]] if len(names) == 1 else key.partition(":")[2]
            self.known[key] = find() or f"sha256:{plain}"
        return self.known[key]


def saved_models(names: Mapping[str, str]) -> list[str]:
    """Return the folders that are SavedModels, each ending in "/" or "" for the top, innermost first."""
    marker = SAVED_MODEL_FILES[0]
    folders = [name.removesuffix(marker) for name in names if PurePosixPath(name).name == marker]
    return sorted((f for f in folders if f"{f}variables/variables.index" in names), key=len, reverse=True)


def belongs(name: str, model: str) -> bool:
    """Whether a file is part of a SavedModel's identity; what lies in `assets.extra/` is not."""
    if not name.startswith(model):
        return False
    inner = name.removeprefix(model)
    return inner in SAVED_MODEL_FILES or inner.startswith(("variables/", "assets/"))


def saved_model(source: Source, model: str) -> str | None:
    """Return a SavedModel's identity, None when it is damaged."""
    from mlci.models.identity import identify_saved_model

    try:
        return identify_saved_model(Below(source, model)).digest
    except (Malformed, OSError):
        return None


def keras_file(source: Source, name: str) -> str | None:
    """Return the identity of a `.keras` file, None when it is damaged."""
    import zipfile

    from mlci.models.identity import identify_file

    try:
        with source.open(name) as file:
            return identify_file(name, file).digest
    except (Malformed, OSError, zipfile.BadZipFile):
        return None


def archive(source: Source, name: str) -> str | None:
    """Return the comparable digest of a package's files; None for any other archive."""
    try:
        with source.open(name) as file, tarfile.open(fileobj=file, mode="r:") as tar:
            inside = Archive.of(tar)
            if not any(member.endswith("/assets.extra/manifest.json") for member in inside.names()):
                return None
            exact = {member: digest_open(inside.open(member)) for member in inside.names()}
            return View(inside, exact).folder()
    except (tarfile.TarError, Malformed, OSError):
        return None


def digest_open(file: BinaryIO) -> str:
    hasher = hashlib.sha256()
    with file:
        for chunk in iter(partial(file.read, 2**20), b""):
            hasher.update(chunk)
    return hasher.hexdigest()


def manifest(source: Source, name: str) -> str | None:
    """Return the digest of what a package's manifest says besides bytes; None for any other file."""
    with source.open(name) as file:
        text = file.read(MAX_MANIFEST)
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("format") != PACKAGE_FORMAT:
        return None
    kept = {key: value for key, value in said.items() if key not in EXACT_KEYS}
    canonical = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"
