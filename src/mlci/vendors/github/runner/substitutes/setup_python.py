"""Does the work of actions/setup-python with the one Python there is; refuses to pass it off as another."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from mlci.vendors.github.runner.substitutes import ground

MANAGERS = {
    "pip": ["**/requirements.txt", "**/pyproject.toml"],
    "pipenv": ["**/Pipfile.lock"],
    "poetry": ["**/poetry.lock"],
}
"""The files whose content names a cache when none are given."""


def main() -> None:
    """Do the work."""
    given, places = ground.inputs(), ground.places()
    python = shutil.which("python")
    if python is None:
        ground.refuse("there is no Python before the checkout; put actions/checkout first")
    version = version_of(python)
    if not fits(version, given["python-version"]):
        ground.refuse(
            f"Python {given['python-version']} is asked for, and this run was prepared with {version}"
        )
    check_cache(given["cache"], given["cache-dependency-path"])
    folder = Path(python).parent
    ground.add_paths([places["tools"], str(folder), str(folder / "programs")])
    for name in ("pythonLocation", "Python_ROOT_DIR", "Python3_ROOT_DIR"):
        ground.export(name, str(folder.parent))
    ground.answer("python-version", version)
    ground.answer("python-path", python)
    ground.answer("cache-hit", "false")


def version_of(python: str) -> str:
    """Return an interpreter's version, three numbers."""
    words = [python, "-I", "-c", "import platform; print(platform.python_version())"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def fits(version: str, wanted: str) -> bool:
    """Tell whether a version is one that is asked for: `3`, `3.11`, `3.x`, `3.11.4`; several, one a line."""
    lines = [line.strip() for line in wanted.splitlines() if line.strip()]
    for line in lines:
        if not re.fullmatch(r"\d+(\.(\d+|x|\*))*", line):
            ground.refuse(f"this stand-in does not understand the version '{line}'")
    parts = [re.sub(r"(\.[x*])+$", "", line) for line in lines]
    return not parts or any(version == part or version.startswith(f"{part}.") for part in parts)


def check_cache(manager: str, files: str) -> None:
    """Refuse what the action refuses: an unknown manager, or no file that names the cache."""
    if not manager:
        return
    if manager not in MANAGERS:
        ground.refuse(f"Caching for '{manager}' is not supported")
    patterns = [line.strip() for line in files.splitlines() if line.strip()] or MANAGERS[manager]
    if not any(next(ground.workspace().glob(pattern), None) for pattern in patterns):
        matched = f"{ground.workspace()} matched to [{' or '.join(patterns)}]"
        ground.refuse(f"No file in {matched}, make sure you have checked out the target repository")


if __name__ == "__main__":
    main()
