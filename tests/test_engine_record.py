"""The record: what of it is alike wherever the work was done."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlci.engine.record import COMPARABLE, Record, Timing, parse, read_record, write_record

RECORD = Record(
    workflow="main",
    stage="train",
    job="train-2",
    command={"run": "python train.py"},
    params={"epochs": 5},
    inputs={"data": "sha256:1"},
    outputs={"model": "keras:2"},
    metrics={"accuracy": 0.9},
    status="done",
    exit_status=0,
    key="k",
    timing=Timing("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:01.000Z", 1.0),
)
OTHER = {
    "workflow": "nightly",
    "key": "other",
    "ingredients": {"package.numpy": "2"},
    "environment": {"X": "1"},
    "secrets": ("T",),
    "context": {"vendor": "github"},
    "versions": {"python": "3.12"},
    "timing": Timing(),
    "attempts": 3,
    "restored": True,
    "checks": {"accuracy >= 0.9": False},
}


@pytest.mark.parametrize("name", OTHER)
def test_vendor_time_and_machine_are_no_part_of_the_digest(name):
    assert RECORD._replace(**{name: OTHER[name]}).digest == RECORD.digest


@pytest.mark.parametrize("name", COMPARABLE)
def test_the_work_itself_is(name):
    changed = {"exit_status": 1, "stage": "x", "job": "x"}.get(name, {"x": "y"})
    assert RECORD._replace(**{name: changed}).digest != RECORD.digest


def test_every_field_is_one_or_the_other():
    assert set(COMPARABLE) | set(OTHER) | {"status", "message"} == set(Record._fields)


def test_a_record_comes_back_as_it_was_written(tmp_path):
    write_record(RECORD._replace(secrets=("A", "B")), tmp_path)
    assert read_record(tmp_path) == RECORD._replace(secrets=("A", "B"))
    said = json.loads((tmp_path / "record.json").read_text())
    assert (said["format"], said["digest"]) == ("mlci-record/1", RECORD.digest)


def test_the_digest_stays_what_it_is():
    """A record written by one release compares with that of the next."""
    assert RECORD.digest == "sha256:7a165903faae98ef20db4cbb39d16abee576d544edc87a7dd06eaa96a9044baf"


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda of: st.lists(of) | st.dictionaries(st.text(), of),
    )
)
def test_any_json_is_a_record_or_none(value):
    assert parse(json.dumps(value)) is None
    assert parse(json.dumps({**json.loads(RECORD.text()), "timing": value})) in (
        None,
        RECORD,
        RECORD._replace(timing=Timing()),
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_no_record(data):
    assert parse(data) is None
