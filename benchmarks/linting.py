"""What linting costs: beside check-jsonschema on the same workflow files, and in floors for one file."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import MLCI, Row, floor, peak_megabytes, seconds
from benchmarks.pipelines import chain
from benchmarks.rendering import plan_of
from mlci.planning import vendor as vendors

SCHEMA = [
    str(Path(sys.executable).with_name("check-jsonschema")),
    "--builtin-schema",
    "vendor.github-workflows",
]
LINT = [*MLCI, "lint", "--no-partners"]


def measure() -> Iterator[Row]:
    """Yield the rows about the linter."""
    base = floor()
    with TemporaryDirectory() as name:
        folder = Path(name)
        texts = vendors.find("github").render(plan_of(chain(1, folder / "pipeline")))
        (text,) = (each for path, each in texts.items() if path.endswith(".yml"))
        for count in (1, 100, 400):
            where = folder / str(count) / ".github" / "workflows"
            where.mkdir(parents=True)
            for number in range(count):
                (where / f"w{number}.yml").write_text(text.replace("name: main", f"name: main-{number}"))
        times = {count: seconds(LINT, folder / str(count), times=5) for count in (1, 100, 400)}
        files = sorted(map(str, (folder / "100" / ".github" / "workflows").iterdir()))
        theirs = seconds([*SCHEMA, *files], times=3)
        detail = f"{times[100] * 1e3:.0f} ms against {theirs * 1e3:.0f} ms"
        yield Row(
            "mlci lint, 100 workflow files, own rules",
            times[100] / theirs,
            0.15,
            "x check-jsonschema",
            detail,
        )
        yield Row("mlci lint, one workflow file", times[1] / base, 10.0, "F")
        growth = math.log((times[400] - times[1]) / (times[100] - times[1])) / math.log(4)
        yield Row("mlci lint: growth exponent, 100 to 400 files", growth, 1.1, "")
        yield Row("mlci lint, 400 files", peak_megabytes(LINT, folder / "400"), 200, "MB")
        jenkinsfile = next(iter(vendors.find("jenkins").render(plan_of(folder / "pipeline")).items()))
        (folder / "j").mkdir()
        (folder / "j" / "Jenkinsfile").write_text(jenkinsfile[1])
        yield Row("mlci lint, one Jenkinsfile", seconds(LINT, folder / "j") / base, 12.0, "F")
