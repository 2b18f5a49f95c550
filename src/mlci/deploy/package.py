"""A package: one model of one version as `NAME-VERSION.tar`, beside a manifest that says what it is.

The archive holds one folder, named by the version, that TensorFlow Serving can serve as it lies: the
SavedModel, and in `assets.extra/`, which TensorFlow leaves alone, the Keras model it was made of and the
manifest.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from mlci.errors import InputError
from mlci.files import write_atomic
from mlci.models.digest import PACKAGE_FORMAT, hash_bytes

MANIFEST = "manifest.json"
INNER_MANIFEST = f"assets.extra/{MANIFEST}"
KERAS_MODEL = "assets.extra/model.keras"
MAX_MANIFEST = 16 * 2**20
MAX_VERSION = 2**63 - 1
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Package:
    """A package on disk whose archive has the digest that its manifest says."""

    archive: Path
    manifest: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The model's name, as it is served."""
        return str(self.manifest["name"])

    @property
    def version(self) -> int:
        return int(self.manifest["version"])

    @property
    def identity(self) -> str:
        return str(self.manifest["identity"])

    @property
    def files(self) -> Mapping[str, str]:
        """Its files below the version's folder, the manifest aside -> SHA-256."""
        return dict(self.manifest["files"])


def check_name(name: str) -> str:
    """Return a model's name if it can be a folder and part of a URL everywhere.

    Raises
    ------
    InputError : it cannot
    """
    if not NAME.fullmatch(name):
        raise InputError(
            f"'{name}' cannot name a model", help="use letters, digits, '.', '_' and '-', up to 100 of them"
        )
    return name


def write_package(folder: Path, said: Mapping[str, Any], dist: Path) -> Package:
    """Pack a version's folder into `dist`, replacing the package that was there.

    The archive's bytes follow from the files' alone: sorted names, no owner, no time.

    Parameters
    ----------
    folder : the SavedModel with its `assets.extra`; the manifest is added
    said : name, version, identity and whatever else the manifest is to say
    dist : where the archive and the manifest go
    """
    files = {
        path.relative_to(folder).as_posix(): hash_bytes(path) for path in folder.rglob("*") if path.is_file()
    }
    files.pop(INNER_MANIFEST, None)
    manifest = {"format": PACKAGE_FORMAT, **said, "files": dict(sorted(files.items()))}
    write_atomic(folder / INNER_MANIFEST, to_json(manifest))
    archive = dist / f"{said['name']}-{said['version']}.tar"
    dist.mkdir(parents=True, exist_ok=True)
    temporary = dist / f".{archive.name}.{os.getpid()}"
    write_tar(folder, str(said["version"]), temporary)
    held = {"name": archive.name, "sha256": hash_bytes(temporary), "size": temporary.stat().st_size}
    remove_old(dist, archive.name)
    temporary.replace(archive)
    whole = {**manifest, "archive": held}
    write_atomic(dist / MANIFEST, to_json(whole))
    return Package(archive, whole)


def to_json(said: Mapping[str, Any]) -> str:
    return json.dumps(said, indent=2, sort_keys=True) + "\n"


def remove_old(dist: Path, keep: str) -> None:
    """Remove the archive of the package that the folder held before."""
    try:
        old = read_manifest(dist)["archive"]["name"]
    except InputError:
        return
    if old != keep:
        (dist / old).unlink(missing_ok=True)


def write_tar(folder: Path, version: str, archive: Path) -> None:
    """Write an uncompressed archive that depends on names and contents only."""
    with archive.open("wb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(folder.rglob("*")):
            info = tarfile.TarInfo(f"{version}/{path.relative_to(folder).as_posix()}")
            info.mode = 0o755 if path.is_dir() else 0o644
            if path.is_dir():
                info.type = tarfile.DIRTYPE
                tar.addfile(info)
            else:
                info.size = path.stat().st_size
                with path.open("rb") as content:
                    tar.addfile(info, content)
        tar.close()
        file.flush()
        os.fsync(file.fileno())


def read_package(dist: Path) -> Package:
    """Read the package in a folder and check the archive against its manifest.

    Raises
    ------
    InputError : there is none, or it is not what its manifest says
    """
    manifest = read_manifest(dist)
    archive = dist / manifest["archive"]["name"]
    if not archive.is_file():
        raise InputError(f"the package {archive} is missing", help="run the package stage again")
    if hash_bytes(archive) != manifest["archive"]["sha256"]:
        raise InputError(
            f"the package {archive} is not the one its manifest describes", help="run the package stage again"
        )
    return Package(archive, manifest)


def read_manifest(dist: Path) -> dict[str, Any]:
    """Read a package's manifest and check what will be used of it."""
    path = dist / MANIFEST
    try:
        with path.open("rb") as file:
            manifest: Any = json.loads(file.read(MAX_MANIFEST))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"there is no package in {dist}: {error}", help="run the package stage") from error
    archive = manifest.get("archive") if isinstance(manifest, dict) else None
    if not isinstance(archive, dict) or not sound(manifest):
        raise InputError(f"{path} is no package's manifest", help="run the package stage again")
    name = f"{manifest['name']}-{manifest['version']}.tar"
    if archive.get("name") != name or not HEX.fullmatch(str(archive.get("sha256"))):
        raise InputError(f"{path} names another archive than {name}", help="run the package stage again")
    return dict(manifest)


def sound(manifest: Any) -> bool:
    """Whether a manifest has a usable name, version, identity and list of files."""
    if not isinstance(manifest, dict) or manifest.get("format") != PACKAGE_FORMAT:
        return False
    name, version, files = manifest.get("name"), manifest.get("version"), manifest.get("files")
    return (
        isinstance(name, str)
        and NAME.fullmatch(name) is not None
        and isinstance(version, int)
        and not isinstance(version, bool)
        and 0 < version <= MAX_VERSION
        and isinstance(manifest.get("identity"), str)
        and isinstance(files, dict)
        and all(inner(file) and HEX.fullmatch(str(digest)) for file, digest in files.items())
    )


def inner(name: str) -> bool:
    """Whether a name stays below its folder."""
    parts = PurePosixPath(name)
    return bool(name) and not parts.is_absolute() and ".." not in parts.parts and "\\" not in name


def unpack(package: Package, into: Path) -> Path:
    """Unpack a package into a new folder and return the version's folder; every file is checked.

    Raises
    ------
    InputError : the archive holds anything but the files that its manifest lists
    """
    top = into / str(package.version)
    expected = {f"{package.version}/{name}": digest for name, digest in package.files.items()}
    manifest = f"{package.version}/{INNER_MANIFEST}"
    try:
        with tarfile.open(package.archive, mode="r:") as tar:
            for member in tar:
                if member.isdir():
                    continue
                if not member.isreg() or (member.name not in expected and member.name != manifest):
                    raise InputError(f"the package holds '{member.name}', which its manifest does not list")
                digest = copy_member(tar, member, into / member.name)
                if member.name != manifest and expected.pop(member.name) != digest:
                    raise InputError(f"the package's file '{member.name}' is not the one its manifest lists")
    except (tarfile.TarError, OSError) as error:
        raise InputError(f"cannot unpack {package.archive}: {error}") from error
    if expected or not (top / INNER_MANIFEST).is_file():
        raise InputError(f"the package lacks {', '.join(sorted(expected)) or manifest}")
    return top


def copy_member(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    hasher = hashlib.sha256()
    source = tar.extractfile(member) or io.BytesIO()
    with path.open("xb") as file:
        while chunk := source.read(2**20):
            hasher.update(chunk)
            file.write(chunk)
    return hasher.hexdigest()
