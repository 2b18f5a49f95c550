"""Digests by metadata: what has not changed is not read; what has is noticed, even within one clock tick."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from amount_kit import part
from work_kit import calls

from mlci.engine.stat_cache import StatCache
from mlci.engine.tree import Stat, State, survey
from mlci.errors import InputError
from mlci.models import digest as digests
from mlci.models.digest import digest_path


class Bench:
    """A workspace, a cache of it, and a count of the files that are read."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.notes: list[str] = []
        self.read: list[str] = []
        original = digests.hash_bytes

        def counted(path: Path) -> str:
            self.read.append(path.relative_to(root).as_posix())
            return original(path)

        monkeypatch.setattr(digests, "hash_bytes", counted)
        self.cache = self.new()

    def new(self) -> StatCache:
        """Start over, with what an earlier cache has saved."""
        self.cache = StatCache(self.root, self.root / ".mlci/state", self.notes.append)
        return self.cache

    def digest(self, path: str) -> tuple[str, list[str]]:
        """Digest a path; return the digest and the files that were read for it."""
        self.read.clear()
        return self.cache.digest(path), sorted(self.read)


@pytest.fixture
def bench(tmp_path, monkeypatch) -> Bench:
    for name in ("data/a", "data/b", "data/deep/c", "other"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return Bench(tmp_path, monkeypatch)


def test_a_file_is_read_once_by_whatever_path_it_is_asked_for(bench):
    first, read = bench.digest("data")
    assert read == ["data/a", "data/b", "data/deep/c"]
    assert first == digest_path(bench.root, "data").comparable
    assert bench.digest("data/")[1] == []
    assert bench.digest("data/deep")[1] == []
    bench.cache.save()
    bench.new()
    assert bench.digest("data") == (first, [])
    assert bench.digest("data/a")[1] == []


def test_only_what_changed_is_read_again(bench):
    before, _ = bench.digest("data")
    (bench.root / "data/b").write_text("changed")
    after, read = bench.digest("data")
    assert read == ["data/b"]
    assert before != after == digest_path(bench.root, "data").comparable


@pytest.mark.parametrize("change", ["add", "remove", "rename", "swap"])
def test_a_change_of_names_is_noticed(bench, change):
    before, _ = bench.digest("data")
    data = bench.root / "data"
    if change == "add":
        (data / "z").touch()
    elif change == "remove":
        (data / "b").unlink()
    elif change == "rename":
        (data / "b").rename(data / "b2")
    else:
        (data / "a").rename(data / "t")
        (data / "b").rename(data / "a")
        (data / "t").rename(data / "b")
    after, _ = bench.digest("data")
    assert before != after == digest_path(bench.root, "data").comparable


def test_a_change_of_the_same_size_and_time_is_noticed(bench):
    path = bench.root / "data/a"
    before, _ = bench.digest("data")
    found = path.stat()
    path.write_text("data/X")
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert path.stat().st_mtime_ns == found.st_mtime_ns
    after, read = bench.digest("data")
    assert read == ["data/a"]
    assert before != after


def test_changes_right_after_digesting_are_noticed_every_time(bench):
    """Write the same number of bytes again and again, as fast as can be: within one tick of the clock."""
    path = bench.root / "data/a"
    seen = set()
    for number in range(300):
        path.write_text(f"{number:06}")
        seen.add(bench.cache.digest("data"))
    assert len(seen) == 300


def test_while_the_clock_stands_still_nothing_is_believed(bench, monkeypatch):
    """Where times are whole seconds, a change within the second leaves all metadata as it was."""
    second = time.time_ns() // 10**9 * 10**9
    device = (bench.root / ".mlci").parent.stat().st_dev
    monkeypatch.setattr(StatCache, "clock", lambda self: second)
    monkeypatch.setattr(StatCache, "device", device)
    monkeypatch.setattr("mlci.engine.stat_cache.survey", lambda path: State("alike", second, device))
    monkeypatch.setattr("mlci.engine.stat_cache.stat_of", lambda path: Stat(7, second, second, 1))
    first, _ = bench.digest("other")
    (bench.root / "other").write_text("changed")
    after, read = bench.digest("other")
    assert read == ["other"]
    assert after != first
    monkeypatch.setattr(StatCache, "clock", lambda self: second + 10**9)
    assert bench.digest("other") == (after, ["other"])
    assert bench.digest("other") == (after, []), "a second later, it is"


def test_a_file_from_the_future_is_read_each_time_and_right(bench):
    path = bench.root / "other"
    ahead = time.time_ns() + 3600 * 10**9
    os.utime(path, ns=(ahead, ahead))
    assert bench.digest("other")[1] == ["other"]
    assert bench.digest("other")[1] == ["other"]
    path.write_text("new")
    os.utime(path, ns=(ahead, ahead))
    assert bench.digest("other")[0] == digest_path(bench.root, "other").comparable


def test_what_was_just_written_is_not_read_a_second_time(bench):
    """A stage's outputs are digested the moment it ends; the next run must still be able to trust that."""
    (bench.root / "data/fresh").write_bytes(b"x" * 10_000)
    bench.cache.digest("data")
    bench.cache.save()
    bench.new()
    assert bench.digest("data")[1] == []


def test_what_tools_leave_behind_does_not_count(bench):
    before, _ = bench.digest("data")
    for name in ("__pycache__/a.pyc", ".ipynb_checkpoints/x", ".DS_Store", "deep/__pycache__/b.pyc"):
        (bench.root / "data" / name).parent.mkdir(exist_ok=True)
        (bench.root / "data" / name).write_text("x")
    assert bench.digest("data")[0] == before


def test_links_inside_count_as_their_files_and_links_outside_are_refused(bench):
    (bench.root / "data/link").symlink_to("../other")
    before, _ = bench.digest("data")
    (bench.root / "other").write_text("changed")
    after, _ = bench.digest("data")
    assert before != after
    (bench.root / "data/link").unlink()
    (bench.root / "data/link").symlink_to("/etc/hostname")
    with pytest.raises(InputError, match="does not lead to a file of the workspace"):
        bench.cache.digest("data")


@pytest.mark.parametrize("path", ["missing", "data/missing", "../outside", "/etc"])
def test_what_is_no_path_of_the_workspace_is_refused(bench, path):
    with pytest.raises(InputError):
        bench.cache.digest(path)


def test_a_name_that_is_no_text_is_refused(bench):
    try:
        (bench.root / "data" / os.fsdecode(b"\xff.txt")).touch()
    except OSError:
        pytest.skip("this file system takes no such name")
    with pytest.raises(InputError, match="a file whose name is not UTF-8"):
        bench.cache.digest("data")


@pytest.mark.parametrize("name", ["trees.json", "files.json"])
@pytest.mark.parametrize("how", ["empty", "cut", "flipped", "text"])
def test_a_damaged_cache_is_rebuilt_with_a_note(bench, name, how):
    before, _ = bench.digest("data")
    bench.cache.save()
    path = bench.root / ".mlci/state" / name
    data = path.read_bytes()
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    path.write_bytes({"empty": b"", "cut": data[:middle], "flipped": flipped, "text": b"hello"}[how])
    bench.new()
    (bench.root / "data/new").write_text("so that the files are looked at, too")
    (bench.root / "data/new").unlink()
    bench.cache.files  # noqa: B018 - reads it
    assert bench.cache.digest("data") == before
    assert bench.notes == ["the cache of file digests was damaged; it is rebuilt"]
    bench.cache.save()
    bench.new()
    assert bench.digest("data") == (before, [])
    assert len(bench.notes) == 1


def test_files_that_are_gone_do_not_stay_in_the_cache(bench):
    bench.cache.digest("data")
    bench.cache.save()
    (bench.root / "data/b").unlink()
    bench.new()
    bench.cache.digest("data")
    bench.cache.save()
    assert "data/b" not in (bench.root / ".mlci/state/files.json").read_text()


def test_the_identity_of_a_path_is_told_apart_from_any_other(tmp_path):
    """No two different trees look alike, however their names are chosen."""
    marks = set()
    for number, names in enumerate((["a", "b"], ["ab"], ["a/b"], ["a\n", "b"], ["a\nb"], [])):
        top = tmp_path / str(number)
        top.mkdir()
        for name in names:
            (top / name).parent.mkdir(exist_ok=True)
            os.link(tmp_path / "same", top / name) if (tmp_path / "same").exists() else None
            (top / name).touch()
        marks.add(survey(str(top)).mark)
    assert len(marks) == 6


def test_ten_thousand_unchanged_files_cost_little_more_than_looking_at_them(tmp_path):
    count = part(10_000)
    for number in range(count):
        path = tmp_path / f"data/{number % 50:02}/{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(number))
    cache = StatCache(tmp_path, tmp_path / ".mlci/state", print)
    cache.digest("data")
    cache.save()
    again = StatCache(tmp_path, tmp_path / ".mlci/state", print)
    assert calls(lambda: again.known("data")) < 12 * count, "a few calls a file, none of them a read"
    assert again.known("data") == cache.known("data") is not None
