"""What every vendor makes of every case, byte for byte; `pytest --update-cases` writes it anew."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import render_kit as kit

from mlci.language.config import LANGUAGE
from mlci.language.model import Pipeline
from mlci.language.records import Named, Record, keys
from mlci.language.shapes import Either, Made, Many, Table
from mlci.planning import vendor as vendors
from mlci.planning.vendor import FEATURES
from mlci.resources import shipped

PAIRS = [(case, vendor) for case in kit.CASES for vendor in kit.VENDORS]


@pytest.mark.parametrize(("case", "vendor"), PAIRS)
def test_files_are_as_expected(case: str, vendor: str, update_cases: bool) -> None:
    rendered = vendors.find(vendor).render(kit.plans_of(case))
    top = kit.FOLDER / case / vendor
    if update_cases:
        write(top, rendered)
    assert rendered, "nothing was rendered"
    assert kit.expected(case, vendor) == rendered


def write(top: Path, rendered: dict[str, str]) -> None:
    """Put rendered files in place of what was expected."""
    shutil.rmtree(top, ignore_errors=True)
    for path, text in rendered.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("case", "vendor"), PAIRS)
def test_limits_are_as_expected(case: str, vendor: str, update_cases: bool) -> None:
    said = kit.limits_text(vendors.find(vendor), case)
    file = kit.limits_file(case, vendor)
    if update_cases:
        file.unlink(missing_ok=True)
        if said:
            file.write_text(said, encoding="utf-8")
    assert said == (file.read_text(encoding="utf-8") if file.exists() else "")


@pytest.mark.parametrize(("case", "vendor"), PAIRS)
def test_rendering_twice_gives_the_same_bytes(case: str, vendor: str) -> None:
    module = vendors.find(vendor)
    assert module.render(kit.plans_of(case)) == module.render(kit.plans_of(case))


@pytest.mark.parametrize(("case", "vendor"), PAIRS)
def test_files_are_read_back(case: str, vendor: str) -> None:
    read = vendors.find(vendor).read(kit.expected(case, vendor))
    for plan in kit.plans_of(case):
        jobs = [job for job in read if job.workflow == plan.workflow.name]
        home = {job.id: kit.node_of(plan, job.id) for job in jobs}
        known = set(home.values())
        assert {job.id for job in plan.jobs} <= known <= {node.id for node in plan.nodes}
        before = kit.ancestors({home[job.id]: [home[need] for need in job.needs] for job in jobs})
        assert all(set(node.needs) & known <= before[node.id] for node in plan.nodes if node.id in known)


@pytest.mark.parametrize(("case", "vendor"), PAIRS)
def test_the_vendor_owns_what_it_renders(case: str, vendor: str) -> None:
    module = vendors.find(vendor)
    assert all(module.product.owns(path) for path in kit.expected(case, vendor))


@pytest.mark.parametrize("vendor", kit.VENDORS)
def test_every_feature_is_accounted_for(vendor: str) -> None:
    assert set(vendors.find(vendor).FEATURES) == set(FEATURES)


def test_templates_are_the_registered_vendors() -> None:
    folders = {path.name for path in shipped("templates").iterdir() if path.is_dir()}
    assert folders - {"actions", "graph", "init", "library", "orb"} == set(kit.VENDORS)


def test_cases_use_every_key_of_the_language() -> None:
    used = {key for case in kit.CASES for key in used_by(kit.plans_of(case)[0].pipeline)}
    known = set(keys_of(LANGUAGE)) - {("pull_request", "tags")}  # which has none
    assert known - used == set()


def keys_of(shape: Any) -> Iterator[tuple[str, str]]:
    """Yield (record, key) for all that a shape may hold."""
    if isinstance(shape, Record):
        for name, (_, said) in keys(shape.type).items():
            yield shape.what, name
            yield from keys_of(said.shape)
    elif isinstance(shape, Named):
        yield from keys_of(shape.record)
    elif isinstance(shape, Table):
        yield from keys_of(shape.value)
    elif isinstance(shape, Many):
        yield from keys_of(shape.item)
    elif isinstance(shape, Made):
        yield from keys_of(shape.shape)
    elif isinstance(shape, Either):
        for each in shape.shapes:
            yield from keys_of(each)


def used_by(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Yield (record, key) for all that a pipeline's file holds."""
    yield from used_in(LANGUAGE, pipeline.document.data)


def used_in(shape: Any, value: Any) -> Iterator[tuple[str, str]]:
    """Yield (record, key) for all that a value of a shape holds."""
    if isinstance(shape, Record) and isinstance(value, dict):
        known = keys(shape.type)
        for name in value:
            if name in known:
                yield shape.what, name
                yield from used_in(known[name][1].shape, value[name])
    elif isinstance(shape, Named) and isinstance(value, dict):
        for each in value.values():
            yield from used_in(shape.record, each)
    elif isinstance(shape, Table) and isinstance(value, dict):
        for each in value.values():
            yield from used_in(shape.value, each)
    elif isinstance(shape, Many):
        for each in value if isinstance(value, list) else [value]:
            yield from used_in(shape.item, each)
    elif isinstance(shape, Made):
        yield from used_in(shape.shape, value)
    elif isinstance(shape, Either):
        for each in shape.shapes:
            if each.fits(value):
                yield from used_in(each, value)
                break
