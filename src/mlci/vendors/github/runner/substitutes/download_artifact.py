"""Does the work of actions/download-artifact, as its page and its source describe it."""

from __future__ import annotations

import os
import re
import shutil
from fnmatch import fnmatchcase
from pathlib import Path

from mlci.vendors.github.runner.substitutes import ground


def chosen(service: Path, name: str, pattern: str) -> list[Path]:
    """Return the artifacts that are asked for; one that is named must be there."""
    if name:
        if not (service / name).is_dir():
            ground.refuse(f"Unable to download artifact(s): Artifact not found for name: {name}")
        return [service / name]
    if re.search(r"[{}()!+@]", pattern):
        ground.refuse(f"this stand-in for actions/download-artifact does not understand '{pattern}'")
    every = sorted(path for path in service.iterdir() if not path.name.startswith("."))
    return [path for path in every if not pattern or fnmatchcase(path.name, pattern)]


def main() -> None:
    given = ground.inputs()
    if given["run-id"]:
        ground.refuse("there is no other run here whose artifacts could be downloaded")
    top = Path(os.path.normpath(ground.workspace() / os.path.expanduser(given["path"])))  # noqa: PTH111
    found = chosen(Path(ground.places()["artifacts"]), given["name"], given["pattern"])
    together = len(found) == 1 or ground.flag(given, "merge-multiple")
    for artifact in found:
        shutil.copytree(artifact, top if together else top / artifact.name, dirs_exist_ok=True)
    ground.answer("download-path", str(top))
    ground.say(f"Total of {len(found)} artifact(s) downloaded")


if __name__ == "__main__":
    main()
