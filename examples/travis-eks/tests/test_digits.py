"""Does the model tell digits apart, and the server answer as it should?"""

import json
import threading
import urllib.error
import urllib.request

import pytest

from digits.serve import Model, make_server
from digits.train import TESTED, data, train


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    assert train(folder) > 0.93
    return Model(folder / "weights.npz")


@pytest.fixture
def address(model):
    server = make_server(model, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def ask(url, body=None):
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, data), timeout=5) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_predicts_digits_it_has_not_seen(address):
    x, y = data()
    status, body = ask(f"{address}/predict", {"instances": x[-TESTED:].tolist()})
    assert status == 200
    right = sum(found == wanted for found, wanted in zip(body["predictions"], y[-TESTED:], strict=True))
    assert right / TESTED > 0.93


@pytest.mark.parametrize("body", [b"{", b"{}", b'{"instances": [[1, 2]]}', b'{"instances": "x"}', b"[]"])
def test_refuses_what_is_no_image(address, body):
    status, said = ask(f"{address}/predict", body)
    assert status == 400
    assert said["error"]


def test_says_that_it_is_up(address):
    assert ask(f"{address}/healthz") == (200, {"status": "ok"})
    assert ask(f"{address}/elsewhere")[0] == 404
