"""Times of the clock, patterns of refs and paths, runners, and the table of well-known actions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlci.vendors.github.syntax import cron, globs, popular
from mlci.vendors.github.syntax.events import EVENTS, FILTERS
from mlci.vendors.github.syntax.runners import HOSTED, RETIRED, system


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("0 3 * * *", 24 * 60),
        ("*/5 * * * *", 5),
        ("* * * * *", 1),
        ("0,59 * * * *", 1),
        ("0,59 0-22/2 * * *", 59),
        ("10-20/3 5 * * *", 3),
        ("30 5 * JAN-JUN MON,fri", 24 * 60),
    ],
)
def test_how_often_a_schedule_comes(text, interval):
    assert cron.read_times(text).interval == interval


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("* * * *", "found 4"),
        ("60 * * * *", "60 is no minute"),
        ("* * 0 * *", "0 is no day of the month"),
        ("* * * * 7", "goes from 0 to 6"),
        ("* * * foo *", "names are jan"),
        ("5-1 * * * *", "ends before"),
        ("*/0 * * * *", "above 0"),
        ("*/x * * * *", "no step"),
        ("1, * * * *", "is no minute"),
        ("@weekly", "five fields"),
        ("", "found 0"),
    ],
)
def test_what_is_no_time(text, said):
    with pytest.raises(cron.TimeError, match=said):
        cron.read_times(text)


@given(st.text(alphabet="0123456789*/-, JANMO@", max_size=30))
def test_reading_a_time_raises_only_its_own_error(text):
    try:
        times = cron.read_times(text)
    except cron.TimeError:
        return
    assert 1 <= times.interval <= 24 * 60


@pytest.mark.parametrize(
    "pattern", ["main", "v[0-9]+.x", "feature/**", "!docs", "a?b", "\\*", "v1.0", "[abc]?"]
)
def test_patterns_of_branches(pattern):
    assert list(globs.check(pattern, ref=True)) == []


@pytest.mark.parametrize("pattern", ["**.py", "!docs/*.md", "a b/c", ".github/**", "*", "\\d"])
def test_patterns_of_paths(pattern):
    assert list(globs.check(pattern, ref=False)) == []


@pytest.mark.parametrize(
    ("pattern", "at", "said"),
    [
        ("^x", 0, "'^'"),
        ("!^x", 1, "'^'"),
        ("a b", 1, "a space"),
        ("*+", 1, "follows"),
        ("?x", 0, "begins"),
        ("[z-a]", 1, "ends before"),
        ("x[ab", 1, "not closed"),
        ("x\\", 1, "nothing follows"),
        ("\\d", 0, "no regular expression"),
        ("x/", 0, "ends with '/'"),
        ("", 0, "empty"),
        ("!", 0, "nothing follows"),
    ],
)
def test_what_is_no_pattern_of_branches(pattern, at, said):
    faults = list(globs.check(pattern, ref=True))
    assert faults[0].at == at
    assert said in faults[0].message


@given(st.text(max_size=30), st.booleans())
def test_checking_a_pattern_never_fails(pattern, ref):
    assert all(0 <= fault.at <= len(pattern) for fault in globs.check(pattern, ref=ref))


def test_runners():
    assert system("Ubuntu-Latest") == "linux"
    assert system("windows-9999") == "windows"
    assert system("gpu") is None
    assert not RETIRED & set(HOSTED)


def test_each_filter_belongs_to_events_there_are():
    assert FILTERS["tags"] == ("push",)
    assert all(set(events) <= set(EVENTS) for events in FILTERS.values())


def test_the_table_of_actions_is_sound():
    table = json.loads(Path(popular.__file__).with_name("popular.json").read_text("utf-8"))
    for name, entries in table.items():
        assert name == name.lower()
        majors = [major for entry in entries for major in entry["majors"]]
        assert len(majors) == len(set(majors))
        for entry in entries:
            assert set(entry["required"]) <= set(entry["inputs"])
            assert set(entry["deprecated"]) <= set(entry["inputs"])


def test_a_release_is_found_by_its_first_number():
    found = popular.find("Actions/Cache@v4.2.0")
    assert found is not None and "key" in found.required
    assert popular.find("actions/cache@main") is None
    assert popular.find("acme/cache@v4") is None
