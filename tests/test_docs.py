"""What README and docs show is executed: commands and what they print, and every mlci.yaml."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from mlci import derive
from mlci.planning import repository
from mlci.yaml.document import Document

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if "reference" not in path.parts
)  # fmt: skip
BLOCK = re.compile(r"^( *)```(\w+)[^\n]*\n(.*?)^\1```", re.M | re.S)


class Step(NamedTuple):
    """A command of a page, and the lines it shows; "…" stands for any lines."""

    command: str
    shown: tuple[str, ...]


def blocks(page: Path, kind: str) -> list[str]:
    return [found[3] for found in BLOCK.finditer(page.read_text(encoding="utf-8")) if found[2] == kind]


def steps(page: Path) -> Iterator[Step]:
    for block in blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, *shown = part.rstrip("\n").split("\n")
            yield Step(command, tuple(shown))


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "yaml")], ids=name)
def test_every_pipeline_shown_is_valid(page: Path) -> None:
    for text in blocks(page, "yaml"):
        if text.startswith("version: 1"):
            repository.plans(repository.parse(Document(page.name, text)))


@pytest.mark.tensorflow
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "console")], ids=name)
def test_every_command_shown_works(page: Path, tmp_path: Path) -> None:
    environ = {**os.environ, "NO_COLOR": "1", "HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": os.devnull}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    folder = tmp_path
    for step in steps(page):
        if step.command.startswith("cd "):
            folder = folder / step.command.removeprefix("cd ")
            continue
        done = subprocess.run(
            ["bash", "-c", step.command], cwd=folder, env=environ, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, f"{step.command}\n{done.stdout}{done.stderr}"
        wanted = [re.escape(line) if line != "…" else "(?s:.*)" for line in step.shown]
        assert re.fullmatch(r"\s*".join(wanted), done.stdout.strip("\n")), f"{step.command}\n{done.stdout}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)|<img src=\"([^\"]+)\"", text):
        path = target[0] or target[1]
        if not path.startswith("http"):
            assert (page.parent / path).exists(), path


def test_what_is_derived_is_not_stale() -> None:
    assert list(derive.stale(ROOT)) == [], "run `make generate`"


def test_every_decision_is_numbered_once() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("0*.md")]
    assert len(numbers) == len(set(numbers))
