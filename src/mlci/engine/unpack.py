"""Opening a bundle that may be damaged or hostile: verified whole beside the workspace, then put in place."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from mlci.engine.bundle import (
    CHUNK,
    MANIFEST,
    PREFIX,
    Entry,
    Hashed,
    Manifest,
    members,
    plain_path,
    read_manifest,
)
from mlci.engine.previous_outputs import UNPACK, PreviousOutputs, checked, within
from mlci.errors import EnvironmentLacks, InputError

MAX_FILES = 2_000_000
MAX_MANIFEST = 512 * 2**20


class Refused(InputError):
    """A bundle that is damaged, or holds what no bundle may hold."""


def unpack(
    bundle: Path, root: Path, state: Path, *, job_id: str = "bundle", only: Collection[str] | None = None
) -> Manifest:
    """Verify a bundle and put its outputs in place of what lies there.

    Parameters
    ----------
    bundle : its path
    root : the workspace
    state : a folder on the workspace's disk; the bundle is opened there first
    job_id : who unpacks it; what it replaces waits under that name
    only : the outputs it may hold, None for any

    Returns
    -------
    Manifest : what it held

    Raises
    ------
    Refused : it is damaged, holds something else than plain files at plain paths, or other outputs
    EnvironmentLacks : the disk is full or cannot be written
    """
    try:
        temporary = state / "unpack" / job_id
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        try:
            manifest = extract(bundle, temporary, only)
            install(manifest, temporary, root, state / "aside" / f"{job_id}{UNPACK}")
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise EnvironmentLacks(
            f"cannot unpack {bundle}: {error.strerror}", help="free some space or mend the permissions"
        ) from error
    return manifest


def extract(bundle: Path, folder: Path, only: Collection[str] | None) -> Manifest:
    """Write a bundle's files below a folder, every one checked against the manifest."""
    try:
        with tarfile.open(bundle, mode="r:", bufsize=CHUNK) as tar:
            every = members(tar)
            manifest = manifest_of(tar, next(every, None), bundle)
            check(manifest, bundle, only)
            waiting = dict(manifest.files)
            for member in every:
                name = member.name.removeprefix(PREFIX)
                row = waiting.pop(name, None)
                if row is None or member.name == name:
                    raise refuse(bundle, f"it holds '{member.name}', which its manifest does not list")
                write(tar, member, row, folder / name, bundle)
    except (tarfile.TarError, ValueError, RecursionError, OverflowError) as error:
        raise refuse(bundle, str(error)) from error
    if waiting:
        raise refuse(bundle, f"it lacks '{next(iter(waiting))}'")
    for name in manifest.folders:
        (folder / name).mkdir(parents=True, exist_ok=True)
    return manifest


def manifest_of(tar: tarfile.TarFile, member: tarfile.TarInfo | None, bundle: Path) -> Manifest:
    if member is None or member.name != MANIFEST or not plain(member) or member.size > MAX_MANIFEST:
        raise refuse(bundle, "it does not begin with a manifest")
    content = tar.extractfile(member)
    assert content is not None  # noqa: S101 - it is a plain file
    return read_manifest(content.read())


def check(manifest: Manifest, bundle: Path, only: Collection[str] | None) -> None:
    """Refuse a manifest whose paths or sizes cannot be meant well."""
    if len(manifest.files) + len(manifest.folders) > MAX_FILES:
        raise refuse(bundle, f"it lists more than {MAX_FILES:,} files")
    if sum(each.size for each in manifest.files.values()) > bundle.stat().st_size:
        raise refuse(bundle, "its files are larger than the bundle itself")
    for name in (*manifest.files, *manifest.folders, *manifest.outputs):
        if not plain_path(name):
            raise refuse(bundle, f"the path {name[:100]!r} is not a plain one")
    for name in (*manifest.files, *manifest.folders):
        parents = above(name)
        if any(parent in manifest.files for parent in parents):
            raise refuse(bundle, f"'{name}' lies below what is a file")
        if not any(each in manifest.outputs for each in (name, *parents)):
            raise refuse(bundle, f"'{name}' belongs to none of its outputs")
    if only is not None and not all(within(name, only) for name in manifest.outputs):
        raise refuse(bundle, f"it holds other outputs than {', '.join(only)}")


def above(name: str) -> list[str]:
    return [str(each) for each in PurePosixPath(name).parents][:-1]


def plain(member: tarfile.TarInfo) -> bool:
    """Tell whether a member is a plain file: no link, device, folder or file with holes."""
    return member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and member.sparse is None


def write(tar: tarfile.TarFile, member: tarfile.TarInfo, row: Entry, target: Path, bundle: Path) -> None:
    if not plain(member) or member.size != row.size:
        raise refuse(bundle, f"'{member.name}' is not the plain file its manifest lists")
    content = tar.extractfile(member)
    assert content is not None  # noqa: S101 - it is a plain file
    source = Hashed(content)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        shutil.copyfileobj(source, file, CHUNK)
    if source.hasher.hexdigest() != row.sha256:
        raise refuse(bundle, f"'{member.name}' is damaged: its digest is not the one in the manifest")
    target.chmod(0o755 if row.executable else 0o644)


def install(manifest: Manifest, source: Path, root: Path, waiting: Path) -> None:
    """Put verified outputs in place of the old ones, which come back if this does not end well."""
    aside = PreviousOutputs(root, waiting)
    aside.take(manifest.outputs)
    try:
        for name in manifest.outputs:
            if (source / name).exists():
                target = root / checked(root, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                (source / name).replace(target)
    except BaseException:
        aside.restore()
        raise
    aside.forget()


def refuse(bundle: Path, reason: str) -> Refused:
    """Say why a bundle is not opened."""
    return Refused(
        f"the bundle {bundle} is refused: {reason}",
        help="let the job that made it run again; it was damaged on its way, or is not mlci's",
    )
