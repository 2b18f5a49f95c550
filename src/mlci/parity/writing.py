"""Writes the certificate, its page and the logs; no secret goes with them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from mlci.engine.masker import Masker
from mlci.files import write_atomic
from mlci.parity.certificate import Proof, certificate
from mlci.parity.page import page
from mlci.parity.table import described

CERTIFICATE, PAGE, LOGS = "parity.json", "parity.html", "logs"


def write(proof: Proof, secrets: Mapping[str, str], folder: Path) -> str:
    """Write all of a proof into a folder; return the certificate's text."""
    masker = Masker(secrets.values())
    said = certificate(proof)
    text = masker.text(json.dumps(said, indent=1, ensure_ascii=False)) + "\n"
    write_atomic(folder / CERTIFICATE, text)
    headings = [described(part) for part in proof.parts]
    write_atomic(folder / PAGE, masker.text(page(json.loads(text), headings)))
    # Logs of an earlier proof would pass for this one's.
    shutil.rmtree(folder / LOGS, ignore_errors=True)
    for part in proof.parts:
        for column in (part.reference, *part.columns):
            for ran in column.rans:
                if ran.log.is_file():
                    target = folder / LOGS / column.id / ran.workflow / f"{ran.id}.log"
                    write_atomic(target, masker.text(ran.log.read_text(errors="replace")))
    return text
