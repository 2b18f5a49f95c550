"""Files of a server over SFTP, as the layout of a target needs them."""

from __future__ import annotations

import asyncio
import posixpath
import secrets
import stat
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from mlci.errors import EnvironmentLacks, InputError
from mlci.models.framework import require

BLOCK = 2**18
NO_SUCH_FILE = 2
"""SFTP's FX_NO_SUCH_FILE."""

T = TypeVar("T")


@dataclass(frozen=True)
class SftpFiles:
    """The files below a folder of a server."""

    runner: asyncio.Runner
    sftp: Any
    top: str

    def at(self, path: str) -> str:
        return posixpath.join(self.top, path)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def names(self, path: str) -> list[str]:
        """Return the names in a folder; none when it is missing."""
        found = self.run(self.absent_is_none(self.sftp.listdir(self.at(path))))
        return sorted(name for name in found or () if name not in (".", "..") and "/" not in name)

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None when it is missing."""
        return self.run(self.absent_is_none(self.content(self.at(path))))

    async def content(self, path: str) -> bytes:
        async with self.sftp.open(path, "rb") as file:
            return bytes(await file.read())

    async def absent_is_none(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Return what an operation returns, or None when its file is missing."""
        try:
            return await work
        except require("asyncssh", "ssh").SFTPError as error:
            if error.code != NO_SUCH_FILE:
                raise
            return None

    def create(self, path: str, data: bytes) -> bool:
        """Write a new file whole; return False when it exists."""
        target = self.at(path)
        temporary = posixpath.join(posixpath.dirname(target), f".{secrets.token_hex(8)}")
        return self.run(self.write_new(temporary, target, data))

    async def write_new(self, temporary: str, target: str, data: bytes) -> bool:
        """Write a file under a temporary name, and rename it unless the name is taken."""
        async with self.sftp.open(temporary, "wb") as file:
            await file.write(data)
            await flush(file)
        try:
            await self.sftp.rename(temporary, target)
        except require("asyncssh", "ssh").SFTPError:
            await self.sftp.remove(temporary)
            if await self.sftp.exists(target):
                return False
            raise
        return True

    def upload(self, folder: Path, path: str) -> None:
        """Copy a local folder to a new one, down to the disk."""
        self.run(self.send(folder, self.at(path)))

    async def send(self, folder: Path, path: str) -> None:
        """Copy a local folder's plain files."""
        await self.sftp.mkdir(path)
        await self.sftp.chmod(path, 0o755)
        for child in sorted(folder.iterdir()):
            place = posixpath.join(path, child.name)
            if child.is_dir():
                await self.send(child, place)
            else:
                await self.send_file(child, place)

    async def send_file(self, source: Path, path: str) -> None:
        """Copy one file and make sure that all of it arrived."""
        async with self.sftp.open(path, "wb") as file:
            with source.open("rb") as content:
                while block := content.read(BLOCK):
                    await file.write(block)
            await flush(file)
        await self.sftp.chmod(path, 0o644)
        arrived, size = (await self.sftp.stat(path)).size, source.stat().st_size
        if arrived != size:
            raise EnvironmentLacks(f"{path} arrived with {arrived} of {size} bytes", help="is the disk full?")

    def download(self, path: str, folder: Path) -> None:
        """Copy a folder to a new local one."""
        self.run(self.receive(self.at(path), folder))

    async def receive(self, path: str, folder: Path) -> None:
        """Copy a remote folder's plain files; the server does not choose where they go."""
        folder.mkdir(parents=True)
        for entry in await self.sftp.readdir(path):
            name, mode = str(entry.filename), entry.attrs.permissions or 0
            if name in (".", ".."):
                continue
            if "/" in name or "\0" in name or not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
                raise InputError(f"{path} holds '{name}', which is no plain file")
            if stat.S_ISDIR(mode):
                await self.receive(posixpath.join(path, name), folder / name)
            else:
                await self.receive_file(posixpath.join(path, name), folder / name)

    async def receive_file(self, path: str, target: Path) -> None:
        """Copy one remote file, a block at a time."""
        async with self.sftp.open(path, "rb") as file:
            with target.open("xb") as content:
                while block := await file.read(BLOCK):
                    content.write(block)

    def rename(self, old: str, new: str) -> None:
        """Rename a folder at once; the server refuses one that holds something."""
        self.run(self.sftp.posix_rename(self.at(old), self.at(new)))

    def remove(self, path: str) -> None:
        """Remove a file or folder with all it holds."""
        self.run(self.absent_is_none(self.erase(self.at(path))))

    async def erase(self, path: str) -> None:
        """Remove a remote file, or folder and all it holds; links are not followed."""
        if stat.S_ISDIR((await self.sftp.lstat(path)).permissions or 0):
            await self.sftp.rmtree(path)
        else:
            await self.sftp.remove(path)

    def make(self, path: str) -> None:
        self.run(self.sftp.makedirs(self.at(path), exist_ok=True))


async def flush(file: Any) -> None:
    """Bring a remote file down to the disk, where the server knows how."""
    asyncssh = require("asyncssh", "ssh")
    try:
        await file.fsync()
    except asyncssh.SFTPOpUnsupported:
        return
