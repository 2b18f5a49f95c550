"""A deployment is whole or has not happened, whatever moment it is cut off at; and there is a way back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import pytest
from packages_kit import make_package, site

from mlci.deploy.local import Local
from mlci.deploy.package import INNER_MANIFEST, read_package, unpack
from mlci.errors import EnvironmentLacks, InputError, StageError

CUT = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from packages_kit import site
from mlci.deploy.local import Local
from mlci.deploy.local_files import LocalFiles
from mlci.deploy.package import read_package
left = int(sys.argv[3])
def counted(method):
    def run(*arguments):
        global left
        if left == 0:
            os.kill(os.getpid(), 9)
        left -= 1
        return method(*arguments)
    return run
for name in ("read", "names", "create", "upload", "rename", "remove", "make"):
    setattr(LocalFiles, name, counted(getattr(LocalFiles, name)))
root = Path(sys.argv[1])
target = Local(site(root), path="served", keep=2)
if sys.argv[2] == "rollback":
    target.rollback(to=1)
else:
    target.deploy(read_package(root / sys.argv[2]))
"""


def local(root: Path, **options: int) -> Local:
    """The target of a test."""
    return Local(site(root), path="served", **options)


def released(root: Path, *versions: int, **options: int) -> Local:
    """A target with some versions deployed."""
    target = local(root, **options)
    for version in versions:
        target.deploy(make_package(root / f"dist-{version}", version))
    return target


def check_whole(root: Path) -> list[int]:
    """Make sure that a server meets whole versions only; return their numbers."""
    prod = root / "served" / "prod" / "digits"
    versions = [int(folder.name) for folder in prod.iterdir()] if prod.is_dir() else []
    for version in versions:
        manifest = json.loads((prod / str(version) / INNER_MANIFEST).read_text())
        assert manifest["version"] == version
        for name in manifest["files"]:
            assert (prod / str(version) / name).is_file()
    return sorted(versions)


def test_deploy_status_rollback(tmp_path: Path) -> None:
    target = released(tmp_path, 1, 2, 5)
    state = target.status()
    assert (state.model, state.version, state.versions) == ("digits", 5, (1, 2, 5))
    back = target.rollback()
    assert (back.version, back.previous, back.changed) == (2, 5, True)
    assert check_whole(tmp_path) == [1, 2]
    assert target.status().retired == (5,)
    assert target.rollback(to=5).version == 5
    assert target.rollback(to=1).version == 1
    assert target.status().retired == (2, 5)
    events = [(event["event"], event["version"], event["previous"]) for event in target.status().history]
    assert events == [
        ("deploy", 1, None),
        ("deploy", 2, 1),
        ("deploy", 5, 2),
        ("rollback", 2, 5),
        ("rollback", 5, 2),
        ("rollback", 1, 5),
    ]
    assert target.status().history[0]["commit"] == "c0ffee"
    with pytest.raises(InputError, match="no version of 'digits' before 1"):
        target.rollback()
    with pytest.raises(InputError, match="no version 3"):
        target.rollback(to=3)


def test_an_equal_package_changes_nothing(tmp_path: Path) -> None:
    target = released(tmp_path, 1)
    before = sorted(tmp_path.glob("served/**/*"))
    again = target.deploy(make_package(tmp_path / "again", 1))
    assert again.changed is False
    assert sorted(tmp_path.glob("served/**/*")) == before


def test_a_version_names_one_model_for_ever(tmp_path: Path) -> None:
    target = released(tmp_path, 1, 2)
    with pytest.raises(InputError, match="already in production with another model"):
        target.deploy(make_package(tmp_path / "other", 2, "other"))
    target.rollback()
    with pytest.raises(InputError, match="already retired with another model"):
        target.deploy(make_package(tmp_path / "other", 2, "other"))
    assert target.deploy(make_package(tmp_path / "same", 2)).changed is True
    assert target.status().retired == ()
    with pytest.raises(InputError, match="older than version 2"):
        target.deploy(make_package(tmp_path / "old", 1))


def test_keep_bounds_what_stays(tmp_path: Path) -> None:
    target = released(tmp_path, 1, 2, 3, 4, keep=2)
    assert target.status().versions == (3, 4)
    assert list((tmp_path / "served" / "trash").iterdir()) == []


def test_several_models_share_a_place(tmp_path: Path) -> None:
    target = released(tmp_path, 1)
    target.deploy(make_package(tmp_path / "fashion", 1, name="fashion"))
    with pytest.raises(InputError, match="holds several models: digits, fashion"):
        target.status()
    assert target.status("fashion").version == 1


def test_fetch_returns_what_was_deployed(tmp_path: Path) -> None:
    target = released(tmp_path, 1, 2)
    folder = target.fetch(tmp_path / "fetched")
    assert folder.name == "2"
    assert (folder / "saved_model.pb").read_text() == "graph "
    (tmp_path / "served/prod/digits/2/saved_model.pb").write_text("changed by hand")
    with pytest.raises(StageError, match="is not the file that was deployed"):
        target.fetch(tmp_path / "again")


def run_cut(root: Path, what: str, steps: int) -> int:
    """Deploy or roll back in another process that is killed before its n-th file operation."""
    here = str(Path(__file__).parent)
    return subprocess.run(
        [sys.executable, "-c", CUT, str(root), what, str(steps), here], check=False
    ).returncode


def test_a_deploy_that_is_killed_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    for steps in range(100):
        root = tmp_path / str(steps)
        target = released(root, 1, keep=2)
        make_package(root / "next", 2)
        status = run_cut(root, "next", steps)
        found = check_whole(root)
        assert found in ([1], [1, 2])
        done = target.deploy(read_package(root / "next"))
        assert (done.version, check_whole(root)) == (2, [1, 2])
        assert [path.name for path in (root / "served" / "staging").iterdir()] == []
        assert target.status().history[-1]["version"] == 2
        if status == 0:
            break
    assert status == 0
    assert steps > 10


def test_a_rollback_that_is_killed_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    for steps in range(100):
        root = tmp_path / str(steps)
        target = released(root, 1, 2, 3, keep=5)
        status = run_cut(root, "rollback", steps)
        assert max(check_whole(root)) in (1, 3)
        assert target.rollback(to=1).version == 1
        assert check_whole(root) == [1]
        if status == 0:
            break
    assert status == 0


def test_a_polling_server_never_meets_half_a_version(tmp_path: Path) -> None:
    prod = tmp_path / "served" / "prod" / "digits"
    stopping = threading.Event()
    seen: list[str] = []

    def poll() -> None:
        while not stopping.is_set():
            for folder in sorted(prod.glob("*")):
                if not (folder / INNER_MANIFEST).is_file() and folder.exists():
                    seen.append(folder.name)

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        released(tmp_path, *range(1, 15), keep=2)
    finally:
        stopping.set()
        thread.join()
    assert seen == []


def test_two_deploys_at_once_both_arrive(tmp_path: Path) -> None:
    packages = [make_package(tmp_path / str(version), version) for version in (1, 2, 3, 4)]
    errors: list[Exception] = []

    def run(place: int) -> None:
        try:
            local(tmp_path).deploy(packages[place])
        except InputError as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = check_whole(tmp_path)
    assert 4 in found
    assert all("older than version" in str(error) for error in errors)
    assert len(found) + len(errors) == 4


@pytest.mark.parametrize("change", ["bytes", "extra", "link", "absent", "escape", "manifest"])
def test_a_package_that_lies_is_refused(tmp_path: Path, change: str) -> None:
    dist = tmp_path / "dist"
    packed = make_package(dist, 1)
    if change == "bytes":
        packed.archive.write_bytes(packed.archive.read_bytes()[:-1] + b"x")
    elif change == "absent":
        packed.archive.unlink()
    elif change == "manifest":
        (dist / "manifest.json").write_text('{"format": "mlci-package/1", "name": "../x", "version": 1}')
    else:
        info = tarfile.TarInfo({"extra": "1/more", "link": "1/link", "escape": "../outside"}[change])
        if change == "link":
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        with tarfile.open(packed.archive, "a") as tar:
            tar.addfile(info)
        manifest = json.loads((dist / "manifest.json").read_text())
        from mlci.models.digest import hash_bytes

        manifest["archive"]["sha256"] = hash_bytes(packed.archive)
        (dist / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError):
        unpack(read_package(dist), tmp_path / "out")
    assert not (tmp_path / "outside").exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "served").write_text("a file where the folder should be")
    with pytest.raises(EnvironmentLacks, match="cannot deploy to"):
        local(tmp_path).deploy(make_package(tmp_path / "dist", 1))


def test_a_full_disk_leaves_the_old_version(tmp_path: Path) -> None:
    import resource

    target = released(tmp_path, 1)
    packed = make_package(tmp_path / "big", 2, "x" * 2000)
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            target.deploy(packed)
        except (EnvironmentLacks, InputError):
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert check_whole(tmp_path) == [1]
    assert target.deploy(packed).version == 2
