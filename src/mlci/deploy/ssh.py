"""The target `ssh`: a folder of another machine, over SFTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlci.deploy.contract import Deployed, Site, Status
from mlci.errors import EnvironmentLacks, InputError, MlciError

if TYPE_CHECKING:
    from mlci.deploy.layout import Layout
    from mlci.deploy.package import Package

TIMEOUT = 30.0
"""Seconds to connect and log in."""


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
        with self.session() as layout:
            return layout.deploy(package)

    def status(self, model: str | None = None) -> Status:
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
        import asyncio

        from mlci.deploy.layout import Layout
        from mlci.deploy.sftp import SftpFiles
        from mlci.models.framework import require

        asyncssh = require("asyncssh", "ssh")
        secret = self.credentials(asyncssh)
        with asyncio.Runner() as runner:
            try:
                connection = runner.run(self.connect(asyncssh, secret))
                try:
                    sftp = runner.run(start_sftp(connection))
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


async def start_sftp(connection: Any) -> Any:
    return await connection.start_sftp_client()


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
