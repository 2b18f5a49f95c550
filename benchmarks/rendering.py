"""How rendering grows with jobs, beside Jinja alone: the same templates, their values given."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from benchmarks.measuring import PYTHON, Row, peak_megabytes
from benchmarks.pipelines import chain
from mlci.planning import repository
from mlci.planning import vendor as vendors
from mlci.planning.plan import Plan
from mlci.planning.vendor import Vendor

SIZES = (10, 100, 1000)


def measure() -> Iterator[Row]:
    """Yield the rendering rows."""
    with TemporaryDirectory() as name:
        plans = {size: plan_of(chain(size, Path(name) / str(size))) for size in SIZES}
        for vendor in vendors.ALL:
            times = {size: best(partial(vendor.render, plans[size])) for size in SIZES}
            growth = math.log(times[1000] / times[100]) / math.log(10)
            detail = ", ".join(f"{size} jobs {times[size] * 1e3:.1f} ms" for size in SIZES)
            yield Row(f"{vendor.ID}: growth exponent, 100 to 1,000 jobs", growth, 1.05, "", detail)
            alone = jinja_alone(vendor, plans[1000])
            yield Row(f"{vendor.ID}: rendering 1,000 jobs", times[1000] / alone, 2.0, "x Jinja alone")
        folder = Path(name) / "1000"
        code = (
            "from pathlib import Path; from mlci.planning import repository, vendor; "
            "from mlci.rendering.render import render; "
            "render(repository.plans(repository.load(Path())), vendor.ALL)"
        )
        yield Row(
            "rendering 1,000 jobs for every vendor", peak_megabytes([PYTHON, "-c", code], folder), 80, "MB"
        )


def plan_of(folder: Path) -> tuple[Plan, ...]:
    """Load a folder's pipeline and plan it."""
    return repository.plans(repository.load(folder))


def best(work: Callable[[], object], times: int = 9) -> float:
    """Return the best time of some work."""
    found = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        work()
        found = min(found, time.perf_counter() - begun)
    return found


def jinja_alone(vendor: Vendor, plans: tuple[Plan, ...]) -> float:
    """Return how long Jinja takes for a vendor's templates, given all values they place."""
    from jinja2 import Template

    calls: list[tuple[Template, dict[str, object]]] = []
    real = Template.render

    def noted(self: Template, *given: dict[str, object], **values: object) -> str:
        calls.append((self, dict(*given, **values)))
        return real(self, *given, **values)

    with mock.patch.object(Template, "render", noted):
        vendor.render(plans)
    return best(lambda: [real(template, values) for template, values in calls])
