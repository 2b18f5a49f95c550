"""Writes the certificate, its page and the logs; no secret goes with them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from mlci.engine.masker import Masker
from mlci.errors import EnvironmentLacks
from mlci.files import write_atomic
from mlci.parity.certificate import Proof, certificate
from mlci.parity.page import page
from mlci.parity.table import described

CERTIFICATE, PAGE, LOGS = "parity.json", "parity.html", "logs"


def write(proof: Proof, secrets: Mapping[str, str], folder: Path) -> str:
    """Write all of a proof into a folder; return the certificate's text.

    Raises
    ------
    EnvironmentLacks : it cannot be written
    """
    masker = Masker(secrets.values())
    said = certificate(proof)
    text = masker.text(json.dumps(said, indent=1, ensure_ascii=False)) + "\n"
    headings = [described(part) for part in proof.parts]
    shown = masker.text(page(json.loads(text), headings))
    with by_turns(folder):
        write_atomic(folder / CERTIFICATE, text)
        write_atomic(folder / PAGE, shown)
        write_logs(proof, masker, folder / LOGS)
    return text


@contextmanager
def by_turns(folder: Path) -> Iterator[None]:
    """Let one proof at a time write into a folder, so that what is in it is of one.

    Raises
    ------
    EnvironmentLacks : the folder cannot be made
    """
    import fcntl

    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise EnvironmentLacks(f"cannot write {folder}: {error.strerror}", help="name another one") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_logs(proof: Proof, masker: Masker, folder: Path) -> None:
    """Write what each job printed, in place of an earlier proof's logs, which would pass for this one's."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in proof.parts:
        for column in (part.reference, *part.columns):
            for ran in column.rans:
                if ran.log.is_file():
                    target = folder / column.id / ran.workflow / f"{ran.id}.log"
                    write_atomic(target, masker.text(ran.log.read_text(errors="replace")))
