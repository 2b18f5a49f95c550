"""What a path holds, exactly and comparably: equal for equal content, whatever wrote it and when."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from packages_kit import make_package

from mlci.errors import InputError
from mlci.models.digest import digest_path


def sha(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_bytes(b"hello")
    found = digest_path(tmp_path, "a/b.txt")
    assert found == (f"sha256:{sha(b'hello')}", {"a/b.txt": sha(b"hello")}, 5)


def test_a_folder_follows_from_names_and_contents_alone(tmp_path: Path) -> None:
    for name, order in (("one", "abc"), ("two", "cba")):
        for letter in order:
            path = tmp_path / name / "inner" / f"{letter}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(letter)
            os.utime(path, (len(name), ord(letter)))
    one, two = digest_path(tmp_path, "one"), digest_path(tmp_path, "two/")
    assert one.comparable == two.comparable
    assert list(one.files) == ["one/inner/a.txt", "one/inner/b.txt", "one/inner/c.txt"]
    (tmp_path / "two" / "inner" / "a.txt").rename(tmp_path / "two" / "inner" / "d.txt")
    assert digest_path(tmp_path, "two").comparable != one.comparable
    (tmp_path / "one" / "inner" / "a.txt").write_text("A")
    assert digest_path(tmp_path, "one").comparable != one.comparable


def test_names_cannot_be_moved_between_lines(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "one" / "a").write_text("1")
    (tmp_path / "one" / "b").write_text("2")
    line = f"a\0sha256:{sha(b'1')}\nb"
    try:
        (tmp_path / "two" / line.replace("\0", "")).write_text("2")
    except OSError:
        pytest.skip("the file system takes no line breaks in names")
    assert digest_path(tmp_path, "one").comparable != digest_path(tmp_path, "two").comparable


@pytest.mark.parametrize("relative", ["../x", "/etc/passwd", "a/../../x", "nowhere"])
def test_paths_outside_or_absent_are_refused(tmp_path: Path, relative: str) -> None:
    (tmp_path / "root" / "a").mkdir(parents=True)
    (tmp_path / "x").touch()
    with pytest.raises(InputError):
        digest_path(tmp_path / "root", relative)


def test_links_inside_count_as_their_files_and_others_are_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "data").mkdir(parents=True)
    (root / "cache").write_text("content")
    (tmp_path / "outside").write_text("secret")
    link = root / "data" / "file"
    link.symlink_to(root / "cache")
    assert digest_path(root, "data").files == {"data/file": sha(b"content")}
    for target in (tmp_path / "outside", root / "data", root / "nowhere"):
        link.unlink()
        link.symlink_to(target)
        with pytest.raises(InputError, match="does not lead to a file of the workspace"):
            digest_path(root, "data")
    link.unlink()
    os.mkfifo(link)
    with pytest.raises(InputError, match="no plain file"):
        digest_path(root, "data")
    (root / "way").symlink_to(tmp_path)
    with pytest.raises(InputError, match="outside the workspace"):
        digest_path(root, "way")


def test_a_given_hash_is_used(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    asked: list[Path] = []

    def cached(path: Path) -> str:
        asked.append(path)
        return "0" * 64

    found = digest_path(tmp_path, "a", hash_file=cached)
    assert (found.comparable, asked) == ("sha256:" + "0" * 64, [tmp_path / "a"])


def write_keras(path: Path, date: str, units: int = 3) -> None:
    """Write the shape of a Keras file, saved at some time."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", f'{{"date_saved": "{date}"}}')
        archive.writestr("config.json", f'{{"units": {units}, "shared_object_id": {len(date)}}}')


def test_models_compare_by_identity_and_are_remembered(tmp_path: Path) -> None:
    known: dict[str, str] = {}
    for name, date, units in (("a", "1", 3), ("b", "22", 3), ("c", "22", 4)):
        (tmp_path / name).mkdir()
        write_keras(tmp_path / name / "m.keras", date, units)
    a, b, c = (digest_path(tmp_path, f"{name}", known=known) for name in "abc")
    assert a.files["a/m.keras"] != b.files["b/m.keras"]
    assert a.comparable == b.comparable != c.comparable
    assert digest_path(tmp_path, "a/m.keras").comparable.startswith("keras:")
    assert len(known) == 3
    assert (
        digest_path(tmp_path, "a", known=dict.fromkeys(known, "sha256:remembered")).comparable != a.comparable
    )


def test_a_damaged_model_is_a_plain_file(tmp_path: Path) -> None:
    (tmp_path / "m.keras").write_bytes(b"not a zip")
    assert digest_path(tmp_path, "m.keras").comparable == f"sha256:{sha(b'not a zip')}"
    (tmp_path / "saved" / "variables").mkdir(parents=True)
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"x")
    (tmp_path / "saved" / "variables" / "variables.index").write_bytes(b"y")
    one = digest_path(tmp_path, "saved").comparable
    (tmp_path / "saved" / "variables" / "variables.index").write_bytes(b"z")
    assert one.startswith("sha256:")
    assert digest_path(tmp_path, "saved").comparable != one


def test_packages_are_looked_into_and_other_archives_are_not(tmp_path: Path) -> None:
    make_package(tmp_path / "dist", 1, "x")
    make_package(tmp_path / "other", 1, "y")
    one, other = digest_path(tmp_path, "dist"), digest_path(tmp_path, "other")
    assert one.comparable != other.comparable
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("a"))
    (tmp_path / "plain.tar").write_bytes(data.getvalue())
    assert digest_path(tmp_path, "plain.tar").comparable == f"sha256:{sha(data.getvalue())}"
