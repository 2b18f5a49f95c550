"""Hand edits survive generation; what cannot be merged is told, and nothing of it is written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlci.errors import EnvironmentLacks, InputError
from mlci.files import write_atomic
from mlci.rendering import write

NAME = "ci/config.yml"
FIRST = "a: 1\n\nb: 2\n\nc: 3\n\nd: 4\n"
SECOND = FIRST.replace("d: 4", "d: 5")


def generate(root: Path, text: str, **options: bool) -> str:
    """Render one file; return its state."""
    (change,) = write.compare(root, {NAME: text})
    write.apply(root, [change], **options)
    return change.state


def test_new_same_changed(tmp_path: Path) -> None:
    assert generate(tmp_path, FIRST) == "new"
    assert generate(tmp_path, FIRST) == "same"
    assert generate(tmp_path, SECOND) == "changed"
    assert (tmp_path / NAME).read_text() == SECOND


def test_a_hand_edit_is_merged_and_stays_merged(tmp_path: Path) -> None:
    generate(tmp_path, FIRST)
    (tmp_path / NAME).write_text("# mine\n" + FIRST)
    assert generate(tmp_path, FIRST) == "same"
    assert generate(tmp_path, SECOND) == "merged"
    assert (tmp_path / NAME).read_text() == "# mine\n" + SECOND
    assert generate(tmp_path, SECOND) == "same"


def test_a_conflict_writes_nothing_and_force_keeps_the_edit_beside(tmp_path: Path) -> None:
    generate(tmp_path, FIRST)
    edited = FIRST.replace("d: 4", "d: mine")
    (tmp_path / NAME).write_text(edited)
    assert generate(tmp_path, SECOND) == "conflict"
    assert (tmp_path / NAME).read_text() == edited
    assert (tmp_path / write.LAST_WRITTEN / NAME).read_text() == FIRST
    assert generate(tmp_path, SECOND, force=True) == "conflict"
    assert (tmp_path / NAME).read_text() == SECOND
    assert (tmp_path / f"{NAME}.orig").read_text() == edited
    assert generate(tmp_path, SECOND) == "same"


def test_a_file_from_before_is_never_overwritten_unasked(tmp_path: Path) -> None:
    write_atomic(tmp_path / NAME, "theirs\n")
    assert generate(tmp_path, FIRST) == "foreign"
    assert (tmp_path / NAME).read_text() == "theirs\n"


def test_a_file_no_longer_rendered_goes_unless_it_was_edited(tmp_path: Path) -> None:
    generate(tmp_path, FIRST)
    (gone,) = write.compare(tmp_path, {})
    assert gone.state == "gone"
    (tmp_path / NAME).write_text("mine\n")
    (kept,) = write.compare(tmp_path, {})
    assert kept.state == "kept"
    write.apply(tmp_path, [kept])
    assert (tmp_path / NAME).read_text() == "mine\n"
    assert write.compare(tmp_path, {}) == []


def test_a_crash_between_the_two_writes_is_mended(tmp_path: Path) -> None:
    generate(tmp_path, FIRST)
    (tmp_path / NAME).write_text(SECOND)  # as if killed before .mlci/generated was written
    assert generate(tmp_path, SECOND) == "same"
    assert (tmp_path / write.LAST_WRITTEN / NAME).read_text() == SECOND


def test_the_difference_is_a_unified_diff(tmp_path: Path) -> None:
    generate(tmp_path, FIRST)
    (change,) = write.compare(tmp_path, {NAME: SECOND})
    assert "-d: 4\n+d: 5\n" in write.difference(change)
    assert write.difference(change).startswith(f"--- a/{NAME}\n+++ b/{NAME}\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a Linux device")
def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    path = tmp_path / "config.yml"
    write_atomic(path, "old\n")
    real = os.fsync

    def full(handle: int) -> None:
        with Path("/dev/full").open("wb") as device:
            device.write(b"x")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentLacks, match="No space left"):
        write_atomic(path, "new\n")
    monkeypatch.setattr(os, "fsync", real)
    assert path.read_text() == "old\n"
    assert [each.name for each in tmp_path.iterdir()] == ["config.yml"]


def test_lines_that_git_ended_anew_are_no_edit_and_stay_as_they_are(tmp_path: Path) -> None:
    generate(tmp_path, FIRST)
    windows = FIRST.replace("\n", "\r\n").encode()
    (tmp_path / NAME).write_bytes(windows)
    assert generate(tmp_path, FIRST) == "same"
    assert generate(tmp_path, SECOND) == "changed"
    assert (tmp_path / NAME).read_bytes() == SECOND.replace("\n", "\r\n").encode()
    (tmp_path / NAME).write_bytes(b"# mine\r\n" + windows.replace(b"d: 4", b"d: 5"))
    (tmp_path / write.LAST_WRITTEN / NAME).write_bytes(SECOND.replace("\n", "\r\n").encode())
    assert generate(tmp_path, FIRST) == "merged"
    assert (tmp_path / NAME).read_bytes() == b"# mine\r\n" + windows
    (tmp_path / NAME).write_bytes(windows.replace(b"d: 4", b"d: mine"))
    assert generate(tmp_path, SECOND, force=True) == "conflict"
    assert (tmp_path / NAME).read_bytes() == SECOND.replace("\n", "\r\n").encode()
    assert [change.state for change in write.compare(tmp_path, {})] == ["gone"]


def test_a_folder_in_place_of_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir(parents=True)
    with pytest.raises(InputError, match=r"config\.yml is a folder, not a file"):
        generate(tmp_path, FIRST)


@pytest.mark.parametrize("name", ["pipe", "folder", "device"])
def test_only_a_plain_file_is_ever_replaced(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name == "pipe":
        os.mkfifo(path)
    elif name == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/null")
    before = path.lstat()
    with pytest.raises(EnvironmentLacks, match="cannot write"):
        write_atomic(path, "text")
    assert path.lstat() == before
    assert [each.name for each in tmp_path.iterdir()] == [name]
