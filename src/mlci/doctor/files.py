"""What must lie in the repository or be in reach: mlci's wheel, known hosts, the store, secrets."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

from mlci.doctor.check import Check, advice, fine, missing
from mlci.engine.secrets import FILE as SECRETS_FILE
from mlci.engine.secrets import Secrets
from mlci.errors import InputError
from mlci.language.catalogue import TARGETS
from mlci.language.model import Pipeline

KNOWN_HOSTS = "known_hosts"
"""The key under which targets name a file of servers' keys."""


def file_checks(pipeline: Pipeline, root: Path, environ: Mapping[str, str]) -> Iterator[Check]:
    yield from mlci_checks(pipeline, root)
    yield from target_checks(pipeline, root)
    yield store_check(pipeline, root)
    yield from secret_checks(pipeline, root, environ)


def mlci_checks(pipeline: Pipeline, root: Path) -> Iterator[Check]:
    spec = pipeline.mlci
    if not spec:
        yield advice(
            "mlci",
            "mlci.yaml does not say how a job gets mlci; its requirements must list it",
            "mlci: mlci==…",
        )
    elif spec.endswith(".whl") and "://" not in spec and not (root / spec).is_file():
        mend = f"python -m pip download --no-deps mlci -d {Path(spec).parent}"
        yield missing("mlci", f"{spec} is not in the repository; jobs install mlci from it", mend)


def target_checks(pipeline: Pipeline, root: Path) -> Iterator[Check]:
    """Yield a check for each file that a target needs in the repository."""

    for name, target in pipeline.targets.items():
        kind = TARGETS.find(target.type)
        for parameter in kind.parameters if kind is not None else ():
            value = target.options.get(parameter.name)
            if not isinstance(value, str) or "${" in value or not needs_file(parameter.type):
                continue
            mend = f"add {value}"
            if parameter.name == KNOWN_HOSTS:
                mend = f"ssh-keyscan {target.options.get('host', 'HOST')} >> {value}"
            if not (root / value).is_file():
                yield missing(f"target-{name}", f"target '{name}' needs the file {value}", mend)
            elif parameter.name == KNOWN_HOSTS and not holds_key(root / value):
                yield missing(f"target-{name}", f"{value} holds no key; nothing is sent without one", mend)
            else:
                yield fine(f"target-{name}", f"{value} is there")


def holds_key(path: Path) -> bool:
    """Tell whether a file of known hosts has a line that is no comment."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)


def needs_file(kind: object) -> bool:
    """Tell whether a parameter's type is a path."""
    return kind is Path or Path in get_args(kind)


def store_check(pipeline: Pipeline, root: Path) -> Check:
    address = pipeline.store
    scheme, mark, rest = address.partition("://")
    if mark and scheme != "file":
        return remote_store_check(address)
    folder = (root / (rest if mark else address)).resolve()
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if there.is_dir() and os.access(there, os.W_OK):
        return fine("store", f"the store {address} can be written")
    return missing("store", f"the store {address} cannot be written", f"chmod u+w {there}")


def remote_store_check(address: str) -> Check:
    """Check that a store behind a URL answers."""
    from mlci.engine.remote_shelf import RemoteShelf

    try:
        RemoteShelf(address).read("keys/none", 1)
    except Exception as error:  # each kind of store raises its own package's errors
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        mend = "check the address, and the credentials in the environment"
        return missing("store", f"the store {address} is out of reach: {first}", mend)
    return fine("store", f"the store {address} answers")


def secret_checks(pipeline: Pipeline, root: Path, environ: Mapping[str, str]) -> Iterator[Check]:
    """Yield the checks of secrets for runs on this machine."""
    try:
        secrets = Secrets(environ, root)
        wanted = dict.fromkeys(name for stage in pipeline.stages.values() for name in stage.secrets)
        unset = [name for name in wanted if not secrets.get(name)]
    except InputError as error:
        yield missing("secrets", f"{SECRETS_FILE} cannot be read: {error}", f"mend {SECRETS_FILE}")
        return
    if unset:
        said = f"not set here: {', '.join(unset)}; only stages that use them need them"
        yield advice("secrets", said, f"echo '{unset[0]}=…' >> {SECRETS_FILE}")
    yield from exposure(root)


def exposure(root: Path) -> Iterator[Check]:
    """Yield a check when the file of secrets could be read or committed by others."""
    path = root / SECRETS_FILE
    if not path.is_file():
        return
    if path.stat().st_mode & 0o077:
        yield missing("secrets-file", f"others can read {SECRETS_FILE}", f"chmod 600 {SECRETS_FILE}")
    git = shutil.which("git")
    if git is None:
        return
    done = subprocess.run(
        [git, "-C", str(root), "check-ignore", "-q", SECRETS_FILE], check=False, capture_output=True
    )
    if done.returncode == 1:
        mend = f"echo /{SECRETS_FILE} >> .gitignore"
        yield missing("secrets-file", f"git does not ignore {SECRETS_FILE}", mend)
