"""The built wheel does it all away from the checkout: templates, actions, schemas, scaffolds are inside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlci import __version__
from mlci.vendors.circleci.syntax.shipped_orb import SHIPPED
from mlci.vendors.jenkins.runner import groovy

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.real
PIPELINE = """\
version: 1
name: away
vendors: [{vendors}]
stages:
  make: {{run: "echo 1 > out.txt", outputs: [out.txt]}}
  read: {{run: "cat out.txt", inputs: [out.txt]}}
workflows:
  main: {{on: {{push: true}}, stages: [make, read]}}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Build the wheel, unpack it into a folder of its own, and return an environment that finds only that."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    built, site = folder / "built", folder / "site"
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", built, ROOT], check=True
    )
    (wheel,) = built.glob("mlci-*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", site, wheel], check=True)
    return {**os.environ, "PYTHONPATH": str(site), "NO_COLOR": "1"}


def mlci(words: list[str], cwd: Path, environ: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mlci", *words],
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_the_wheel_that_runs(installed: dict[str, str], tmp_path: Path) -> None:
    where = subprocess.run(
        [sys.executable, "-c", "import mlci; print(mlci.__file__)"],
        cwd=tmp_path, env=installed, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert where.stdout.startswith(installed["PYTHONPATH"])


def test_its_actions_are_inside(installed: dict[str, str], tmp_path: Path) -> None:
    code = """
from pathlib import Path
from mlci.vendors.github.runner import shipped_actions
shipped_actions.lay(Path("laid"))
print(*shipped_actions.inputs_of("setup"))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=installed, capture_output=True, text=True, check=True
    )
    assert "python-version" in done.stdout.split()
    laid = {path.name for path in (tmp_path / "laid" / "actions").iterdir()}
    assert {"install.py", "released_install.py", "setup", "run"} <= laid


def test_it_renders_runs_draws_and_lints(installed: dict[str, str], tmp_path: Path) -> None:
    from mlci.language.catalogue import vendor_ids as ids

    (tmp_path / "mlci.yaml").write_text(PIPELINE.format(vendors=", ".join(ids())))
    mlci(["generate"], tmp_path, installed)
    assert mlci(["generate", "--check"], tmp_path, installed) == "up to date\n"
    assert "2 done" in mlci(["run"], tmp_path, installed)
    assert "everything is up to date" in mlci(["run"], tmp_path, installed)
    assert mlci(["graph", "--format", "svg"], tmp_path, installed).startswith("<svg")
    mlci(["lint", "--no-partners"], tmp_path, installed)


def test_it_has_the_orb_that_a_configuration_names(installed: dict[str, str], tmp_path: Path) -> None:
    text = PIPELINE.format(vendors="circleci") + f"style: orb\nmlci: mlci=={__version__}\n"
    (tmp_path / "mlci.yaml").write_text(text)
    mlci(["generate"], tmp_path, installed)
    assert SHIPPED in (tmp_path / ".circleci" / "config.yml").read_text()
    told = json.loads(mlci(["plan", "--json"], tmp_path, installed))
    assert told["refused"] == {}
    assert told["differences"] == []
    inside = Path(installed["PYTHONPATH"]) / "mlci" / "orbs"
    assert [path.name for path in inside.rglob("*") if path.is_file()] == ["orb.yml"]


@pytest.mark.skipif(bool(groovy.missing()), reason=f"needs Groovy: {groovy.HELP}")
def test_it_has_the_library_that_jenkinsfiles_load(installed: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "mlci.yaml").write_text(PIPELINE.format(vendors="jenkins") + "style: library\n")
    mlci(["generate"], tmp_path, installed)
    assert "@Library('mlci@" in (tmp_path / "Jenkinsfile").read_text()
    told = json.loads(mlci(["plan", "--json"], tmp_path, installed))
    assert told["refused"] == {} and told["differences"] == []


@pytest.mark.parametrize("scaffold", ["digits", "fashion-mnist", "bare"])
def test_it_scaffolds(scaffold: str, installed: dict[str, str], tmp_path: Path) -> None:
    mlci(["init", "here", "--scaffold", scaffold, "--yes"], tmp_path, installed)
    assert (tmp_path / "here" / "mlci.yaml").is_file()
    if scaffold != "bare":
        mlci(["generate"], tmp_path / "here", installed)
