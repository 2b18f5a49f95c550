"""Does the server answer over HTTP?"""

import json
import threading
import urllib.error
import urllib.request

import pytest

from digits.model import fit
from digits.serve import make_server
from digits.train import data


@pytest.fixture(scope="module")
def address():
    server = make_server(fit(*data()), "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def ask(url, body=None):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, body), timeout=5) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_predicts(address):
    x, y = data()
    status, said = ask(f"{address}/predict", json.dumps({"images": x[:50].tolist()}).encode())
    assert status == 200
    assert sum(found == wanted for found, wanted in zip(said["digits"], y[:50], strict=True)) > 40


@pytest.mark.parametrize("body", [b"{", b"{}", b'{"images": [[1]]}', b"[]"])
def test_refuses_what_it_cannot_read(address, body):
    assert ask(f"{address}/predict", body)[0] == 400


def test_is_up(address):
    assert ask(f"{address}/healthz") == (200, {"status": "ok"})
    assert ask(f"{address}/elsewhere")[0] == 404
