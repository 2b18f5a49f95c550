"""A cache's key: its `{{ … }}` templates filled."""

from __future__ import annotations

import base64
import hashlib
import platform
import re
import time
from collections.abc import Mapping
from pathlib import Path

from mlci.parity.part import Part
from mlci.vendors.circleci.runner.failure import StepFailure

TEMPLATE = re.compile(r"\{\{\s*(.*?)\s*\}\}")
CHECKSUM = re.compile(r"checksum\s+\"([^\"]+)\"")
VARIABLE = re.compile(r"\.Environment\.([A-Za-z_][A-Za-z0-9_]*)")
NAMED = {
    ".Branch": "CIRCLE_BRANCH",
    ".BuildNum": "CIRCLE_BUILD_NUM",
    ".Revision": "CIRCLE_SHA1",
}


def fill_key(part: Part, folder: Path, environ: Mapping[str, str]) -> str:
    """Return a key with its templates filled.

    Parameters
    ----------
    part : the key
    folder : the working directory, from where files are named
    environ : the job's variables

    Raises
    ------
    StepFailure : a file that is to be summed is not there
    InputError : a template is not known
    """

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name == "arch":
            return f"arch1-linux-{platform.machine()}"
        if name == "epoch":
            return str(int(time.time()))
        if name in NAMED:
            return environ.get(NAMED[name], "")
        variable, checksum = VARIABLE.fullmatch(name), CHECKSUM.fullmatch(name)
        if variable:
            return environ.get(variable[1], "")
        if checksum:
            return sum_of(folder / checksum[1])
        raise part.refuse(f"a key with '{{{{ {name} }}}}' cannot be filled here")

    return TEMPLATE.sub(value, part.text())


def sum_of(path: Path) -> str:
    try:
        digest = hashlib.sha256(path.read_bytes()).digest()
    except OSError as error:
        raise StepFailure(f"cannot sum {path.name}: {error.strerror}") from error
    return base64.b64encode(digest).decode()
