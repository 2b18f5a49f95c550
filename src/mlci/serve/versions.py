"""The versions of one model: found by polling, loaded beside the old one, swapped when ready."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from mlci.errors import MlciError
from mlci.serve.errors import RequestError, invalid
from mlci.serve.servable import Servable, load_servable

State = Literal["START", "LOADING", "AVAILABLE", "UNLOADING", "END"]


@dataclass
class VersionState:
    """Where one version stands."""

    state: State
    error: str = ""
    """Why it does not load."""
    stamp: int = 0
    """When its folder was last changed, in nanoseconds; one that failed is tried again when this changes."""


@dataclass
class Versions:
    """The versions of a model below a folder; the highest is served.

    Parameters
    ----------
    name : the model's name
    base : a folder with a folder for each version, named by its number; others are ignored
    say : shows one line of what happens
    labels : label -> version; a label is known once its version can be asked
    """

    name: str
    base: Path
    say: Callable[[str], None]
    labels: Mapping[str, int] = field(default_factory=dict)
    states: dict[int, VersionState] = field(default_factory=dict)
    serving: dict[int, Servable] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)

    def find(self) -> dict[int, Path]:
        try:
            children = list(self.base.iterdir())
        except OSError:
            return {}
        return {
            int(child.name): child
            for child in children
            if child.name.isascii() and child.name.isdecimal() and child.is_dir()
        }

    def refresh(self) -> None:
        """Bring what is served in line with what is there: load the new version first, then drop the old."""
        found = self.find()
        wanted = max(found, default=None)
        if wanted is not None and wanted not in self.serving and self.load(wanted, found[wanted]) is None:
            wanted = max((version for version in self.serving if version in found), default=None)
            if wanted is None:
                return
        old = [version for version in self.serving if version != wanted]
        for version in old:
            self.unload(version)
        if old:
            settle()

    def load(self, version: int, folder: Path) -> Servable | None:
        """Load one version; return None, and leave what is served alone, when it fails."""
        stamp = folder.stat().st_mtime_ns
        known = self.states.get(version)
        if known is not None and known.error and known.stamp == stamp:
            return None
        self.states[version] = VersionState("LOADING", stamp=stamp)
        try:
            servable = load_servable(version, folder)
        except Exception as error:
            said = str(error) if isinstance(error, MlciError) else f"{type(error).__name__}: {error}"
            self.states[version] = VersionState("END", said or "it does not load", stamp)
            self.say(f"{self.name} version {version} does not load: {said}")
            return None
        settle()
        self.serving = {**self.serving, version: servable}
        self.states[version] = VersionState("AVAILABLE", stamp=stamp)
        self.say(f"{self.name} version {version} is available")
        return servable

    def unload(self, version: int) -> None:
        """Stop serving a version; requests under way finish with it."""
        self.states[version].state = "UNLOADING"
        self.serving = {held: servable for held, servable in self.serving.items() if held != version}
        self.states[version].state = "END"
        self.say(f"{self.name} version {version} is unloaded")

    def watch(self, seconds: float) -> threading.Thread:
        """Poll in a thread of its own until `stopping` is set."""

        def poll() -> None:
            while not self.stopping.wait(seconds):
                try:
                    self.refresh()
                except OSError as error:
                    self.say(f"cannot look for versions below {self.base}: {error.strerror}")

        thread = threading.Thread(target=poll, name=f"versions of {self.name}", daemon=True)
        thread.start()
        return thread

    def get(self, version: int | None, label: str | None) -> Servable:
        """Return the version to ask: the one named, the label's, or the latest.

        Raises
        ------
        RequestError : it is not served
        """
        if label is not None:
            version = self.labelled(label)
        serving = self.serving
        chosen = max(serving, default=None) if version is None else version
        if chosen is None or chosen not in serving:
            raise missing(self.name, version)
        return serving[chosen]

    def labelled(self, label: str) -> int:
        version = self.labels.get(label)
        if version is None or version not in self.serving:
            raise invalid(f"Unrecognized servable version label: {label}")
        return version

    def status(self, version: int | None, label: str | None) -> dict[str, Any]:
        """Return what TensorFlow Serving tells of the versions, newest first, or of one.

        Raises
        ------
        RequestError : there is none
        """
        if label is not None:
            version = self.labelled(label)
        states = dict(self.states)
        chosen = sorted(states, reverse=True) if version is None else [v for v in (version,) if v in states]
        if not chosen:
            which = "any versions" if version is None else f"version {version}"
            raise RequestError("NOT_FOUND", f"Could not find {which} of model {self.name}")
        return {"model_version_status": [describe(number, states[number]) for number in chosen]}


def settle() -> None:
    """Free what is no longer held, and spare the rest from later collections, which would delay requests."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def missing(name: str, version: int | None) -> RequestError:
    which = f"Latest({name})" if version is None else f"Specific({name}, {version})"
    return RequestError("NOT_FOUND", f"Servable not found for request: {which}")


def describe(version: int, state: VersionState) -> dict[str, Any]:
    code = "UNKNOWN" if state.error else "OK"
    return {
        "version": str(version),
        "state": state.state,
        "status": {"error_code": code, "error_message": state.error},
    }
