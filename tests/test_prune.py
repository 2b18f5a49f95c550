"""The store is kept within bounds, and what was dropped is computed again."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlci.commands.app import run
from mlci.commands.prune import read_size
from mlci.errors import InputError

PIPELINE = """\
version: 1
name: sample
vendors: [github]
stages: {make: {run: "head -c 200000 /dev/zero > out.bin", outputs: [out.bin]}}
workflows: {main: {on: {push: true}, stages: [make]}}
"""


def test_pruned_bundles_are_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mlci.yaml").write_text(PIPELINE)
    words = ["-C", str(tmp_path)]
    assert run(["run", *words]) == 0
    assert run(["prune", "--keep", "1MB", *words]) == 0
    assert "freed 0.0 MB" in capsys.readouterr().out
    assert run(["prune", "--keep", "0MB", *words]) == 0
    assert "freed 0.2 MB" in capsys.readouterr().out
    (tmp_path / "out.bin").unlink()
    assert run(["run", *words]) == 0
    assert (tmp_path / "out.bin").stat().st_size == 200000


@pytest.mark.parametrize("text", ["10", "GB", "-1GB", "1.5GB", "10gb"])
def test_what_is_no_size_is_said(text: str) -> None:
    with pytest.raises(InputError, match="is no size"):
        read_size(text)
