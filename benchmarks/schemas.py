"""What judging by a schema costs, and what the packages for it would: the figures of docs/decisions/0071."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import MLCI, PYTHON, TIMES, Row, environ, floor, seconds

MISTAKEN = """\
version: 2.1
jobs:
  build:
    docker:
      - imgae: cimg/base:2024.01
    steps: [checkout, run: {comand: make}]
workflows:
  main:
    jobs: [build]
"""
LINT = [*MLCI, "lint", "--no-partners"]
LOADED = """
import json, re
from mlci.lint.run import make
from mlci.lint.schema.rule import schema_of
from mlci.lint.schema.store import load
from mlci.lint.settings import Options
schema = load("circleci")
data = make(".circleci/config.yml", open(".circleci/config.yml").read(), Options()).data
from time import process_time
begun = process_time()
"""
"""What a lint has done before it asks whether a file fits its schema."""
OURS = """
from mlci.lint.schema.explain import explain
from mlci.lint.schema.store import checker
judge = checker("circleci")
assert not judge.valid(data)
assert explain(judge, data)
"""
PACKAGES = {
    "jsonschema": """
from jsonschema import Draft7Validator
assert list(Draft7Validator(schema).iter_errors(data))
""",
    "jsonschema_rs": """
from jsonschema_rs import Draft7Validator
assert not Draft7Validator(schema).is_valid(data)
""",
    "fastjsonschema": """
import fastjsonschema
judge = fastjsonschema.compile(schema)
""",
}
"""Each package that is installed; the first explains, too, the second judges, the third is ready to."""


def measure() -> Iterator[Row]:
    """Yield the rows about schemas; those of the packages say when the decision is to be thought over."""
    base = floor()
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / ".circleci").mkdir()
        (folder / ".circleci" / "config.yml").write_text(MISTAKEN)
        yield Row("mlci lint, one CircleCI file, mistaken", seconds(LINT, folder, status=1) / base, 10, "F")
        ours = cost(OURS, folder)
        for package in filter(find_spec, PACKAGES):
            theirs = cost(PACKAGES[package], folder)
            detail = f"{theirs * 1e3:.0f} ms against {ours * 1e3:.1f} ms"
            yield Row(
                f"one mistaken file judged by {package}", theirs / ours, 3, "x ours", detail, least=True
            )


def cost(code: str, folder: Path) -> float:
    """Return the least seconds of the processor that code takes in a new process."""
    words = [PYTHON, "-c", f"{LOADED}{code}print(process_time() - begun)"]
    runs = (
        subprocess.run(words, cwd=folder, env=environ(), capture_output=True, text=True, check=True)
        for _ in range(TIMES)
    )
    return min(float(done.stdout) for done in runs)
