"""Bundles: the same bytes for the same outputs, and no harm from hostile ones."""

from __future__ import annotations

import io
import json
import os
import stat
import tarfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from amount_kit import examples
from hypothesis import given
from hypothesis import strategies as st

from mlci.engine.bundle import pack
from mlci.engine.previous_outputs import PreviousOutputs, recover
from mlci.engine.unpack import Refused, unpack
from mlci.errors import EnvironmentLacks, InputError, StageError
from mlci.models.digest import digest_path


def fill(root: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def packed(root: Path, *paths: str, name: str = "b.tar") -> Path:
    """Pack paths of a workspace."""
    return pack(root, root / name, {path: digest_path(root, path) for path in paths}).path


FILES = {
    "out/a.txt": b"a",
    "out/deep/b.bin": bytes(range(256)) * 100,
    "m.json": b"{}",
    "other.txt": b"not packed",
}


def test_what_is_unpacked_is_what_was_packed(tmp_path):
    one = fill(tmp_path / "one", FILES)
    (one / "out/run.sh").write_text("#!/bin/sh\n")
    (one / "out/run.sh").chmod(0o755)
    (one / "out/empty/inner").mkdir(parents=True)
    two = tmp_path / "two"
    two.mkdir()
    manifest = unpack(packed(one, "out", "m.json"), two, two / "state")
    assert (two / "out/deep/b.bin").read_bytes() == FILES["out/deep/b.bin"]
    assert os.access(two / "out/run.sh", os.X_OK)
    assert not os.access(two / "out/a.txt", os.X_OK)
    assert (two / "out/empty/inner").is_dir()
    assert not (two / "other.txt").exists()
    assert manifest.outputs == {path: digest_path(two, path).comparable for path in ("out", "m.json")}
    assert not list((two / "state").rglob("*.txt"))


def test_the_same_outputs_are_the_same_bytes_whenever_and_by_whomever(tmp_path):
    one, two = fill(tmp_path / "one", FILES), fill(tmp_path / "two", dict(reversed(FILES.items())))
    os.utime(two / "out/a.txt", (1, 1))
    (two / "out/a.txt").chmod(0o600)
    assert packed(one, "out", "m.json").read_bytes() == packed(two, "m.json", "out").read_bytes()


def test_a_link_inside_the_workspace_travels_as_the_file(tmp_path):
    one = fill(tmp_path / "one", {"data/real.txt": b"real", "out/x": b"x"})
    (one / "out/link.txt").symlink_to("../data/real.txt")
    two = tmp_path / "two"
    two.mkdir()
    unpack(packed(one, "out"), two, two / "state")
    assert (two / "out/link.txt").read_bytes() == b"real"
    assert not (two / "out/link.txt").is_symlink()


def test_a_file_that_changes_while_it_is_packed_is_noticed(tmp_path):
    one = fill(tmp_path, {"out/a": b"before"})
    digests = {"out": digest_path(one, "out")}
    (one / "out/a").write_bytes(b"after!")
    with pytest.raises(StageError, match="'out/a' changed while the outputs were bundled"):
        pack(one, one / "b.tar", digests)
    assert not (one / "b.tar").exists()


def test_a_name_with_control_characters_is_refused_when_packing(tmp_path):
    one = fill(tmp_path, {"out/a\nb": b""})
    with pytest.raises(StageError, match="cannot go into a bundle"):
        packed(one, "out")


names = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "S", "P", "Zs"]), min_size=1, max_size=12
).filter(lambda name: name not in (".", "..") and not set(name) & set("/\\") and len(name.encode()) < 100)


@examples(60)
@given(files=st.dictionaries(names, st.binary(max_size=300), min_size=1, max_size=5))
def test_any_names_and_contents_travel(tmp_path_factory, files):
    root = tmp_path_factory.mktemp("any")
    one = fill(root / "one", {f"out/{name}": content for name, content in files.items()})
    two = root / "two"
    two.mkdir()
    unpack(packed(one, "out"), two, two / "state")
    assert {path.name: path.read_bytes() for path in (two / "out").iterdir()} == files


# Hostile archives.

Member = tuple[tarfile.TarInfo, bytes]


def plain(name: str, content: bytes = b"x", **more: Any) -> Member:
    """Make a member of an archive."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    for key, value in more.items():
        setattr(member, key, value)
    return member, content


def manifest(held: dict[str, bytes], **more: Any) -> Member:
    """Make a manifest that fits some files."""
    import hashlib

    rows = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "executable": False}
        for name, content in held.items()
    }
    said = {"format": "mlci-bundle/1", "outputs": {"out": "sha256:0"}, "files": rows, "folders": []} | more
    return plain("manifest.json", json.dumps(said).encode())


def archive(path: Path, *members: Member) -> Path:
    """Write an archive."""
    with tarfile.open(path, "w") as tar:
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))
    return path


X = {"out/a": b"x"}
LINK = {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd", "size": 0}
HARD = {"type": tarfile.LNKTYPE, "linkname": "/etc/passwd", "size": 0}
DEVICE = {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 3, "size": 0}
FIFO = {"type": tarfile.FIFOTYPE, "size": 0}
HOSTILE: dict[str, tuple[tuple[Member, ...], str]] = {
    "parent": ((manifest({"out/../../evil": b"x"}), plain("files/out/../../evil")), "not a plain one"),
    "absolute": ((manifest({"/evil": b"x"}), plain("files//evil")), "not a plain one"),
    "backslash": ((manifest({"out/..\\evil": b"x"}), plain("files/out/..\\evil")), "not a plain one"),
    "mlci's own": ((manifest({".mlci/secrets.env": b"x"}, outputs={".mlci": ""}),), "not a plain one"),
    "git's own": ((manifest({".git/hooks/x": b"x"}, outputs={".git": ""}),), "not a plain one"),
    "output outside": ((manifest({}, outputs={"../x": ""}),), "not a plain one"),
    "folder outside": ((manifest({}, folders=["out/../../x"]),), "not a plain one"),
    "beside its outputs": (
        (manifest({"src/a": b"x"}), plain("files/src/a")),
        "belongs to none of its outputs",
    ),
    "file as folder": ((manifest({"out/a": b"x", "out/a/b": b"x"}),), "lies below what is a file"),
    "symlink": ((manifest(X), plain("files/out/a", b"", **LINK)), "not the plain file its manifest lists"),
    "hard link": ((manifest(X), plain("files/out/a", b"", **HARD)), "not the plain file its manifest lists"),
    "device": ((manifest(X), plain("files/out/a", b"", **DEVICE)), "not the plain file its manifest lists"),
    "pipe": ((manifest(X), plain("files/out/a", b"", **FIFO)), "not the plain file its manifest lists"),
    "symlink of no bytes": (
        (manifest({"out/a": b""}), plain("files/out/a", b"", **LINK)),
        "not the plain file its manifest lists",
    ),
    "twice": ((manifest(X), plain("files/out/a"), plain("files/out/a")), "which its manifest does not list"),
    "unlisted": (
        (manifest(X), plain("files/out/a"), plain("files/out/b")),
        "which its manifest does not list",
    ),
    "without its prefix": ((manifest(X), plain("out/a")), "which its manifest does not list"),
    "missing": ((manifest(X),), "it lacks 'out/a'"),
    "other bytes": ((manifest(X), plain("files/out/a", b"y")), "its digest is not the one in the manifest"),
    "other size": ((manifest(X), plain("files/out/a", b"xx")), "not the plain file its manifest lists"),
    "huge": (
        (manifest({}, files={"out/a": {"sha256": "0" * 64, "size": 2**60, "executable": False}}),),
        "larger than the bundle itself",
    ),
    "negative": (
        (manifest({}, files={"out/a": {"sha256": "0" * 64, "size": -1, "executable": False}}),),
        "its manifest is malformed",
    ),
    "no manifest": ((plain("files/out/a"),), "does not begin with a manifest"),
    "late manifest": ((plain("files/out/a"), manifest(X)), "does not begin with a manifest"),
    "manifest is a link": ((plain("manifest.json", b"", **LINK),), "does not begin with a manifest"),
    "another format": ((manifest(X, format="mlci-bundle/9"),), "its format is 'mlci-bundle/9'"),
    "manifest of lists": ((plain("manifest.json", b"[]"),), "its manifest is malformed"),
    "manifest of nothing": ((plain("manifest.json", b""),), "Expecting value"),
    "deep manifest": ((plain("manifest.json", b"[" * 100_000),), "recursion"),
    "empty": ((), "does not begin with a manifest"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_and_leaves_nothing(tmp_path, name):
    members, message = HOSTILE[name]
    bundle = archive(tmp_path / "b.tar", *members)
    root = fill(tmp_path / "deep/er/root", {"out/a": b"mine"})
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    with pytest.raises(Refused, match=message):
        unpack(bundle, root, root / ".mlci/state")
    for left in ("unpack", "."):
        assert not [path for path in (root / ".mlci/state" / left).glob("*") if path.is_file()]
    after = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if ".mlci" not in path.parts)
    assert after == before
    assert (root / "out/a").read_bytes() == b"mine"


def test_a_file_with_holes_is_refused(tmp_path):
    bundle = tmp_path / "b.tar"
    member, content = plain("files/out/a", b"x" * 10)
    member.pax_headers = {
        "GNU.sparse.map": "0,10",
        "GNU.sparse.size": "1000000000000",
        "GNU.sparse.numblocks": "1",
    }
    with tarfile.open(bundle, "w", format=tarfile.PAX_FORMAT) as tar:
        first, text = manifest({"out/a": b"x" * 10})
        tar.addfile(first, io.BytesIO(text))
        tar.addfile(member, io.BytesIO(content))
    with pytest.raises(Refused, match="not the plain file"):
        unpack(bundle, tmp_path, tmp_path / "state")


@pytest.mark.parametrize("compression", ["gz", "bz2", "xz"])
def test_a_compressed_archive_is_refused_so_none_can_expand(tmp_path, compression):
    with tarfile.open(tmp_path / "b.tar", f"w:{compression}") as tar:
        member, content = manifest(X)
        tar.addfile(member, io.BytesIO(content))
    with pytest.raises(Refused):
        unpack(tmp_path / "b.tar", tmp_path, tmp_path / "state")


def test_more_files_than_any_stage_makes_are_refused(tmp_path, monkeypatch):
    bundle = packed(fill(tmp_path / "one", {f"out/{number}": b"" for number in range(20)}), "out")
    monkeypatch.setattr("mlci.engine.unpack.MAX_FILES", 10)
    with pytest.raises(Refused, match="it lists more than 10 files"):
        unpack(bundle, tmp_path, tmp_path / "state")


def test_outputs_of_another_job_are_refused(tmp_path):
    one = fill(tmp_path / "one", {"src/train.py": b"evil"})
    with pytest.raises(Refused, match="it holds other outputs than out/"):
        unpack(packed(one, "src"), tmp_path, tmp_path / "state", only=["out/"])


def test_a_link_in_the_workspace_does_not_lead_the_outputs_away(tmp_path):
    one = fill(tmp_path / "one", {"sub/out/a": b"new"})
    bundle = packed(one, "sub/out")
    outside = fill(tmp_path / "outside", {"out/a": b"precious"})
    two = tmp_path / "two"
    two.mkdir()
    (two / "sub").symlink_to(outside)
    with pytest.raises(InputError, match="leads out of the repository"):
        unpack(bundle, two, two / ".mlci/state")
    assert (outside / "out/a").read_bytes() == b"precious"


@examples(150)
@given(at=st.integers(0, 10_000), value=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_bundle_is_refused_or_still_true(tmp_path_factory, at, value, cut):
    """Whatever byte is damaged: what is unpacked is what was packed, or nothing."""
    root = tmp_path_factory.mktemp("damaged")
    one = fill(root / "one", {"out/a.txt": b"alpha", "out/b.txt": b"beta" * 50})
    bundle = packed(one, "out")
    data = bytearray(bundle.read_bytes())
    at %= len(data)
    if cut:
        data = data[:at]
    else:
        data[at] = value
    bundle.write_bytes(data)
    two = root / "two"
    two.mkdir()
    try:
        unpack(bundle, two, two / "state")
    except (Refused, EnvironmentLacks):
        assert not (two / "out").exists()
    else:
        assert {path.name: path.read_bytes() for path in (two / "out").iterdir()} == {
            "a.txt": b"alpha",
            "b.txt": b"beta" * 50,
        }


# Interrupted work.


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


def die_at(monkeypatch: pytest.MonkeyPatch, count: int) -> Callable[[], bool]:
    """Let the process 'die' at the n-th rename, as if it was killed; tells whether it came to that."""
    seen = {"n": 0, "dead": False}

    def hook(name: str) -> None:
        original = getattr(Path, name)

        def rename(self: Path, target: Any) -> Any:
            if seen["dead"] or seen["n"] == count:
                seen["dead"] = True
                raise Killed
            seen["n"] += 1
            return original(self, target)

        monkeypatch.setattr(Path, name, rename)

    hook("rename")
    hook("replace")
    return lambda: bool(seen["dead"])


@pytest.mark.parametrize("moment", range(8))
def test_an_interrupted_unpack_leaves_the_old_or_the_new(tmp_path, monkeypatch, moment):
    one = fill(tmp_path / "one", {"out/a": b"new", "m.json": b"new"})
    bundle = packed(one, "out", "m.json")
    root = fill(tmp_path / "root", {"out/a": b"old", "out/extra": b"old", "m.json": b"old"})
    with monkeypatch.context() as patched:
        died = die_at(patched, moment)
        with suppress(Killed):
            unpack(bundle, root, root / ".mlci/state", job_id="job")
        came_to_it = died()
    recover(root, root / ".mlci/state/aside")
    found = {path.name: path.read_bytes() for path in [*(root / "out").iterdir(), root / "m.json"]}
    new, old = {"a": b"new", "m.json": b"new"}, {"a": b"old", "extra": b"old", "m.json": b"old"}
    assert found in ((new, old) if came_to_it else (new,))
    assert not list((root / ".mlci/state/aside").iterdir())


@pytest.mark.parametrize("moment", range(10))
def test_interrupted_while_moving_aside_or_back_loses_nothing(tmp_path, monkeypatch, moment):
    root = fill(tmp_path, {"out/a": b"1", "out/keep": b"kept", "out/sub/b": b"2", "m.json": b"3"})
    before = {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with monkeypatch.context() as patched:
        died = die_at(patched, moment)
        aside = PreviousOutputs(root, root / ".mlci/aside/job")
        try:
            aside.take(["out", "m.json"], keep=["out/keep"])
            fill(root, {"out/new": b"new", "m.json": b"new"})
            aside.restore()
        except Killed:
            pass
        interrupted = died()
    recover(root, root / ".mlci/aside")
    after = {
        path.relative_to(root): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".mlci" not in path.parts
    }
    assert after == before, f"interrupted: {interrupted}"


def test_a_pipe_among_the_outputs_is_no_output(tmp_path):
    root = fill(tmp_path, {"out/a": b""})
    os.mkfifo(root / "out/pipe")
    assert stat.S_ISFIFO((root / "out/pipe").stat().st_mode)
    with pytest.raises(InputError, match="'out/pipe' is no plain file"):
        packed(root, "out")
