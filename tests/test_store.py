"""The store: bundles by key, in a folder, in memory, in a real S3 server; damaged, shared, out of reach."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from engine_kit import go, repository, text_of

from mlci.engine.bundle import Packed, pack
from mlci.engine.record import Record
from mlci.engine.store import Store, entry_path, object_path, open_store
from mlci.models.digest import digest_path

KEY = "a" * 64


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A real S3 server on this machine; its address."""
    pytest.importorskip("s3fs", reason="s3fs is not installed: pip install 'mlci[store]'")
    pytest.importorskip("moto.server", reason="moto's server is not installed: pip install 'moto[server]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            assert time.monotonic() < deadline, "moto's server did not start"
            assert server.poll() is None, "moto's server ended"
            time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    server.send_signal(signal.SIGTERM)
    server.wait(20)


@pytest.fixture
def bucket(s3, monkeypatch) -> str:
    """The URL of a new bucket, and an environment in which s3fs finds it."""
    import boto3

    for name, value in {
        "AWS_ENDPOINT_URL": s3,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    name = f"team-{uuid.uuid4().hex[:8]}"
    boto3.client("s3").create_bucket(Bucket=name)
    return f"s3://{name}/mlci"


@pytest.fixture(params=["folder", "memory", "s3"])
def address(request, tmp_path) -> str:
    """A store of every kind."""
    if request.param == "s3":
        return str(request.getfixturevalue("bucket"))
    if request.param == "memory":
        pytest.importorskip("fsspec", reason="fsspec is not installed: pip install 'mlci[store]'")
        return f"memory://{uuid.uuid4().hex}"
    return "store"


class Shop:
    """A store with what a test needs to fill it."""

    def __init__(self, address: str, root: Path) -> None:
        self.root = root
        self.warnings: list[str] = []
        self.store = open_store(address, root, self.warnings.append)

    def pack(self, content: str, name: str = "out") -> Packed:
        """Pack one file."""
        (self.root / name).write_text(content)
        return pack(self.root, self.root / f"{name}.tar", {name: digest_path(self.root, name)})

    def put(self, key: str, content: str) -> Packed:
        """Keep one file under a key."""
        packed = self.pack(content)
        assert self.store.put(record(key), packed), self.warnings
        return packed

    def get(self, key: str) -> bytes | None:
        """Return the bundle of a key."""
        found = self.store.get(key, self.root / "fetched")
        return None if found is None else found.bundle.read_bytes()


def record(key: str, **more: object) -> Record:
    """Make a record of done work."""
    return Record("w", "s", "j", {"run": "x"}, {}, {}, {"out": "d"}, {"a": 1.5}, "done", 0, key)._replace(
        **more
    )


@pytest.fixture
def shop(address, tmp_path) -> Shop:
    return Shop(address, tmp_path)


def test_what_is_kept_is_found_by_its_key_alone(shop):
    assert shop.get(KEY) is None
    packed = shop.put(KEY, "one")
    bundle = packed.path.read_bytes()
    packed.path.unlink()
    assert shop.get(KEY) == bundle
    assert shop.get("b" * 64) is None
    found = shop.store.get(KEY, shop.root / "again")
    assert found is not None
    assert found.record == record(KEY)
    assert shop.warnings == []


def test_keeping_it_again_changes_nothing_and_a_new_result_replaces(shop):
    shop.put(KEY, "one")
    first = shop.get(KEY)
    shop.put(KEY, "one")
    assert shop.get(KEY) == first
    second = shop.put(KEY, "two").path.read_bytes()
    assert shop.get(KEY) == second != first


def damage(store: Store, path: str, data: bytes | None) -> None:
    """Replace a file of a store, or remove it."""
    store.shelf.delete(path)
    if data is not None:
        store.shelf.write(path, data)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff\x00", b'{"record": 1}', None])
def test_a_damaged_entry_is_a_miss(shop, data):
    shop.put(KEY, "one")
    damage(shop.store, entry_path(KEY), data)
    assert shop.get(KEY) is None
    assert bool(shop.warnings) == (data is not None)
    shop.put(KEY, "one")
    assert shop.get(KEY) is not None


def test_an_entry_that_names_a_path_is_a_miss(shop):
    shop.put(KEY, "one")
    said = json.loads(shop.store.shelf.read(entry_path(KEY), 2**20))
    damage(shop.store, entry_path(KEY), json.dumps({**said, "bundle": "../../etc/passwd"}).encode())
    assert shop.get(KEY) is None


def test_an_entry_of_another_key_or_of_failed_work_is_a_miss(shop):
    packed = shop.pack("one")
    shop.store.put(record(KEY, status="failed"), packed)
    assert shop.get(KEY) is None
    text = shop.store.shelf.read(entry_path(KEY), 2**20)
    damage(shop.store, entry_path("b" * 64), text)
    assert shop.get("b" * 64) is None


@pytest.mark.parametrize("how", ["cut", "other", "gone"])
def test_a_damaged_bundle_is_a_miss_and_is_mended_by_the_next_writer(shop, how):
    packed = shop.put(KEY, "one")
    data = packed.path.read_bytes()
    path = object_path(packed.sha256)
    damaged = {"cut": data[:-512], "other": bytes(len(data)), "gone": None}[how]
    # The folder's bundle is linked to the one that was packed; damage only the store's.
    damage(shop.store, path, damaged)
    assert shop.get(KEY) is None
    assert any("damaged" in text or "missing" in text for text in shop.warnings)
    shop.put(KEY, "one")
    assert shop.get(KEY) == data


def test_writers_at_the_same_time_leave_one_sound_entry(shop, tmp_path):
    packed = [shop.pack(f"content {number % 3}", f"out-{number}") for number in range(9)]
    stores = [shop.store, *(open_store(shop.store.name, tmp_path, shop.warnings.append) for _ in range(2))]

    def write(number: int) -> None:
        assert stores[number % 3].put(record(KEY), packed[number])

    threads = [Thread(target=write, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shop.get(KEY) in [each.path.read_bytes() for each in packed]
    assert shop.warnings == []


def test_pruning_keeps_what_was_used_last(tmp_path):
    shop = Shop("store", tmp_path)
    sizes = {}
    for number, key in enumerate(("a" * 64, "b" * 64, "c" * 64)):
        sizes[key] = shop.put(key, f"{number}" * 5000).size
        entry = tmp_path / "store" / entry_path(key)
        os.utime(entry, (1000 + number, 1000 + number))
    assert shop.get("a" * 64) is not None, "being used makes it young"
    freed = shop.store.prune(2 * sizes["a" * 64] + 10_000)
    assert freed == sizes["b" * 64]
    assert shop.get("b" * 64) is None
    assert shop.get("a" * 64) is not None
    assert shop.get("c" * 64) is not None
    assert shop.store.prune(0) > 0
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


def test_pruning_works_behind_a_url_too(shop):
    for key in ("a" * 64, "b" * 64):
        shop.put(key, key * 100)
    assert shop.store.prune(10**9) == 0
    assert shop.store.prune(0) > 0
    assert shop.get("a" * 64) is None


def test_a_bundle_no_entry_names_yet_is_left_to_its_writer(tmp_path):
    shop = Shop("store", tmp_path)
    packed = shop.pack("one")
    shop.store.shelf.send(packed.path, object_path(packed.sha256))
    shop.store.prune(0)
    assert (tmp_path / "store" / object_path(packed.sha256)).exists()
    os.utime(tmp_path / "store" / object_path(packed.sha256), (1000, 1000))
    shop.store.prune(0)
    assert not (tmp_path / "store" / object_path(packed.sha256)).exists()


STAGES = "make: {run: 'cp src.txt out.txt', inputs: [src.txt], outputs: [out.txt]}"


def test_a_team_shares_results_through_s3(bucket, tmp_path):
    text = text_of(STAGES, "[make]", top=f"store: {bucket}")
    one = repository(tmp_path / "one", text, {"src.txt": "x"})
    assert go(one, tmp_path / "one")[0].states == {"make": "done"}
    two = repository(tmp_path / "two", text, {"src.txt": "x"})
    outcome, listener = go(two, tmp_path / "two")
    assert (outcome.states, listener.warnings) == ({"make": "restored"}, [])
    assert (tmp_path / "two/out.txt").read_text() == "x"


@pytest.mark.parametrize(
    "address", ["s3://no-such-bucket-anywhere/x", "nothing://here", "/proc/no/such/place", "memory"]
)
def test_a_store_out_of_reach_costs_a_warning_and_nothing_else(s3, monkeypatch, tmp_path, address):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)
    if address == "memory":
        (tmp_path / "memory").write_text("a file where the folder should be")
    pipeline = repository(tmp_path, text_of(STAGES, "[make]"), {"src.txt": "x"})
    outcome, listener = go(pipeline, tmp_path, store=address)
    assert outcome.states == {"make": "done"}
    assert len(listener.warnings) == 1
    assert f"the store {address} cannot be" in listener.warnings[0]


def test_a_server_that_is_gone_is_noticed_in_seconds(monkeypatch, tmp_path):
    pytest.importorskip("s3fs", reason="s3fs is not installed: pip install 'mlci[store]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    begun = time.monotonic()
    shop = Shop("s3://team/x", tmp_path)
    assert shop.get(KEY) is None
    assert not shop.store.put(record(KEY), shop.pack("x"))
    assert time.monotonic() - begun < 30
    assert len(shop.warnings) == 1


def test_opening_a_store_behind_a_url_imports_nothing(tmp_path):
    code = (
        "import sys; from pathlib import Path; from mlci.engine.store import open_store;"
        "open_store('s3://x/y', Path('.'), print);"
        "print([m for m in ('fsspec', 's3fs', 'boto3') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
