"""Artifacts in a folder: what the upload and download actions do with their inputs, as their pages say."""

from __future__ import annotations

import os
import shutil
import sys
from fnmatch import fnmatchcase
from pathlib import Path


def upload(service: Path, name: str, lines: str) -> None:
    """Keep files under a name; `!` leaves out, and the deepest folder common to all paths is the top."""
    paths = [line.strip() for line in lines.splitlines() if line.strip()]
    roots = [Path(path) for path in paths if not path.startswith("!")]
    without = [Path(path[1:]) for path in paths if path.startswith("!")]
    files = [file for root in roots for file in files_in(root) if not any(map(file.is_relative_to, without))]
    if not files:
        print("no files were found")
        return
    tops = [root if root.is_dir() else root.parent for root in roots if root.exists()]
    top = Path(os.path.commonpath(tops))
    shutil.rmtree(service / name, ignore_errors=True)
    for file in files:
        to = service / name / file.relative_to(top)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, to)


def files_in(root: Path) -> list[Path]:
    """Return a file, or all files in a folder."""
    return [root] if root.is_file() else sorted(path for path in root.rglob("*") if path.is_file())


def download(service: Path, name: str, pattern: str, to: str, *, merge: bool) -> None:
    """Fetch one artifact, which must be there, or all that match, each into a folder of its name.

    One that is alone, and all that are merged, have no folder of their own.
    """
    if not pattern and not (service / name).is_dir():
        sys.exit(f"Unable to download artifact(s): Artifact not found for name: {name}")
    names = [each.name for each in sorted(service.iterdir())] if service.is_dir() else []
    chosen = [each for each in names if (fnmatchcase(each, pattern) if pattern else each == name)]
    for each in chosen:
        flat = merge or len(chosen) == 1
        shutil.copytree(service / each, to if flat else Path(to) / each, dirs_exist_ok=True)


if __name__ == "__main__":
    folder = Path(os.environ["ARTIFACT_SERVICE"])
    if sys.argv[1] == "upload":
        upload(folder, os.environ["NAME"], os.environ["PATHS"])
    else:
        run = os.environ["RUN"]
        folder = folder.with_name(f"{folder.name}-{run}") if run else folder
        flat = os.environ["MERGE"] == "true"
        download(folder, os.environ["NAME"], os.environ["PATTERN"], os.environ["PATHS"], merge=flat)
