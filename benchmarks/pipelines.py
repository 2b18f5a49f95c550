"""Pipelines to measure on."""

from __future__ import annotations

from pathlib import Path

from mlci.language.catalogue import vendor_ids as ids


def chain(stages: int, folder: Path, run: str = "cat in.txt > {out}") -> Path:
    """Write a pipeline of stages that each copy a file of a few bytes; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "in.txt").write_text("data\n")
    names = [f"stage-{number}" for number in range(stages)]
    lines = ["version: 1", "name: bench", f"vendors: [{', '.join(ids())}]", "mlci: mlci==0.1.0", "stages:"]
    before = "in.txt"
    for name in names:
        lines.append(
            f"  {name}: {{run: 'cp {before} {name}.txt', inputs: [{before}], outputs: [{name}.txt]}}"
        )
        before = f"{name}.txt"
    lines += ["workflows:", f"  main: {{on: {{push: {{branches: [main]}}}}, stages: [{', '.join(names)}]}}"]
    (folder / "mlci.yaml").write_text("\n".join(lines) + "\n")
    return folder


def dvc_chain(stages: int, folder: Path) -> Path:
    """Write the same pipeline for DVC."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "in.txt").write_text("data\n")
    lines, before = ["stages:"], "in.txt"
    for number in range(stages):
        name = f"stage-{number}"
        lines += [
            f"  {name}:",
            f"    cmd: cp {before} {name}.txt",
            f"    deps: [{before}]",
            f"    outs: [{name}.txt]",
        ]
        before = f"{name}.txt"
    (folder / "dvc.yaml").write_text("\n".join(lines) + "\n")
    return folder
