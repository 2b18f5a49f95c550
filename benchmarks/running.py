"""What running costs: a run with nothing to do beside `dvc repro`, and `exec` beside the bare command."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import MLCI, PYTHON, Row, environ, floor, peak_megabytes, peers, seconds
from benchmarks.pipelines import chain, dvc_chain
from mlci.models.digest import hash_bytes

STAT = "import os\nfor where, _, names in os.walk('data'):\n    for name in names: os.stat(f'{where}/{name}')"


def measure() -> Iterator[Row]:
    """Yield the rows about runs."""
    base = floor()
    with TemporaryDirectory() as name:
        ours = chain(6, Path(name) / "ours")
        quiet([*MLCI, "run"], ours)
        theirs = dvc_chain(6, Path(name) / "theirs")
        dvc = str(peers("dvc") / "dvc")
        for words in (["init", "--quiet", "--no-scm"], ["repro", "--quiet"]):
            quiet([dvc, *words], theirs)
        nothing = seconds([*MLCI, "run"], ours)
        repro = seconds([dvc, "repro"], theirs, times=5)
        detail = f"{nothing * 1e3:.0f} ms against {repro * 1e3:.0f} ms"
        yield Row("mlci run, six stages, nothing to do", nothing / repro, 0.15, "x dvc repro", detail)
        yield Row("the same", peak_megabytes([*MLCI, "run"], ours), 40, "MB")
        executed = seconds([*MLCI, "exec", "stage-0", "--store", "", "--force"], ours)
        bare = seconds(["bash", "-eo", "pipefail", "-c", "cp in.txt stage-0.txt"], ours)
        yield Row("mlci exec beside its bare command", (executed - bare) / base, 16.0, "F")
        yield from many_files(Path(name), base)
        yield hashing(Path(name))


def many_files(folder: Path, base: float) -> Iterator[Row]:
    """Yield the row about 10,000 input files."""
    data = folder / "many" / "data"
    for number in range(100):
        (data / str(number)).mkdir(parents=True)
        for each in range(100):
            (data / str(number) / f"{each}.txt").write_text(f"{number} {each}\n")
    (folder / "many" / "mlci.yaml").write_text(
        "version: 1\nname: many\nvendors: [github]\n"
        "stages: {count: {run: 'ls data | wc -l > out.txt', inputs: [data/], outputs: [out.txt]}}\n"
        "workflows: {main: {on: {push: true}, stages: [count]}}\n"
    )
    quiet([*MLCI, "run"], folder / "many")
    nothing = seconds([*MLCI, "run"], folder / "many")
    stat = seconds([PYTHON, "-c", STAT], folder / "many")
    yield Row(
        "mlci run, 10,000 input files, nothing to do",
        (nothing - base) / (stat - base),
        5.0,
        "x bare stat pass",
    )


def hashing(folder: Path) -> Row:
    """Return the row about digesting one large file."""
    data = os.urandom(2**20) * 256
    (folder / "big").write_bytes(data)
    ratios = []
    for _ in range(3):
        begun = time.perf_counter()
        hashlib.sha256(data).hexdigest()
        bare = time.perf_counter() - begun
        begun = time.perf_counter()
        hash_bytes(folder / "big")
        ratios.append((time.perf_counter() - begun) / bare)
    return Row("digesting a file of 256 MiB", min(ratios), 1.3, "x bare SHA-256")


def quiet(command: list[str], folder: Path) -> None:
    """Run a command without its output."""
    subprocess.run(command, cwd=folder, env=environ(), check=True, capture_output=True)
