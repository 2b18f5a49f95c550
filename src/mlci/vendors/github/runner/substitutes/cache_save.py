"""Does the work of actions/cache when a job has succeeded: keeps what is new under a key."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from pathlib import Path

from mlci.vendors.github.runner.substitutes import ground


def keep(source: Path, place: Path) -> None:
    """Copy one file or folder."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, place, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, place)


def gather(paths: list[str], entry: Path) -> int:
    """Copy all that paths name, `~` and `*` among them; return how many there were."""
    count = 0
    for path in paths:
        if path.startswith("!"):
            ground.refuse(f"this stand-in for actions/cache leaves nothing out: {path}")
        home = path.startswith("~/")
        top = Path(os.environ["HOME"]) if home else ground.workspace()
        pattern = path.removeprefix("~/").removeprefix("./").rstrip("/")
        if pattern.startswith("/") or ".." in pattern.split("/"):
            ground.refuse(f"this stand-in for actions/cache keeps nothing outside home and workspace: {path}")
        for found in top.glob(pattern):
            keep(found, entry / ("home" if home else "workspace") / found.relative_to(top))
            count += 1
    return count


def main() -> None:
    """Do the work; what is kept under a key never changes."""
    given = ground.inputs()
    paths = [line.strip() for line in given["path"].splitlines() if line.strip()]
    version = hashlib.sha256("\n".join(paths).encode()).hexdigest()
    folder = Path(ground.places()["caches"]) / version
    entry = folder / hashlib.sha256(given["key"].encode()).hexdigest()
    if entry.exists():
        ground.say(f"Cache hit occurred on the primary key {given['key']}, not saving cache.")
        return
    part = folder / f"{uuid.uuid4().hex}.part"
    part.mkdir(parents=True)
    if not gather(paths, part):
        ground.say(
            "::warning::Path Validation Error: Path(s) specified in the action for caching do(es) not exist"
        )
        shutil.rmtree(part)
        return
    (part / "key").write_text(json.dumps(given["key"]), encoding="utf-8")
    part.rename(entry)
    ground.say(f"Cache saved with key: {given['key']}")


if __name__ == "__main__":
    main()
