"""The ssh target against a real sshd on the loopback interface, as another machine would meet it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from packages_kit import make_package, site

from mlci.deploy import open_target
from mlci.deploy.contract import Target
from mlci.errors import EnvironmentLacks, InputError

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(SSHD is None, reason="needs sshd: apt-get install openssh-server"),
]


@dataclass(frozen=True)
class Server:
    """A running sshd."""

    port: int
    folder: Path
    key: str
    """The private key that it lets in."""

    def known_hosts(self, root: Path, key: str = "host") -> None:
        """Write a file of known hosts into a workspace."""
        public = (self.folder / f"{key}.pub").read_text()
        (root / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {public}")

    def target(self, root: Path, environ: dict[str, str] | None = None, **options: Any) -> Target:
        """A target on this server, below the workspace's folder `remote`."""
        if not (root / "known_hosts").exists():
            self.known_hosts(root)
        given = {
            "type": "ssh",
            "host": "127.0.0.1",
            "port": str(self.port),
            "username": os.environ.get("USER") or subprocess.getoutput("id -un"),
            "path": str(root / "remote"),
            "known_hosts": "known_hosts",
            **options,
        }
        here = site(root, {"DEPLOY_SSH_KEY": self.key} if environ is None else environ)
        return open_target("production", {"production": given}, here)


def make_key(path: Path) -> None:
    """Make a key pair without a passphrase."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An sshd of our own, with keys only."""
    assert SSHD is not None
    folder = tmp_path_factory.mktemp("sshd")
    for name in ("host", "other", "user"):
        make_key(folder / name)
    shutil.copyfile(folder / "user.pub", folder / "authorized_keys")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile {folder}/pid\n"
        f"AuthorizedKeysFile {folder}/authorized_keys\nPasswordAuthentication no\nStrictModes no\n"
        "KbdInteractiveAuthentication no\nUsePAM no\nSubsystem sftp internal-sftp\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(folder / "config")], stderr=subprocess.PIPE)
    try:
        wait_for(port, process)
        yield Server(port, folder, (folder / "user").read_text())
    finally:
        process.terminate()
        process.wait(10)
        if process.stderr is not None:
            process.stderr.close()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until sshd answers."""
    for _ in range(200):
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail("sshd does not answer")


def test_deploy_status_rollback_fetch(server: Server, tmp_path: Path) -> None:
    target = server.target(tmp_path, keep=2)
    packages = [make_package(tmp_path / f"dist-{n}", n, f"model {n}" * 5000) for n in (1, 2, 3)]
    for packed in packages:
        assert target.deploy(packed).changed is True
    assert target.deploy(packages[-1]).changed is False
    state = target.status()
    assert (state.version, state.versions) == (3, (2, 3))
    assert [event["event"] for event in state.history] == ["deploy", "deploy", "deploy"]
    prod = tmp_path / "remote" / "prod" / "digits"
    assert (prod / "3" / "saved_model.pb").stat().st_mode & 0o777 == 0o644
    assert target.rollback().version == 2
    assert sorted(path.name for path in prod.iterdir()) == ["2"]
    assert target.rollback(to=3).version == 3
    folder = target.fetch(tmp_path / "fetched")
    for name in packages[2].files:
        assert (folder / name).read_bytes() == (prod / "3" / name).read_bytes()
    assert list((tmp_path / "remote" / "staging").iterdir()) == []


def test_the_same_layout_as_local(server: Server, tmp_path: Path) -> None:
    from mlci.deploy.local import Local

    packed = make_package(tmp_path / "dist", 1)
    server.target(tmp_path).deploy(packed)
    Local(site(tmp_path), path="here").deploy(packed)
    names = [
        sorted(path.relative_to(tmp_path / top).as_posix() for path in (tmp_path / top).rglob("*"))
        for top in ("remote", "here")
    ]
    assert names[0] == names[1]
    assert Local(site(tmp_path), path="remote").status().version == 1


def test_conflicts_are_refused(server: Server, tmp_path: Path) -> None:
    target = server.target(tmp_path)
    target.deploy(make_package(tmp_path / "one", 2))
    with pytest.raises(InputError, match="already in production with another model"):
        target.deploy(make_package(tmp_path / "two", 2, "other"))
    with pytest.raises(InputError, match="older than version 2"):
        target.deploy(make_package(tmp_path / "three", 1))


def test_a_left_over_upload_is_no_obstacle(server: Server, tmp_path: Path) -> None:
    staging = tmp_path / "remote" / "staging"
    (staging / ".1.abcd" / "variables").mkdir(parents=True)
    (staging / "1").mkdir()
    (staging / "1" / "half").write_text("of something else")
    target = server.target(tmp_path)
    assert target.deploy(make_package(tmp_path / "dist", 1)).version == 1
    assert list(staging.iterdir()) == []


def test_a_wrong_host_key_is_refused(server: Server, tmp_path: Path) -> None:
    server.known_hosts(tmp_path, "other")
    with pytest.raises(InputError, match="is not the one in known_hosts; nothing was sent"):
        server.target(tmp_path).status()
    assert not (tmp_path / "remote").exists()


def test_an_unknown_host_is_refused(server: Server, tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text("")
    with pytest.raises(InputError, match="nothing was sent"):
        server.target(tmp_path).status()


def test_known_hosts_are_required(server: Server, tmp_path: Path) -> None:
    (tmp_path / "known_hosts").touch()
    with pytest.raises(InputError, match="there is no file of known hosts"):
        server.target(tmp_path, known_hosts="nowhere")


@pytest.mark.parametrize(
    ("environ", "error", "said"),
    [
        ({}, EnvironmentLacks, "needs the secret DEPLOY_SSH_KEY"),
        ({"DEPLOY_SSH_KEY": "nonsense"}, InputError, "is no private key that can be used"),
        ({"DEPLOY_SSH_KEY": "other"}, EnvironmentLacks, "does not let us in"),
    ],
)
def test_keys_that_do_not_work(
    server: Server, tmp_path: Path, environ: dict[str, str], error: type[Exception], said: str
) -> None:
    if environ.get("DEPLOY_SSH_KEY") == "other":
        environ = {"DEPLOY_SSH_KEY": (server.folder / "other").read_text()}
    with pytest.raises(error, match=said):
        server.target(tmp_path, environ).status()


def test_a_password_is_used_only_without_a_key(server: Server, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentLacks, match="does not let us in"):
        server.target(tmp_path, {"PASSWORD": "x"}, password="PASSWORD").status()
    both = server.target(tmp_path, {"DEPLOY_SSH_KEY": server.key, "PASSWORD": "x"}, password="PASSWORD")
    with pytest.raises(InputError, match="nothing is deployed"):
        both.status()


def test_an_absent_server_is_told(server: Server, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    with pytest.raises(EnvironmentLacks, match=f"cannot reach 127.0.0.1 on port {closed}"):
        server.target(tmp_path, port=closed).status()
    with pytest.raises(InputError, match="is no port"):
        server.target(tmp_path, port="ssh")


def test_a_folder_that_cannot_be_written_is_told(server: Server, tmp_path: Path) -> None:
    (tmp_path / "remote").write_text("a file where the folder should be")
    with pytest.raises(EnvironmentLacks, match="refuses a file operation"):
        server.target(tmp_path).deploy(make_package(tmp_path / "dist", 1))


def test_the_user_s_own_ssh_settings_take_no_part(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home" / ".ssh"
    home.mkdir(parents=True)
    shutil.copyfile(server.folder / "user", home / "id_ed25519")
    (home / "config").write_text("Host *\n  StrictHostKeyChecking no\n  Port 1\n")
    server.known_hosts(home)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with pytest.raises(EnvironmentLacks, match="does not let us in"):
        other = (server.folder / "other").read_text()
        server.target(tmp_path, {"DEPLOY_SSH_KEY": other}).status()
