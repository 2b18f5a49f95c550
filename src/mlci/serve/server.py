"""Starting and stopping the server."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlci.deploy.package import MANIFEST, check_name, read_package, unpack
from mlci.errors import EnvironmentLacks, InputError
from mlci.models.framework import require
from mlci.models.loading import find_keras, find_saved_model, no_model, open_keras
from mlci.serve.app import App
from mlci.serve.versions import Versions

START_SECONDS = 30.0
POLL_SECONDS = 1.0
BACKLOG = 2048
DEFAULT_PORT = 8501


def serve(
    path: Path,
    *,
    name: str | None = None,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    labels: Mapping[str, int] | None = None,
    poll: float = POLL_SECONDS,
    say: Callable[[str], None] = print,
) -> None:
    """Serve a model over HTTP until interrupted.

    Parameters
    ----------
    path : a folder of numbered versions, which is watched; a package; a SavedModel; or a .keras file
    name : the model's name in the URL; the package's, or "model"
    host : the address to listen on
    port : the port; 0 for any free one
    labels : label -> version
    poll : seconds between two looks for new versions
    say : shows one line of what happens

    Raises
    ------
    InputError : there is no model at the path, or it does not load
    EnvironmentLacks : the address is taken, or a package is missing
    """
    with model_folder(path, name) as (base, found), bound(host, port) as listening:
        versions = Versions(found, base, say, labels or {})
        server = make_server(versions)
        first_load(versions, watched=base == path)
        listening.listen(BACKLOG)
        say(f"serving {found} at {url_of(listening)}/v1/models/{found}")
        versions.watch(poll)
        try:
            with quiet_signals():
                server.run(sockets=[listening])
        finally:
            versions.stopping.set()
            say("stopped")


@contextmanager
def running(
    path: Path,
    *,
    name: str | None = None,
    labels: Mapping[str, int] | None = None,
    poll: float = POLL_SECONDS,
) -> Iterator[str]:
    """Serve a model on a free port of this machine while the block runs, and give the server's address.

    Raises
    ------
    InputError : there is no model at the path, or it does not load
    """

    def quiet(line: str) -> None:
        del line

    with model_folder(path, name) as (base, found), bound("127.0.0.1", 0) as listening:
        versions = Versions(found, base, quiet, labels or {})
        server = make_server(versions)
        first_load(versions, watched=base == path)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        watcher = versions.watch(poll)
        try:
            wait_until_started(server, thread)
            yield url_of(listening)
        finally:
            versions.stopping.set()
            server.should_exit = True
            thread.join(START_SECONDS)
            watcher.join(START_SECONDS)


@contextmanager
def quiet_signals() -> Iterator[None]:
    """Let a signal that stopped the server be the end of it: uvicorn finishes, then raises it once more."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(kind, lambda number, frame: None) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)


def make_server(versions: Versions) -> Any:
    uvicorn = require("uvicorn", "serve")
    config = uvicorn.Config(
        App(versions), log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=10
    )
    return uvicorn.Server(config)


def wait_until_started(server: Any, thread: threading.Thread) -> None:
    """Wait until a server in a thread answers."""
    until = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise EnvironmentLacks("the server did not start")
        time.sleep(0.01)


def first_load(versions: Versions, *, watched: bool) -> None:
    """Load what is there before the port answers; only a folder that is watched may be empty yet."""
    versions.refresh()
    if not versions.serving and not watched:
        errors = [state.error for state in versions.states.values()]
        raise InputError(errors[0] if errors else f"there is no model at {versions.base}")
    if not versions.serving:
        versions.say(f"there is no version of {versions.name} at {versions.base} yet; waiting for one")


@contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """Bind an address.

    Raises
    ------
    EnvironmentLacks : it is taken, or none of this machine's
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            listening.bind((host, port))
        except (OSError, OverflowError) as error:
            raise EnvironmentLacks(
                f"cannot listen on {host}:{port}: {getattr(error, 'strerror', None) or error}",
                help="choose another port, or 0 for any free one",
            ) from error
        yield listening


def url_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def model_folder(path: Path, name: str | None) -> Iterator[tuple[Path, str]]:
    """Give the folder of numbered versions behind a path, and the model's name."""
    if (path / MANIFEST).is_file():
        package = read_package(path)
        with TemporaryDirectory(prefix="mlci-") as temporary:
            unpack(package, Path(temporary))
            yield Path(temporary), check_name(name or package.name)
        return
    found = check_name(name or "model")
    saved = find_saved_model(path) if (path / "saved_model.pb").is_file() else None
    keras = find_keras(path) if saved is None else None
    if saved is None and keras is None:
        if not path.is_dir():
            raise no_model(path)
        yield path, check_name(name or path.resolve().name)
        return
    with TemporaryDirectory(prefix="mlci-") as temporary:
        version = Path(temporary) / "1"
        if saved is not None:
            version.symlink_to(saved.resolve(), target_is_directory=True)
        elif keras is not None:
            open_keras(keras).export(str(version), format="tf_saved_model", verbose=False)
        yield Path(temporary), found
