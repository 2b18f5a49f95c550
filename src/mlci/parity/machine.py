"""The machine a job finds: a home of its own, a few variables, and nothing running when it has ended."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from mlci.parity import prepared
from mlci.parity.contract import Setting

MARK = "MLCI_PARITY"
"""The variable by which a job's processes are known, whatever they do."""
PATIENCE = 5.0
"""Seconds that processes get to end by themselves."""
PASSED_ON = (
    *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "LD_LIBRARY_PATH"),
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_CONFIG_FILE", "PIP_FIND_LINKS"),
    *("UV_INDEX", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "DOCKER_HOST", "AWS_ENDPOINT_URL"),
)
"""What says how this machine reaches others; no job could work without."""
CHANGING = frozenset(
    {"PWD", "OLDPWD", "SHLVL", "_", "PATH", "HOME", "TMPDIR", "BASH_ENV", "COLUMNS", "LINES"}
)
"""Variables that tell nothing of what a file sets."""


class Machine(NamedTuple):
    """What one job has."""

    folder: Path
    """For this job alone: its home, its temporary files, its environment."""
    home: Path
    mark: str

    def environ(self, setting: Setting) -> dict[str, str]:
        """Return the variables that any machine has."""
        path = (str(setting.tools), self.programs(), *system_path())
        return {
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            "PATH": os.pathsep.join(path),
            "HOME": str(self.home),
            "TMPDIR": str(self.folder / "tmp"),
            "USER": "ci",
            "LOGNAME": "ci",
            "SHELL": "/bin/bash",
            "LANG": "C.UTF-8",
            "PIP_CACHE_DIR": str(Path.home() / ".cache" / "pip"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
            "PIP_RETRIES": "1",
            "PIP_TIMEOUT": "15",
            MARK: self.mark,
        }

    def programs(self) -> str:
        scripts = self.folder / "env" / "bin"
        return f"{scripts}{os.pathsep}{scripts / prepared.PROGRAMS}"


def machine(folder: Path, setting: Setting) -> Machine:
    made = Machine(folder, folder / "home", setting.mark(folder.name))
    made.home.mkdir(parents=True)
    (folder / "tmp").mkdir()
    prepared.overlay(folder / "env", bare=setting.bare)
    return made


def system_path() -> tuple[str, ...]:
    """Return the folders of this machine's own programs, those of Python environments left out."""
    given = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return tuple(folder for folder in given if folder and not is_environment(Path(folder)))


def is_environment(folder: Path) -> bool:
    """Tell whether a folder holds the programs of a virtual environment."""
    return (folder.parent / "pyvenv.cfg").is_file()


def seen(
    environ: Mapping[str, str], machines: Mapping[str, str], secrets: Mapping[str, str], own: tuple[str, ...]
) -> dict[str, str]:
    """Return what a vendor's file has set of an environment.

    Parameters
    ----------
    environ : all that `mlci exec` was given
    machines : what the machine and the vendor have set before the file came to it
    secrets : left out by name and by value
    own : how names of the vendor's own variables begin
    """
    values = set(secrets.values())
    return {
        name: value
        for name, value in sorted(environ.items())
        if machines.get(name) != value
        and name not in CHANGING
        and name != MARK
        and name not in secrets
        and value not in values
        and not name.startswith(own)
    }


def sweep(mark: str) -> int:
    """End every process of a job that is still there, also one that left its group; return how many."""
    found = marked(mark)
    for pid in found:
        send(pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while (left := marked(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in left:
        send(pid, signal.SIGKILL)
    return len(found)


def marked(mark: str) -> list[int]:
    """Return the processes that carry a mark; none where there is no /proc."""
    wanted = f"{MARK}={mark}".encode()
    return [pid for pid, environ in environments() if wanted in environ.split(b"\0")]


def environments() -> Iterator[tuple[int, bytes]]:
    """Yield every process that this user may look at, and the environment it began with."""
    proc = Path("/proc")
    for entry in proc.iterdir() if proc.is_dir() else ():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                yield int(entry.name), (entry / "environ").read_bytes()
            except OSError:
                continue


def send(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return
