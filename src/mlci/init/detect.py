"""What a repository has already: its Python, its requirements, its scripts, its CI, its DVC pipeline."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from mlci.init.dvc import dvc_stages
from mlci.init.scripts import MAX_BYTES, FoundStage, script_stages

SKIPPED = re.compile(
    r"node_modules|venv|env|build|dist|site-packages|__pycache__|htmlcov|docs|mlruns|\.(git|venv|mlci|dvc|tox)"
)
MAX_FILES = 5000
MAX_DEPTH = 4
REQUIREMENTS = (
    "requirements.txt",
    "requirements/base.txt",
    "requirements/requirements.txt",
    "requirements.in",
)
EXTRAS = ("train", "ml", "test", "tests", "dev")
"""Optional dependencies worth installing, the likeliest first."""


@dataclass(frozen=True)
class Found:
    """What was found."""

    stages: tuple[FoundStage, ...] = ()
    python: str = ""
    requirements: str = ""
    """As mlci.yaml says it: a file's name, or {pyproject: …}, {lock: …} as YAML; "" for none."""
    vendors: tuple[str, ...] = ()
    """Those whose configuration is there."""
    branch: str = "main"
    notes: tuple[str, ...] = ()
    has_code: bool = False
    names: tuple[str, ...] = field(default=(), repr=False)

    def without_files(self) -> Found:
        """Return the same without what the stages read and write."""
        return replace(self, stages=tuple(stage.without_files() for stage in self.stages))


def detect(folder: Path) -> Found:
    """Look a folder through; reads nothing outside it, runs nothing."""
    if not folder.is_dir():
        return Found()
    names = tuple(files(folder))
    requirements, notes = requirements_of(folder, names)
    stages, said = stages_of(folder, names)
    tracked = [name for name in names if name.endswith(".dvc")]
    if tracked:
        said.append(f"{', '.join(tracked[:3])}: kept by DVC; a job needs a stage that runs `dvc pull` first")
    return Found(
        stages=stages,
        python=python_of(folder),
        requirements=requirements,
        vendors=vendors_of(names),
        branch=branch_of(folder),
        notes=(*notes, *said),
        has_code=bool(stages) or any(name.endswith(".py") for name in names),
        names=names,
    )


def files(folder: Path) -> Iterator[str]:
    """Yield the files' paths from the top, with `/`; not those that tools make."""
    count = 0
    for where, folders, found in os.walk(folder):
        inside = Path(where).relative_to(folder)
        depth = len(inside.parts)
        folders[:] = sorted(name for name in folders if depth < MAX_DEPTH and not SKIPPED.fullmatch(name))
        for name in sorted(found):
            count += 1
            if count > MAX_FILES:
                return
            yield (inside / name).as_posix()


def vendors_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the vendors whose configuration is among the files."""
    from mlci.planning.vendor import ALL

    return tuple(vendor.ID for vendor in ALL if any(vendor.product.owns(name) for name in names))


def stages_of(folder: Path, names: tuple[str, ...]) -> tuple[tuple[FoundStage, ...], list[str]]:
    """Return the stages of a DVC pipeline, or else of the scripts; unit tests come first."""
    notes: list[str] = []
    stages = [*dvc_stages(folder, notes)] if "dvc.yaml" in names else []
    if not stages:
        stages = [*script_stages(folder, names)]
    if has_tests(names):
        report = "reports/unit-tests.xml"
        command = f"python -m pytest --junitxml {report}"
        stages.insert(0, FoundStage("unit-tests", command, reports=(report,), why="tests/"))
    return tuple(stages), notes


def has_tests(names: tuple[str, ...]) -> bool:
    """Tell whether there are tests that pytest would find."""
    return any(re.fullmatch(r"(.*/)?(test_[^/]+|[^/]+_test)\.py", name) for name in names)


def requirements_of(folder: Path, names: tuple[str, ...]) -> tuple[str, list[str]]:
    """Return what a job installs, and what to look at."""
    notes = []
    if "environment.yml" in names or "environment.yaml" in names:
        notes.append("conda's environment.yml is not read; list what a job needs in requirements.txt")
    if "uv.lock" in names:
        return "{lock: uv.lock}", notes
    for name in REQUIREMENTS:
        if name in names:
            return name, notes
    project = pyproject(folder)
    if "project" in project or "poetry" in project.get("tool", {}):
        extras = project.get("project", {}).get("optional-dependencies", {})
        chosen = next((extra for extra in EXTRAS if extra in extras), "")
        return f'{{pyproject: "{f".[{chosen}]" if chosen else "."}"}}', notes
    if any(name.endswith(".py") for name in names):
        notes.append("there is no requirements.txt, uv.lock or pyproject.toml; say what a job must install")
    return "", notes


def pyproject(folder: Path) -> dict[str, dict[str, dict[str, object]]]:
    """Return pyproject.toml, empty when it is missing or broken."""
    try:
        return tomllib.loads(text_of(folder / "pyproject.toml"))
    except ValueError:
        return {}


def text_of(path: Path) -> str:
    """Return a small file's text; "" when there is none, or it is a device, huge, or no text."""
    try:
        if path.is_file() and path.stat().st_size <= MAX_BYTES:
            return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
    return ""


def python_of(folder: Path) -> str:
    """Return the Python that the repository asks for, such as "3.12"; "" when it does not say."""
    for name in (".python-version", "runtime.txt", ".tool-versions"):
        text = text_of(folder / name)
        found = re.search(r"(?m)^(?:python[- ]?)?(3\.[0-9]{1,2})(?:\.[0-9]+)?\s*$", text)
        if found:
            return found[1]
    asked = str(pyproject(folder).get("project", {}).get("requires-python", ""))
    found = re.search(r"(?:>=|~=|==)\s*(3\.[0-9]{1,2})", asked)
    return found[1] if found else ""


def branch_of(folder: Path) -> str:
    """Return the branch that is checked out; "main" when that is not known."""
    head = text_of(folder / ".git" / "HEAD").strip()
    branch = head.removeprefix("ref: refs/heads/")
    return branch if branch != head and re.fullmatch(r"[A-Za-z0-9._/-]+", branch) else "main"
