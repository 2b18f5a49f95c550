"""How a target keeps a model's versions, the same on a local disk and over SFTP.

    PATH/staging/VERSION/        uploaded whole, not served
    PATH/prod/NAME/VERSION/      what TensorFlow Serving polls; it serves the highest number
    PATH/retired/NAME/VERSION/   taken back by a rollback
    PATH/history/NAME/N.json     what happened, one file an event

A version's folder appears and disappears by one rename, so a server meets whole versions only, and a
deployment that is cut off leaves the old version or the new one in service. What is served follows from the
folders alone; the history is for people, and says so where the two disagree.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from mlci.deploy.contract import Deployed, Site, Status
from mlci.deploy.package import INNER_MANIFEST, Package, check_name, unpack
from mlci.errors import InputError, StageError
from mlci.models.digest import hash_bytes

EVENT_DIGITS = 8


class Files(Protocol):
    """Files of a target by paths relative to its top, with `/`."""

    def names(self, path: str) -> list[str]:
        """Return the names in a folder; none when it is missing."""
        ...

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None when it is missing."""
        ...

    def create(self, path: str, data: bytes) -> bool:
        """Write a new file whole; return False, and change nothing, when it exists."""
        ...

    def upload(self, folder: Path, path: str) -> None:
        """Copy a local folder to a new one, down to the disk."""
        ...

    def download(self, path: str, folder: Path) -> None:
        """Copy a folder to a new local one."""
        ...

    def rename(self, old: str, new: str) -> None:
        """Rename a folder at once; never onto one that holds something."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file or folder with all it holds; fine when it is missing."""
        ...

    def make(self, path: str) -> None:
        """Make a folder and those above it; fine when it exists."""
        ...


@dataclass(frozen=True)
class Layout:
    """The versions of models at one target."""

    files: Files
    site: Site
    keep: int
    """How many versions stay in production, and how many retired ones."""
    where: str
    """The place, for people."""

    def versions(self, area: str, model: str) -> list[int]:
        """Return a model's versions in `prod` or `retired`, oldest first."""
        names = self.files.names(f"{area}/{model}")
        return sorted(int(name) for name in names if name.isascii() and name.isdecimal())

    def current(self, model: str) -> int | None:
        return max(self.versions("prod", model), default=None)

    def deploy(self, package: Package) -> Deployed:
        """Put a package into production.

        Raises
        ------
        InputError : the version is taken by another model, or older than the one in production
        """
        name, version = package.name, package.version
        current = self.current(name)
        self.reconcile(name, current)
        if not self.is_new(package, current):
            return Deployed(name, version, current, False, self.where)
        try:
            self.publish(package)
        except Exception:
            if self.current(name) == current or self.is_new(package, self.current(name)):
                raise
            return Deployed(name, version, current, False, self.where)
        self.record(name, "deploy", version, current, package.identity)
        self.prune(name, version)
        return Deployed(name, version, current, True, self.where)

    def is_new(self, package: Package, current: int | None) -> bool:
        """Whether a package is still to be put into production; False when it is there.

        Raises
        ------
        InputError : its version is taken by another model, or older than the one in production
        """
        name, version = package.name, package.version
        for area in ("prod", "retired"):
            if version in self.versions(area, name):
                self.same_or_refuse(area, package)
        if current is not None and version < current:
            raise InputError(
                f"version {version} of '{name}' is older than version {current} in production",
                help=f"to go back, roll back: mlci rollback {self.site.name} --to {version}",
            )
        return version != current

    def publish(self, package: Package) -> None:
        """Bring a package's folder into production: one that is retired, or one that is uploaded first."""
        name, version = package.name, package.version
        retired = version in self.versions("retired", name)
        source = f"retired/{name}/{version}" if retired else self.stage(package)
        self.files.make(f"prod/{name}")
        self.files.rename(source, f"prod/{name}/{version}")

    def same_or_refuse(self, area: str, package: Package) -> None:
        held = self.manifest(f"{area}/{package.name}/{package.version}")
        if held.get("identity") != package.identity:
            raise InputError(
                f"version {package.version} of '{package.name}' is already {where(area)} with another model",
                help="package it again with a higher version; a version names one model for ever",
            )

    def stage(self, package: Package) -> str:
        """Upload a package's files and return the whole folder's path; one that is there whole is reused."""
        place = f"staging/{package.version}"
        if self.manifest(place).get("files") == package.files:
            return place
        self.files.remove(place)
        incoming = f"staging/.{package.version}.{secrets.token_hex(4)}"
        self.files.make("staging")
        self.site.say(f"uploading {package.name} version {package.version} to {self.where}")
        with TemporaryDirectory(prefix="mlci-") as local:
            self.files.upload(unpack(package, Path(local)), incoming)
        self.files.rename(incoming, place)
        return place

    def manifest(self, place: str) -> dict[str, Any]:
        """Return the manifest inside a version's folder; empty when there is none."""
        data = self.files.read(f"{place}/{INNER_MANIFEST}")
        try:
            said = json.loads(data) if data else {}
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}

    def prune(self, model: str, version: int) -> None:
        """Remove versions beyond `keep`, and what deployments that were cut off left behind."""
        for area in ("prod", "retired"):
            for old in self.versions(area, model)[: -self.keep]:
                self.discard(f"{area}/{model}/{old}")
        for name in self.files.names("staging"):
            number = name.split(".")[1] if name.startswith(".") else ""
            if number.isdecimal() and int(number) <= version:
                self.discard_unfinished(f"staging/{name}")
        for name in self.files.names("trash"):
            self.files.remove(f"trash/{name}")

    def discard(self, place: str) -> None:
        """Remove a version's folder; a server sees it go at once."""
        self.files.make("trash")
        gone = f"trash/{secrets.token_hex(8)}"
        self.files.rename(place, gone)
        self.files.remove(gone)

    def discard_unfinished(self, place: str) -> None:
        """Remove an upload whose owner may be at work still: it fails then, and publishes nothing half."""
        try:
            self.discard(place)
        except Exception:
            # Its owner has finished and renamed it meanwhile.
            if self.files.names(place):
                raise

    def rollback(self, to: int | None, model: str | None) -> Deployed:
        """Serve an earlier version again, or a retired one.

        Raises
        ------
        InputError : there is no such version
        """
        name = self.model(model)
        current = self.current(name)
        self.reconcile(name, current)
        serving, retired = self.versions("prod", name), self.versions("retired", name)
        chosen = to if to is not None else max(serving[:-1], default=None)
        if chosen is None:
            raise InputError(f"there is no version of '{name}' before {current} to go back to")
        if chosen not in serving and chosen not in retired:
            known = ", ".join(map(str, sorted({*serving, *retired})))
            raise InputError(f"there is no version {chosen} of '{name}'", help=f"there are {known or 'none'}")
        if chosen == current:
            return Deployed(name, chosen, current, False, self.where)
        self.move(name, chosen, serving, retired)
        identity = str(self.manifest(f"prod/{name}/{chosen}").get("identity", ""))
        self.record(name, "rollback", chosen, current, identity)
        return Deployed(name, chosen, current, True, self.where)

    def move(self, name: str, chosen: int, serving: list[int], retired: list[int]) -> None:
        """Bring a version to the top; until the last step the old one stays in service."""
        if chosen in retired and chosen not in serving:
            self.files.rename(f"retired/{name}/{chosen}", f"prod/{name}/{chosen}")
        self.files.make(f"retired/{name}")
        for version in serving:
            if version > chosen:
                self.files.rename(f"prod/{name}/{version}", f"retired/{name}/{version}")

    def status(self, model: str | None) -> Status:
        name = self.model(model)
        serving = self.versions("prod", name)
        retired = tuple(self.versions("retired", name))
        return Status(name, max(serving, default=None), tuple(serving), retired, tuple(self.history(name)))

    def fetch(self, into: Path, model: str | None) -> Path:
        """Copy the version in production below `into` and check every file of it.

        Raises
        ------
        InputError : nothing is deployed
        StageError : a file there is not the one that was deployed
        """
        name = self.model(model)
        version = self.current(name)
        if version is None:
            raise InputError(f"no version of '{name}' is deployed to '{self.site.name}' yet")
        folder = into / str(version)
        self.files.download(f"prod/{name}/{version}", folder)
        files: Mapping[str, str] = self.manifest(f"prod/{name}/{version}").get("files", {})
        for file, digest in files.items():
            path = folder / file
            if not path.is_file() or hash_bytes(path) != digest:
                raise StageError(f"{file} of '{name}' version {version} is not the file that was deployed")
        return folder

    def model(self, model: str | None) -> str:
        """Return the model's name: the one given, or the only one there.

        Raises
        ------
        InputError : none is given, and there is none or more than one
        """
        if model is not None:
            return check_name(model)
        names = sorted({*self.files.names("prod"), *self.files.names("retired")})
        if len(names) == 1:
            return names[0]
        if not names:
            raise InputError(
                f"nothing is deployed to '{self.site.name}' yet", help="run the deploy stage first"
            )
        raise InputError(f"'{self.site.name}' holds several models: {', '.join(names)}", help="name one")

    def history(self, model: str) -> Iterator[Mapping[str, Any]]:
        for name in sorted(self.files.names(f"history/{model}")):
            data = self.files.read(f"history/{model}/{name}") if name.endswith(".json") else None
            if data:
                yield json.loads(data)

    def reconcile(self, model: str, current: int | None) -> None:
        """Note in the history what a deployment that was cut off, or another hand, has done."""
        last = None
        for name in sorted(self.files.names(f"history/{model}"))[-1:]:
            last = json.loads(self.files.read(f"history/{model}/{name}") or b"{}").get("version")
        if current is not None and current != last:
            identity = str(self.manifest(f"prod/{model}/{current}").get("identity", ""))
            self.record(model, "found", current, last, identity)

    def record(self, model: str, event: str, version: int, previous: int | None, identity: str) -> None:
        """Add an event to the history; two that come at once each get a number of their own."""
        context = self.site.context
        said = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "event": event,
            "version": version,
            "previous": previous,
            "identity": identity,
            "commit": context.get("MLCI_COMMIT", ""),
            "run": context.get("MLCI_RUN_URL", "") or context.get("MLCI_RUN_ID", ""),
            "actor": context.get("MLCI_ACTOR", ""),
        }
        data = (json.dumps(said, indent=2, sort_keys=True) + "\n").encode()
        self.files.make(f"history/{model}")
        taken = [name.partition(".")[0] for name in self.files.names(f"history/{model}")]
        number = max((int(name) for name in taken if name.isdecimal()), default=0) + 1
        while not self.files.create(f"history/{model}/{number:0{EVENT_DIGITS}}.json", data):
            number += 1


def where(area: str) -> str:
    """Return an area's name as a message says it."""
    return "in production" if area == "prod" else "retired"
