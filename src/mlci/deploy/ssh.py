"""The target `ssh`: a folder of another machine, over SFTP."""

from __future__ import annotations

import asyncio
import posixpath
import secrets
import stat
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from mlci.deploy.contract import Deployed, Site, Status
from mlci.deploy.layout import Layout
from mlci.deploy.package import Package
from mlci.errors import EnvironmentLacks, InputError, MlciError
from mlci.models.framework import require

TIMEOUT = 30.0
"""Seconds to connect and log in."""
BLOCK = 2**18
NO_SUCH_FILE = 2
"""SFTP's FX_NO_SUCH_FILE."""

T = TypeVar("T")


class Ssh:
    """A folder on a server, kept over SFTP like `local`; the server's key must be known beforehand.

    Parameters
    ----------
    host : the server's name or address
    path : the folder there; relative to the user's home unless it starts with /
    known_hosts : a file of the repository with the server's key, as `ssh-keyscan` writes it; always checked
    username : who to log in as; the local user's name when not given
    port : the server's SSH port
    key : the environment variable that holds the private key
    password : the environment variable that holds the password, for a server that takes no key
    url : where the server that reads the folder answers, such as http://example.org:8501
    keep : how many versions stay in production, and how many retired ones
    """

    def __init__(
        self,
        site: Site,
        *,
        host: str,
        path: str,
        known_hosts: Path,
        username: str | None = None,
        port: int | str = 22,
        key: str = "DEPLOY_SSH_KEY",
        password: str | None = None,
        url: str | None = None,
        keep: int = 5,
    ) -> None:
        if not host or not path or keep < 1:
            raise InputError(f"target '{site.name}' needs a host, a path, and 'keep' of 1 or more")
        if not known_hosts.is_file():
            raise InputError(
                f"target '{site.name}': there is no file of known hosts at {known_hosts}",
                help=f"ssh-keyscan {host} > {known_hosts.name}, then compare the server's fingerprint",
            )
        self.site, self.host, self.path, self.known_hosts = site, host, path, known_hosts
        self.username, self.key, self.password = username, key, password
        self.port = read_port(site.name, port)
        self.url, self.keep = url, keep
        self.where = f"{username + '@' if username else ''}{host}:{path}"

    def deploy(self, package: Package) -> Deployed:
        """Put a package into production."""
        with self.session() as layout:
            return layout.deploy(package)

    def status(self, model: str | None = None) -> Status:
        """Tell what is deployed."""
        with self.session() as layout:
            return layout.status(model)

    def rollback(self, to: int | None = None, model: str | None = None) -> Deployed:
        """Serve an earlier version again."""
        with self.session() as layout:
            return layout.rollback(to, model)

    def fetch(self, into: Path, model: str | None = None) -> Path:
        """Copy the version in production below `into`."""
        with self.session() as layout:
            return layout.fetch(into, model)

    @contextmanager
    def session(self) -> Iterator[Layout]:
        """Log in for one operation, and turn what goes wrong into a message.

        Raises
        ------
        InputError : the server's key is unknown, or the private key cannot be read
        EnvironmentLacks : the server does not answer, does not let us in, or refuses a file operation
        """
        asyncssh = require("asyncssh", "ssh")
        secret = self.credentials(asyncssh)
        with asyncio.Runner() as runner:
            try:
                connection = runner.run(self.connect(asyncssh, secret))
                try:
                    sftp = runner.run(connection.start_sftp_client())
                    yield Layout(SftpFiles(runner, sftp, self.path), self.site, self.keep, self.where)
                finally:
                    connection.close()
                    runner.run(connection.wait_closed())
            except MlciError:
                raise
            except (asyncssh.Error, OSError, TimeoutError) as error:
                raise self.explain(asyncssh, error) from error

    def credentials(self, asyncssh: Any) -> dict[str, Any]:
        """Return the private key, or else the password, from the environment.

        Raises
        ------
        EnvironmentLacks : neither is set
        InputError : the key cannot be read
        """
        text = self.site.environ.get(self.key, "")
        if text.strip():
            try:
                return {"client_keys": [asyncssh.import_private_key(text.strip() + "\n")]}
            except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
                raise InputError(
                    f"the secret {self.key} is no private key that can be used: {error}",
                    help="paste the whole file, from -----BEGIN to -----END, without a passphrase",
                ) from error
        password = self.site.environ.get(self.password, "") if self.password else ""
        if password:
            return {"client_keys": [], "password": password}
        names = self.key if not self.password else f"{self.key} or {self.password}"
        raise EnvironmentLacks(
            f"target '{self.site.name}' needs the secret {names}",
            help="add it to the stage's 'secrets' and set it at the vendor, or export it here",
        )

    async def connect(self, asyncssh: Any, secret: dict[str, Any]) -> Any:
        """Open a connection; nothing of the local user's SSH configuration, keys or agent takes part."""
        user = {} if self.username is None else {"username": self.username}
        return await asyncssh.connect(
            self.host,
            self.port,
            known_hosts=str(self.known_hosts),
            config=[],
            agent_path=None,
            connect_timeout=TIMEOUT,
            login_timeout=TIMEOUT,
            **user,
            **secret,
        )

    def explain(self, asyncssh: Any, error: Exception) -> MlciError:
        """Return a message for what went wrong."""
        if isinstance(error, asyncssh.HostKeyNotVerifiable):
            return InputError(
                f"the key of {self.host} is not the one in {self.known_hosts.name}; nothing was sent",
                help=f"ask the server's owner; if it has a new key: ssh-keyscan -p {self.port} {self.host}",
            )
        if isinstance(error, asyncssh.PermissionDenied):
            return EnvironmentLacks(
                f"{self.where} does not let us in", help=f"check {self.key} and the username"
            )
        if isinstance(error, asyncssh.SFTPError):
            return EnvironmentLacks(
                f"{self.where} refuses a file operation: {error}",
                help="check the path's owner and free space",
            )
        return EnvironmentLacks(
            f"cannot reach {self.host} on port {self.port}: {error or 'it does not answer'}",
            help="is the server up, and the port open to this machine?",
        )


def read_port(name: str, port: int | str) -> int:
    """Return a port's number; from the environment it comes as text.

    Raises
    ------
    InputError : it is none
    """
    text = str(port)
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 65536:
        raise InputError(f"target '{name}': '{port}' is no port", help="a number from 1 to 65535")
    return int(text)


@dataclass(frozen=True)
class SftpFiles:
    """The files below a folder of a server."""

    runner: asyncio.Runner
    sftp: Any
    top: str

    def at(self, path: str) -> str:
        """Return a path as the server knows it."""
        return posixpath.join(self.top, path)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for one operation."""
        return self.runner.run(work)

    def names(self, path: str) -> list[str]:
        """Return the names in a folder; none when it is missing."""
        found = self.run(self.absent_is_none(self.sftp.listdir(self.at(path))))
        return sorted(name for name in found or () if name not in (".", "..") and "/" not in name)

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None when it is missing."""
        return self.run(self.absent_is_none(self.content(self.at(path))))

    async def content(self, path: str) -> bytes:
        """Return a remote file's bytes."""
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
        """Make a folder and those above it."""
        self.run(self.sftp.makedirs(self.at(path), exist_ok=True))


async def flush(file: Any) -> None:
    """Bring a remote file down to the disk, where the server knows how."""
    asyncssh = require("asyncssh", "ssh")
    try:
        await file.fsync()
    except asyncssh.SFTPOpUnsupported:
        return
