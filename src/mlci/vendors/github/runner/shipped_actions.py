"""mlci's own actions in a run: those that are shipped with this mlci, laid where act takes them from.

They run as they are, but for what installs mlci: in a run it is the one of the prepared environment.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from mlci import __version__
from mlci.parity.origin import COMMIT, origin
from mlci.release import REPOSITORY, TAG
from mlci.resources import shipped
from mlci.vendors.github.render.own_actions import RUN, USES, called
from mlci.yaml.document import Document

INSTALLER, RELEASED = "install.py", "released_install.py"
SUBSTITUTE = Path(__file__).with_name("substitutes") / INSTALLER


def named(uses: str) -> str:
    """Return the name of the action of mlci's that `uses` may mean, "" for none."""
    name = called(uses)
    return name if name and (shipped("actions") / name / "action.yml").is_file() else ""


@cache
def metadata(name: str) -> Any:
    path = shipped("actions") / name / "action.yml"
    return Document(path.name, path.read_text("utf-8")).data


def inputs_of(name: str) -> tuple[str, ...]:
    return tuple(metadata(name)["inputs"])


def inner(name: str) -> Iterator[str]:
    yield from (step["uses"] for step in metadata(name)["runs"]["steps"] if "uses" in step)


def variables() -> list[str]:
    """Return the variables in which act, unlike GitHub, hands inputs to what the action `run` calls."""
    return [f"INPUT_{re.sub(r'[^A-Z0-9-]', '_', name.upper())}" for name in inputs_of(RUN)]


def state_of(uses: str) -> tuple[str, str]:
    found = USES.fullmatch(uses)
    assert found is not None  # noqa: S101 - it is one of mlci's
    return found["repository"].lower(), found["ref"]


def is_mine(uses: str) -> bool:
    """Tell whether an action of mlci's is, as far as can be known here, the one shipped with this mlci."""
    repository, ref = state_of(uses)
    mine = origin()
    if mine is not None and (repository, ref) == (mine.repository.lower(), mine.ref):
        return True
    return repository == REPOSITORY and (ref == TAG or (mine is None and bool(COMMIT.fullmatch(ref))))


def told(uses: str) -> str:
    """Say what runs in place of an action whose commit nothing here can be held against, "" for others."""
    repository, ref = state_of(uses)
    if not COMMIT.fullmatch(ref) or origin() is not None:
        return ""
    return f"{repository}'s actions at {ref[:12]} are taken for those of this mlci, {__version__}"


def lay(folder: Path) -> None:
    shutil.copytree(shipped("actions"), folder / "actions")
    (folder / "actions" / INSTALLER).rename(folder / "actions" / RELEASED)
    shutil.copyfile(SUBSTITUTE, folder / "actions" / INSTALLER)
