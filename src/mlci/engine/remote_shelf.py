"""A store's files behind an fsspec URL: s3://, gs://, az://, sftp://, …"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from mlci.engine.store import Item
from mlci.errors import EnvironmentLacks

PATIENCE: Mapping[str, Mapping[str, Any]] = {
    scheme: {"config_kwargs": {"connect_timeout": 5, "read_timeout": 60, "retries": {"max_attempts": 2}}}
    for scheme in ("s3", "s3a")
}
"""Options by scheme, so that a store out of reach is noticed in seconds, not minutes."""
FLAT = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci"})
"""Schemes without folders; to make one there would make the bucket, and with a typing error another one."""
CHUNK = 8 * 2**20


class RemoteShelf:
    """What lies below an fsspec URL; nothing is imported or reached before its first use.

    Parameters
    ----------
    address : the URL
    """

    def __init__(self, address: str) -> None:
        self.address = address

    @cached_property
    def opened(self) -> tuple[Any, str]:
        """The file system, and the path of the shelf in it."""
        scheme = self.address.partition("://")[0]
        try:
            from fsspec.core import url_to_fs

            files, path = url_to_fs(
                self.address, skip_instance_cache=True, use_listings_cache=False, **PATIENCE.get(scheme, {})
            )
        except (ImportError, ValueError) as error:
            raise EnvironmentLacks(
                f"{error}; install 'mlci[store]', and the fsspec package for {scheme}://"
            ) from error
        return files, path.rstrip("/")

    def at(self, path: str) -> tuple[Any, str]:
        """Return the file system and a file's path in it."""
        files, top = self.opened
        return files, f"{top}/{path}"

    def read(self, path: str, limit: int) -> bytes | None:
        """Return a small file, None when it is not there."""
        files, place = self.at(path)
        try:
            with files.open(place, "rb", block_size=CHUNK) as file:
                data: bytes = file.read(limit)
        except FileNotFoundError:
            return None
        return data

    def fetch(self, path: str, target: Path) -> bool:
        """Copy a file to this machine; False when it is not there."""
        files, place = self.at(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            files.get_file(place, str(target))
        except FileNotFoundError:
            target.unlink(missing_ok=True)
            return False
        return True

    def send(self, source: Path, path: str) -> None:
        """Copy a file there. Its name is its digest, so one of the same size is there already."""
        files, place = self.at(path)
        if files.exists(place) and files.size(place) == source.stat().st_size:
            return
        self.make_folder(files, place)
        files.put_file(str(source), place)

    def write(self, path: str, data: bytes) -> None:
        files, place = self.at(path)
        self.make_folder(files, place)
        files.pipe_file(place, data)

    def make_folder(self, files: Any, place: str) -> None:
        if self.address.partition("://")[0] not in FLAT:
            files.makedirs(place.rpartition("/")[0], exist_ok=True)

    def touch(self, path: str) -> None:
        """Leave it: object stores keep no time of use, so there what was written last counts as used last."""

    def items(self, folder: str) -> Iterator[Item]:
        """List all files below a folder."""
        files, place = self.at(folder)
        top = place[: -len(folder)]
        try:
            found: Mapping[str, Mapping[str, Any]] = files.find(place, detail=True)
        except FileNotFoundError:
            return
        for name, info in found.items():
            yield Item(name.removeprefix(top), int(info.get("size") or 0), age(info))

    def place(self, path: str) -> Path | None:
        """Return nothing: it lies elsewhere."""
        return None

    def delete(self, path: str) -> None:
        """Remove a file, if it is there."""
        files, place = self.at(path)
        try:
            files.rm_file(place)
        except FileNotFoundError:
            return


def age(info: Mapping[str, Any]) -> float:
    """Return a file's age in seconds, 0 when the file system does not tell."""
    when = next(
        (info[name] for name in ("LastModified", "mtime", "updated", "created") if info.get(name)), None
    )
    if isinstance(when, datetime):
        return (datetime.now(UTC) - (when if when.tzinfo else when.replace(tzinfo=UTC))).total_seconds()
    return time.time() - when if isinstance(when, int | float) else 0.0
