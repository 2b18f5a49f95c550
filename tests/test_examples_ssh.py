"""The example that deploys over SSH, run whole: trained, deployed, served, asked, retrained, asked again."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from test_examples import MLCI, call, copy

DATA = Path("/usr/share/datasets/fashion-mnist")
USER, PASSWORD = "deployer", "correct horse battery staple"
MODEL = "fashion-mnist"

pytestmark = [
    pytest.mark.real,
    pytest.mark.tensorflow,
    pytest.mark.skipif(not DATA.is_dir(), reason="needs the data: apt-get install dataset-fashion-mnist"),
]


class Server:
    """An SSH server with SFTP that lets one user in by password, in a thread of its own."""

    def __init__(self) -> None:
        self.asyncssh = pytest.importorskip("asyncssh", reason="needs asyncssh: pip install 'mlci[ssh]'")
        self.loop = asyncio.new_event_loop()
        self.key = self.asyncssh.generate_private_key("ssh-ed25519")
        self.logins: list[str] = []
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.port = 0

    def __enter__(self) -> Server:
        self.thread.start()
        listening = asyncio.run_coroutine_threadsafe(self.listen(), self.loop).result(30)
        self.port = listening.get_port()
        return self

    async def listen(self) -> Any:
        server, logins = self.asyncssh.SSHServer, self.logins

        class Guard(server):  # type: ignore[misc, valid-type]
            def begin_auth(self, username: str) -> bool:
                return True

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                logins.append(username)
                return (username, password) == (USER, PASSWORD)

        return await self.asyncssh.create_server(
            Guard, "127.0.0.1", 0, server_host_keys=[self.key], sftp_factory=True
        )

    def __exit__(self, *error: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(30)

    def known_hosts(self) -> str:
        return f"[127.0.0.1]:{self.port} {self.key.export_public_key().decode()}"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(folder: Path, port: int) -> Iterator[None]:
    """Serve a folder's versions from when the first appears, as a server that is already there would."""
    started: list[subprocess.Popen[bytes]] = []
    stop = threading.Event()

    def wait() -> None:
        while not stop.is_set():
            if folder.is_dir() and any(path.name.isdecimal() for path in folder.iterdir()):
                words = [*MLCI, "serve", str(folder), "--name", MODEL, "--port", str(port)]
                started.append(subprocess.Popen(words, stderr=subprocess.DEVNULL))
                return
            time.sleep(0.2)

    waiting = threading.Thread(target=wait)
    waiting.start()
    try:
        yield
    finally:
        stop.set()
        waiting.join(30)
        for server in started:
            server.terminate()
            server.wait(30)


def prepare(root: Path, server: Server, port: int) -> None:
    """Point the example at this machine's servers, with the shortest training that reaches its gate."""
    (root / "deploy" / "known_hosts").write_text(server.known_hosts())
    text = (root / "mlci.yaml").read_text()
    for old, new in (
        ("epochs: 5", "epochs: 1"),
        ("    known_hosts: deploy", f"    port: {server.port}\n    known_hosts: deploy"),
        (":8501", f":{port}"),
    ):
        assert old in text
        text = text.replace(old, new)
    (root / "mlci.yaml").write_text(text)
    who = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    call(["git", *who, "commit", "-aqm", "Use our server"], root)


def test_deploys_over_ssh_and_retrains_what_it_deployed(tmp_path: Path) -> None:
    root, remote, port = copy("circleci-ml", tmp_path), tmp_path / "server", free_port()
    remote.mkdir()
    secrets = {
        "DEPLOY_SERVER_HOSTNAME": "127.0.0.1",
        "DEPLOY_SERVER_USERNAME": USER,
        "DEPLOY_SERVER_PASSWORD": PASSWORD,
        "DEPLOY_SERVER_PATH": str(remote),
    }
    with Server() as server, serving(remote / "prod" / MODEL, port):
        prepare(root, server, port)
        done = call([*MLCI, "run"], root, **secrets)
        (first,) = (remote / "prod" / MODEL).iterdir()
        assert re.search(r"passed +a trouser", done.stdout + done.stderr)
        call([*MLCI, "run", "--workflow", "retrain-deploy", "--yes"], root, **secrets)
        versions = sorted(int(path.name) for path in (remote / "prod" / MODEL).iterdir())
        assert versions == [int(first.name), int(first.name) + 1]
        status = call([*MLCI, "status"], root, **secrets).stdout
        assert f"version {versions[1]} is in production" in status
    assert set(server.logins) == {USER}
    left = [
        path
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink() and PASSWORD.encode() in path.read_bytes()
    ]
    assert not left, "no file holds the password"


def test_without_the_servers_key_nothing_is_sent(tmp_path: Path) -> None:
    root = copy("circleci-ml", tmp_path)
    with Server() as server:
        prepare(root, server, 1)
        (root / "deploy" / "known_hosts").write_text("# no key\n")
        done = subprocess.run(
            [*MLCI, "status"],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
            env={
                **os.environ,
                "DEPLOY_SERVER_HOSTNAME": "127.0.0.1",
                "DEPLOY_SERVER_USERNAME": USER,
                "DEPLOY_SERVER_PASSWORD": PASSWORD,
                "DEPLOY_SERVER_PATH": str(tmp_path),
            },
        )
    assert done.returncode == 2
    assert "nothing was sent" in done.stderr
    assert not server.logins
