"""Does the work of actions/cache when a job begins: brings back what is kept under a key."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from mlci.vendors.github.runner.substitutes import ground


def entries(service: Path, paths: list[str]) -> dict[str, Path]:
    """Return what is kept of these paths, the latest first: key -> folder; other paths are another cache."""
    version = hashlib.sha256("\n".join(paths).encode()).hexdigest()
    folder = service / version
    found = sorted(folder.glob("*/key"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return {json.loads(file.read_text("utf-8")): file.parent for file in found}


def choose(kept: dict[str, Path], key: str, others: list[str]) -> str | None:
    """Return the key that serves: the very one, else the latest with one of the other beginnings."""
    if key in kept:
        return key
    return next((name for other in [key, *others] for name in kept if name.startswith(other)), None)


def bring(entry: Path) -> None:
    for name, place in (("workspace", ground.workspace()), ("home", Path(os.environ["HOME"]))):
        if (entry / name).is_dir():
            shutil.copytree(entry / name, place, symlinks=True, dirs_exist_ok=True)


def listed(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def main() -> None:
    given = ground.inputs()
    kept = entries(Path(ground.places()["caches"]), listed(given["path"]))
    found = choose(kept, given["key"], listed(given["restore-keys"]))
    ground.answer("cache-hit", "" if found is None else "true" if found == given["key"] else "false")
    if found is None:
        if ground.flag(given, "fail-on-cache-miss"):
            ground.refuse(f"Failed to restore cache entry. Input key: {given['key']}")
        ground.say(f"Cache not found for input keys: {given['key']}")
        return
    if not ground.flag(given, "lookup-only"):
        bring(kept[found])
    ground.say(f"Cache restored from key: {found}")


if __name__ == "__main__":
    main()
