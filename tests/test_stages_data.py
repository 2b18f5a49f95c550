"""Data checks: every expectation is a case, and hostile or broken files are told, not raised."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from digits_kit import digits, work

from mlci.errors import InputError
from mlci.stages.contract import Outcome
from mlci.stages.train_check import train_check
from mlci.stages.validate_data import validate_data

SCHEMA = """
rows: {min: 1000, max: 5000}
fields:
  x: {dtype: float32, shape: [null, 8, 8], min: 0, max: 1, missing: 0}
  y: {dtype: int, classes: 10, balance: 0.05}
"""


def check(root: Path, arrays: dict[str, Any], schema: str = SCHEMA) -> Outcome:
    """Validate arrays against a schema."""
    np.savez(root / "data.npz", **arrays)
    (root / "schema.yaml").write_text(schema)
    return validate_data(work(root), data=root / "data.npz", schema=root / "schema.yaml")


def failed(outcome: Outcome) -> list[str]:
    """Names of the cases that failed."""
    return [case.name for case in outcome.failures]


def test_good_data_passes(tmp_path: Path) -> None:
    x, y = digits()
    outcome = check(tmp_path, {"x": x, "y": y})
    assert failed(outcome) == []
    assert outcome.metrics == {"rows": 1797.0, "fields": 2.0}
    assert len(outcome.cases) >= 12


def spoil(change: str) -> dict[str, Any]:
    """The digits with one thing wrong."""
    x, y = digits()
    if change == "range":
        x = x * 16
    elif change == "missing":
        x = x.copy()
        x[3, 2, 1] = np.nan
    elif change == "dtype":
        x = x.astype("float64")
    elif change == "shape":
        x = x.reshape(-1, 64)
    elif change == "class":
        y = np.where(y == 3, 11, y)
    elif change == "balance":
        x, y = (part[(y != 9) | (np.arange(len(y)) < 100)] for part in (x, y))
    elif change == "rows":
        x, y = x[:900], y[:900]
    elif change == "lengths":
        y = y[:-1]
    return {"x": x} if change == "absent" else {"x": x, "y": y}


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ("range", ["x: max <= 1"]),
        ("missing", ["x: missing <= 0"]),
        ("dtype", ["x: dtype float32"]),
        ("shape", ["x: shape anyx8x8"]),
        ("class", ["y: known classes", "y: every class present"]),
        ("balance", ["y: balance >= 0.05"]),
        ("rows", ["rows >= 1000"]),
        ("lengths", ["equal lengths"]),
        ("absent", ["y: present"]),
    ],
)
def test_each_fault_fails_its_own_case(tmp_path: Path, change: str, names: list[str]) -> None:
    assert failed(check(tmp_path, spoil(change))) == names


def test_csv_columns(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("age,city,label\n31,Oslo,0\n,Rome,1\n44,,1\n")
    (tmp_path / "schema.yaml").write_text(
        "fields:\n  age: {dtype: float, min: 18, missing: 0.5}\n  city: {dtype: text}\n"
        "  label: {dtype: int64, classes: [0, 1]}\n"
    )
    outcome = validate_data(work(tmp_path), data=tmp_path / "data.csv", schema=tmp_path / "schema.yaml")
    assert failed(outcome) == ["city: missing <= 0"]


@pytest.mark.parametrize(
    ("schema", "line", "said"),
    [
        ("fields: {x: {dtyp: float32}}", 1, "unknown key 'dtyp'"),
        ("rows: {min: 1}\n", 1, "a data schema needs 'fields'"),
        ("fields:\n  x: {min: low}", 2, "'min' must be a number"),
        ("fields:\n  x: {missing: 2}", 2, "'missing' must be a share between 0 and 1"),
        ("fields:\n  x:\n    shape: 8", 3, "shape must be a list of sizes"),
        ("fields: {x: {}}\nrows: {min: -1}", 2, "'min' must be a whole number"),
        ("fields: ]", 1, "not valid YAML"),
    ],
)
def test_a_wrong_schema_is_told_at_its_line(tmp_path: Path, schema: str, line: int, said: str) -> None:
    with pytest.raises(InputError) as caught:
        check(tmp_path, {"x": np.zeros(3)}, schema)
    (found,) = caught.value.findings
    assert said in found.message
    assert (found.mark.file, found.mark.line) == ("schema.yaml", line)


def test_hostile_archives_are_refused(tmp_path: Path) -> None:
    (tmp_path / "schema.yaml").write_text("fields: {x: {}}")
    objects, bomb, text = (tmp_path / name for name in ("objects.npz", "bomb.npz", "text.npz"))
    np.savez(objects, x=np.array([{"a": 1}], dtype=object))
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("x.npy", b"\0" * (64 * 2**20))
    text.write_bytes(pickle.dumps([1, 2]))
    for path in (objects, bomb, text, tmp_path / "absent.npz", tmp_path / "schema.yaml"):
        with pytest.raises(InputError):
            validate_data(work(tmp_path), data=path, schema=tmp_path / "schema.yaml")


def history(root: Path, text: str, **options: Any) -> Outcome:
    """Check a training's history."""
    (root / "history.json").write_text(text)
    return train_check(work(root), history=root / "history.json", **options)


def test_a_good_history_passes(tmp_path: Path) -> None:
    loss = '"loss": [1.0, 0.5, 0.3], "val_loss": [1.1, 0.6, 0.4]'
    accuracy = '"accuracy": [0.5, 0.8, 0.9], "val_accuracy": [0.5, 0.8, 0.88]'
    outcome = history(tmp_path, f"{{{loss}, {accuracy}}}", min_fall=0.5)
    assert failed(outcome) == []
    assert outcome.metrics["loss"] == 0.3
    assert outcome.metrics["epochs"] == 3


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"loss": [0.5, 0.6]}', ["loss falls", "loss settles"]),
        ('{"loss": [1.0, NaN, 0.5]}', ["loss is finite"]),
        ('{"loss": [1.0, null]}', ["loss is finite", "loss falls"]),
        ('{"loss": [1.0]}', ["loss falls"]),
        ('{"loss": [1.0, 0.2, 0.9]}', ["loss settles"]),
        ('{"loss": [1.0, 0.1], "accuracy": [0.99], "val_accuracy": [0.7]}', ["accuracy: gap <= 0.1"]),
        ('[{"loss": 1, "mae": 0, "val_mae": 1}, {"loss": 0, "mae": 0, "val_mae": 1}]', ["mae: gap <= 0.1"]),
    ],
)
def test_bad_training_fails(tmp_path: Path, text: str, names: list[str]) -> None:
    assert failed(history(tmp_path, text)) == names


@pytest.mark.parametrize("text", ["", "{}", "[]", "7", '{"loss": "low"}', '{"loss": []}', "[1, 2]", "{"])
def test_no_history_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        history(tmp_path, text)
