"""The server over real HTTP with real models: TensorFlow Serving's paths, states and swaps."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from mlci.errors import EnvironmentLacks, InputError
from mlci.serve.server import bound, running, serve
from mlci.stages.requests import Answer, ask

pytestmark = pytest.mark.tensorflow


def save(folder: Path, factor: float) -> Path:
    """Save a model that multiplies, with a signature of two inputs besides."""
    import tensorflow as tf

    class Multiplier(tf.Module):
        """A model whose answers tell which version gave them."""

        def __init__(self) -> None:
            super().__init__()
            self.factor = tf.Variable(factor)

        @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, "x")])
        def times(self, x: Any) -> Any:
            return {"y": x * self.factor}

        @tf.function(
            input_signature=[tf.TensorSpec([None], tf.int64, "n"), tf.TensorSpec([None], tf.string, "s")]
        )
        def two(self, n: Any, s: Any) -> Any:
            return {"n": n + 1, "s_bytes": s}

    module = Multiplier()
    tf.saved_model.save(module, str(folder), signatures={"serving_default": module.times, "two": module.two})
    return folder


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Models by version; each multiplies by its number."""
    top = tmp_path_factory.mktemp("saved")
    return {version: save(top / str(version), float(version)) for version in (1, 2, 3)}


@pytest.fixture(scope="module")
def url(saved: dict[int, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server with version 2 of the model `m`."""
    base = tmp_path_factory.mktemp("models")
    shutil.copytree(saved[2], base / "2")
    (base / "not-a-version").mkdir()
    with running(base, name="m") as address:
        yield address


def send(url: str, method: str, path: str, body: str | None = None) -> tuple[int, dict[str, Any], str]:
    """Ask a server by any method; return status, answer and type of content."""
    connection = http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=10)
    connection.request(method, path, body)
    response = connection.getresponse()
    held = json.loads(response.read())
    kind = response.headers["content-type"]
    connection.close()
    return response.status, held, kind


ROWS = '{"instances": [[1, 2]]}'
MISSING = "Servable not found for request: "
OK = {"predictions": [[2.0, 4.0]]}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "answer"),
    [
        ("POST", "/v1/models/m:predict", ROWS, 200, OK),
        ("POST", "/V1/Models/m:Predict", ROWS, 200, OK),
        ("POST", "/v1/models/m/versions/2:predict", ROWS, 200, OK),
        ("POST", "/v1/models/%6d:predict", ROWS, 200, OK),
        ("POST", "/v1/models/m:predict", '{"inputs": [[1, 2]]}', 200, {"outputs": [[2.0, 4.0]]}),
        ("POST", "/v1/models/m:predict", '{"signature_name": "two", "instances": [{"n": 1, "s": "a"}]}', 200,
         {"predictions": [{"n": 2, "s_bytes": {"b64": "YQ=="}}]}),
        ("POST", "/v1/models/m/versions/9:predict", ROWS, 404, MISSING + "Specific(m, 9)"),
        ("POST", "/v1/models/x:predict", ROWS, 404, MISSING + "Latest(x)"),
        ("POST", "/v1/models/m/labels/new:predict", ROWS, 400, "Unrecognized servable version label: new"),
        ("POST", "/v1/models/m:predict", "", 400, "JSON Parse error: The document is empty"),
        ("POST", "/v1/models/m:predict", '{"signature_name": "s", "instances": [1]}', 400,
         'Serving signature name: "s" not found in signature def'),
        ("POST", "/v1/models/m:predict", "{}", 400, "Missing 'inputs' or 'instances' key"),
        ("POST", "/v1/models/m:classify", ROWS, 400,
         "Expected classification signature method_name to be tensorflow/serving/classify. "
         "Was: tensorflow/serving/predict"),
        ("POST", "/v1/models/m", ROWS, 400, "Malformed request: POST /v1/models/m"),
        ("GET", "/v1/models/m:predict", None, 400, "Malformed request: GET /v1/models/m:predict"),
        ("PUT", "/v1/models/m:predict", ROWS, 400, "Malformed request: PUT /v1/models/m:predict"),
        ("GET", "/v1/models", None, 400, "Missing model name in request."),
        ("GET", "/v1/models/x", None, 404, "Could not find any versions of model x"),
        ("GET", "/v1/models/m/versions/9", None, 404, "Could not find version 9 of model m"),
        ("GET", "/v1/models/m/versions/99999999999999999999", None, 400,
         "Failed to convert version: 99999999999999999999 to numeric."),
        ("GET", "/elsewhere", None, 404, "Malformed request: GET /elsewhere"),
        ("GET", "/v1/models/m", None, 200, {"model_version_status": [
            {"version": "2", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}]}),
    ],
)  # fmt: skip
def test_the_contract(url: str, method: str, path: str, body: str | None, status: int, answer: Any) -> None:
    expected = answer if isinstance(answer, dict) else {"error": answer}
    assert send(url, method, path, body) == (status, expected, "application/json")


def test_a_wrong_shape_is_the_request_s_fault(url: str) -> None:
    status, answer, _ = send(url, "POST", "/v1/models/m:predict", '{"instances": [[1, 2, 3]]}')
    assert status == 400
    assert "error" in answer


def test_metadata(url: str) -> None:
    status, answer, _ = send(url, "GET", "/v1/models/m/metadata")
    assert status == 200
    assert answer["model_spec"] == {"name": "m", "signature_name": "", "version": "2"}
    signatures = answer["metadata"]["signature_def"]["signature_def"]
    assert signatures["serving_default"]["method_name"] == "tensorflow/serving/predict"
    assert signatures["serving_default"]["inputs"]["x"] == {
        "dtype": "DT_FLOAT",
        "tensor_shape": {
            "dim": [{"size": "-1", "name": ""}, {"size": "2", "name": ""}],
            "unknown_rank": False,
        },
        "name": "serving_default_x:0",
    }
    assert signatures["two"]["inputs"]["s"]["dtype"] == "DT_STRING"


def test_metadata_is_what_tensorflow_reads(url: str, saved: dict[int, Path]) -> None:
    from google.protobuf.json_format import MessageToDict
    from tensorflow.core.protobuf import saved_model_pb2

    message = saved_model_pb2.SavedModel()
    message.ParseFromString((saved[2] / "saved_model.pb").read_bytes())
    answer = send(url, "GET", "/v1/models/m/metadata")[1]["metadata"]["signature_def"]["signature_def"]
    for name, signature in message.meta_graphs[0].signature_def.items():
        wanted = MessageToDict(
            signature, always_print_fields_with_no_presence=True, preserving_proto_field_name=True
        )
        assert answer[name] == wanted


def test_large_requests_and_many_at_once(url: str) -> None:
    rows = [[float(n), 0.5] for n in range(20000)]
    answers: list[Answer] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(ask(f"{url}/v1/models/m:predict", {"instances": rows}, 30))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [200] * 4
    assert all(answer.body["predictions"][-1] == [39998.0, 1.0] for answer in answers)


def until(true: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def version_of(url: str) -> float:
    """The version that answers."""
    answer = ask(f"{url}/v1/models/m:predict", {"instances": [[1, 0]]}, 10)
    assert answer.status == 200, answer.body
    return float(answer.body["predictions"][0][0])


def states(url: str) -> dict[str, str]:
    """State by version."""
    answer = ask(f"{url}/v1/models/m", None, 10)
    return {state["version"]: state["state"] for state in answer.body["model_version_status"]}


def put(saved: Path, base: Path, version: int) -> None:
    """Put a version in place at once, as a deployment does."""
    shutil.copytree(saved, base / ".incoming")
    (base / ".incoming").rename(base / str(version))


def test_new_versions_take_over_without_a_gap(saved: dict[int, Path], tmp_path: Path) -> None:
    put(saved[1], tmp_path, 1)
    failures: list[Any] = []
    stopping = threading.Event()
    with running(tmp_path, name="m", poll=0.05) as url:

        def ask_on() -> None:
            while not stopping.is_set():
                answer = ask(f"{url}/v1/models/m:predict", {"instances": [[1, 0]]}, 10)
                if answer.status != 200:
                    failures.append(answer)

        thread = threading.Thread(target=ask_on)
        thread.start()
        put(saved[2], tmp_path, 2)
        until(lambda: version_of(url) == 2)
        until(lambda: states(url) == {"2": "AVAILABLE", "1": "END"})
        put(saved[3], tmp_path, 3)
        until(lambda: version_of(url) == 3)
        shutil.move(tmp_path / "3", tmp_path / ".retired")
        until(lambda: version_of(url) == 2)
        stopping.set()
        thread.join()
    assert failures == []


def test_a_version_that_does_not_load_never_stops_the_old(saved: dict[int, Path], tmp_path: Path) -> None:
    put(saved[1], tmp_path, 1)
    with running(tmp_path, name="m", poll=0.05) as url:
        (tmp_path / "2").mkdir()
        (tmp_path / "2" / "saved_model.pb").write_bytes(b"broken")
        until(lambda: "2" in states(url) and states(url)["2"] == "END")
        assert version_of(url) == 1
        status = ask(f"{url}/v1/models/m/versions/2", None, 10).body["model_version_status"][0]["status"]
        assert status["error_code"] == "UNKNOWN"
        assert "is not a SavedModel" in status["error_message"]
        put(saved[3], tmp_path, 3)
        until(lambda: version_of(url) == 3)


def test_an_empty_folder_waits_for_its_first_version(saved: dict[int, Path], tmp_path: Path) -> None:
    with running(tmp_path, name="m", poll=0.05) as url:
        assert ask(f"{url}/v1/models/m", None, 10).status == 404
        put(saved[1], tmp_path, 1)
        ready = {"1": "AVAILABLE"}
        until(lambda: ask(f"{url}/v1/models/m", None, 10).status == 200 and states(url) == ready)
        assert version_of(url) == 1


def test_a_label_moves_only_to_a_version_that_is_there(saved: dict[int, Path], tmp_path: Path) -> None:
    put(saved[1], tmp_path, 1)
    with running(tmp_path, name="m", labels={"stable": 1, "next": 2}, poll=0.05) as url:
        status, answer, _ = send(url, "POST", "/v1/models/m/labels/stable:predict", ROWS)
        assert (status, answer) == (200, {"predictions": [[1.0, 2.0]]})
        unknown = {"error": "Unrecognized servable version label: next"}
        assert send(url, "POST", "/v1/models/m/labels/next:predict", ROWS)[:2] == (400, unknown)
        put(saved[2], tmp_path, 2)
        until(lambda: send(url, "GET", "/v1/models/m/labels/next")[0] == 200)
        assert send(url, "GET", "/v1/models/m/labels/next/metadata")[1]["model_spec"]["version"] == "2"


def test_packages_saved_models_and_keras_files_are_served(saved: dict[int, Path], tmp_path: Path) -> None:
    import digits_kit

    from mlci.stages.package import package

    package(digits_kit.work(tmp_path), model=saved[3], name="m", version=5, dist=tmp_path / "dist")
    digits_kit.build().save(tmp_path / "model.keras")
    with running(tmp_path / "dist") as url:
        assert states(url) == {"5": "AVAILABLE"}
        assert version_of(url) == 3
    with running(saved[2], name="m") as url:
        assert states(url) == {"1": "AVAILABLE"}
    with running(tmp_path / "model.keras", name="m") as url:
        answer = ask(f"{url}/v1/models/m:predict", {"instances": [[[0.5] * 8] * 8]}, 10)
        assert len(answer.body["predictions"][0]) == 10


def test_what_cannot_be_served_is_told(saved: dict[int, Path], tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "saved_model.pb").write_bytes(b"no")
    with pytest.raises(InputError, match="is not a SavedModel"):
        serve(tmp_path / "broken", port=0)
    with pytest.raises(InputError, match="there is no model at"):
        serve(tmp_path / "nowhere", port=0)
    with pytest.raises(InputError, match="cannot name a model"):
        serve(saved[1], name="a/b", port=0)
    with bound("127.0.0.1", 0) as taken:
        taken.listen()
        with pytest.raises(EnvironmentLacks, match="cannot listen on"):
            serve(saved[1], port=taken.getsockname()[1])


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_the_requests_under_way(saved: dict[int, Path], kind: signal.Signals) -> None:
    command = [sys.executable, "-m", "mlci.serve", str(saved[1]), "--name", "m", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline(), process.stdout.readline()]
        assert "version 1 is available" in lines[0]
        url = lines[1].split(" at ")[1].split("/v1/")[0]
        assert version_of(url) == 1
        os.kill(process.pid, kind)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, out, err) == (0, "stopped\n", "")
