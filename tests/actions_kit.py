"""Repositories that use mlci's actions from elsewhere, and a Python of their own for them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import act_kit
import digits_kit
import numpy as np
import render_kit

from mlci.derive import units
from mlci.planning.vendor import find
from mlci.release import REPOSITORY, TAG

github = find("github")

ROOT = Path(__file__).parents[1]
GIT = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org")
PIPELINE = """\
version: 1
name: own
vendors: [github]
stages:
  prepare: {run: "echo 1 > prepared", outputs: [prepared]}
workflows:
  nightly: {on: {schedule: "0 0 * * *"}, stages: [prepare]}
"""
TRAINING = """\
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, numpy
data = numpy.load("data/train.npz")
layers = [keras.Input((8, 8)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
model = keras.Sequential(layers)
model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(data["x"], data["y"], epochs=10, verbose=0)
os.makedirs("model")
model.save("model/model.keras")
"""
"""A training script of a team's own."""
SCHEMA = "fields: {x: {dtype: float32, min: 0, max: 1}}\n"


def checkout(top: Path) -> Path:
    """Copy what a checkout of mlci holds and its actions need."""
    for name in ("actions", "jenkins", "orbs", "src", "templates"):
        shutil.copytree(ROOT / name, top / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, top)
    return top


def wheel(top: Path) -> Path:
    """Build the wheel of mlci: to install that takes less than to build it each time."""
    words = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(top)]
    subprocess.run([sys.executable, *words, ROOT], check=True)
    (built,) = top.glob("mlci-*.whl")
    return built


def python(top: Path) -> Path:
    """Make a Python that has all that mlci needs but not mlci; return its folder of programs."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", top], check=True)
    (site,) = top.glob("lib/python*/site-packages")
    packages = [folder for folder in sys.path if Path(folder).name == "site-packages"]
    (site / "shared.pth").write_text("".join(f"{folder}\n" for folder in packages))
    return top / "bin"


def usage(unit: str) -> str:
    """Return the workflow that an action's README shows."""
    text = (ROOT / "actions" / unit / "README.md").read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(.*?)```", text, re.S)
    assert found is not None
    return found[1]


def write_small_data(top: Path) -> None:
    """Write data, its schema and a training's history."""
    for name in ("data", "metrics"):
        (top / name).mkdir(parents=True)
    np.savez(top / "data" / "train.npz", x=np.linspace(0, 1, 8, dtype="float32"))
    (top / "data-schema.yaml").write_text(SCHEMA)
    (top / "metrics" / "history.json").write_text(json.dumps({"loss": [1.0, 0.6, 0.5]}))


def write_deployed_model(top: Path) -> None:
    """Train a model, package and deploy it, and write a request for it."""
    digits_kit.write_data(top)
    digits_kit.train(top, epochs=8)
    for unit in ("package", "deploy"):
        given = {name: value for name, value in units.EXAMPLES[unit].items() if name != "targets"}
        words = [f"--set={name}={value}" for name, value in given.items()]
        asked = [sys.executable, "-P", "-m", "mlci", "stage", unit, *words, "--targets", units.TARGET]
        subprocess.run(asked, cwd=top, check=True, stdout=subprocess.DEVNULL)
    image = digits_kit.digits()[0][0].tolist()
    (top / "tests").mkdir()
    request = {"instances": [image], "expect": {"classes": [0]}}
    (top / "tests" / "requests.json").write_text(json.dumps([request]))


def commit(top: Path, used: Iterable[str]) -> None:
    """Add the workflows of some READMEs and commit all there is."""
    (top / ".github" / "workflows").mkdir(parents=True, exist_ok=True)
    for unit in used:
        (top / ".github" / "workflows" / f"{unit}.yml").write_text(usage(unit))
    for words in (["init", "--quiet", "-b", "main"], ["add", "-A", "-f"], ["commit", "-qm", "all"]):
        subprocess.run([*GIT, *words], cwd=top, check=True)


def write_pipeline(top: Path) -> None:
    """Write an mlci.yaml and what is rendered from it."""
    (top / "mlci.yaml").write_text(PIPELINE)
    for path, text in github.render(render_kit.plans_from(PIPELINE)).items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text)


def run(top: Path, mlci: Path, programs: Path) -> tuple[int, str]:
    """Run all workflows of a repository by act, one job at a time; no package index is asked."""
    return act_kit.act(top, "push", programs=programs, more=serving(mlci))


def serving(mlci: Path) -> list[str]:
    """Return the options of act by which a checkout of mlci stands for its release."""
    more = ["--concurrent-jobs", "1", "--env", "PIP_NO_INDEX=1", "--env", "PIP_NO_BUILD_ISOLATION=0"]
    return [*more, "--local-repository", f"{REPOSITORY}@{TAG}={mlci}"]


def shown(page: str) -> str:
    """Return the first YAML that a how-to page shows."""
    return every_shown(page)[0]


def every_shown(page: str) -> list[str]:
    """Return all the YAML that a how-to page shows."""
    text = (ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8")
    return re.findall(r"^```yaml\n(.*?)^```", text, re.S | re.M)
