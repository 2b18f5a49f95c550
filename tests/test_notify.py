"""Notifications, against a real HTTP server: delivered once, or a warning; never a failure, never a leak."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from engine_kit import plan, repository, text_of

from mlci.commands import notification as notifier
from mlci.commands.notification import notify
from mlci.engine.secrets import Secrets
from mlci.planning.context import Context

CONTEXT = Context("github", "c" * 40, "main", event="push", run_url="https://example.org/run/1", actor="ada")


class Server(ThreadingHTTPServer):
    """Remembers what it is sent, and answers as told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[str, dict[str, object]]] = []
        self.status = 200
        self.location = ""
        self.pause = 0.0
        self.address = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == "application/json"
        self.server.got.append((self.path, json.loads(body)))
        time.sleep(self.server.pause)
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def tell(root: Path, secrets: dict[str, str], how: str = "failure", context: Context = CONTEXT):
    """Notify of a workflow that tells slack and a webhook of a failure, and the webhook of a success."""
    text = (
        text_of("one: {run: 'true'}", "[one]") + "    notify: {failure: [slack, webhook], success: webhook}\n"
    )
    whole = plan(repository(root, text))
    warnings: list[str] = []
    return notify(how, whole, context, Secrets(secrets, root), warnings.append), warnings


def both(server: Server) -> dict[str, str]:
    return {
        "SLACK_WEBHOOK_URL": f"{server.address}/services/T0/hush",
        "WEBHOOK_URL": f"{server.address}/hook?key=hush",
    }


def test_every_channel_gets_its_message_once(server, tmp_path):
    sent, warnings = tell(tmp_path, both(server))
    assert [(each.channel, each.problem) for each in sent] == [("slack", ""), ("webhook", "")]
    assert warnings == []
    (slack_path, slack), (hook_path, hook) = server.got
    assert (slack_path, hook_path) == ("/services/T0/hush", "/hook?key=hush")
    said = ":x: *demo* main failed on main (cccccccccccc), started by ada"
    assert slack == {"text": f"{said}\n<https://example.org/run/1|See the run>"}
    assert hook == {"pipeline": "demo", "workflow": "main", "outcome": "failure", **CONTEXT._asdict()}


def test_a_success_tells_only_who_asked_for_it(server, tmp_path):
    sent, _ = tell(tmp_path, both(server), "success")
    assert [each.channel for each in sent] == ["webhook"]
    assert server.got[0][1]["outcome"] == "success"


def test_names_cannot_smuggle_links_or_mentions_into_slack(server, tmp_path):
    evil = CONTEXT._replace(
        branch="<!channel> *x*", actor="<https://evil|ada>", run_url="javascript:alert(1)"
    )
    tell(tmp_path, both(server), context=evil)
    text = str(server.got[0][1]["text"])
    assert "<" not in text
    assert "&lt;!channel&gt; ∗x∗" in text


@pytest.mark.parametrize("status", [302, 307, 400, 404, 500])
def test_an_answer_that_is_no_success_is_a_warning(server, tmp_path, status):
    server.status = status
    server.location = f"{server.address}/elsewhere"
    _, warnings = tell(tmp_path, {"WEBHOOK_URL": f"{server.address}/hush"}, "success")
    assert len(warnings) == 1
    assert f"webhook was not told: it answered {status}" in warnings[0]
    assert "hush" not in warnings[0]
    assert [path for path, _ in server.got] == ["/hush"], "a redirect is not followed"


def test_a_server_that_is_slow_gone_or_none_is_a_warning(server, tmp_path, monkeypatch):
    monkeypatch.setattr(notifier, "TIMEOUT", 0.3)
    server.pause = 1.0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = free.getsockname()[1]
    for address in (
        f"{server.address}/hush",
        f"http://127.0.0.1:{nobody}/hush",
        "https://no-such-host.invalid/hush",
    ):
        _, warnings = tell(tmp_path, {"WEBHOOK_URL": address}, "success")
        assert len(warnings) == 1
        assert "could not be reached" in warnings[0]
        assert "hush" not in warnings[0]


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/hush",
        "ftp://127.0.0.1/hush",
        "file:///etc/hush",
        "hush",
        "http://[::1",
        "//x/hush",
    ],
)
def test_only_https_leaves_this_machine(tmp_path, address):
    _, warnings = tell(tmp_path, {"WEBHOOK_URL": address}, "success")
    assert len(warnings) == 1
    assert "the address in WEBHOOK_URL" in warnings[0]
    assert "hush" not in warnings[0]


def test_an_address_with_a_line_break_is_a_warning(tmp_path):
    _, warnings = tell(tmp_path, {"WEBHOOK_URL": "https://127.0.0.1:1/a\r\nX: y"}, "success")
    assert len(warnings) == 1


def test_a_secret_that_is_not_set_says_where_to_set_it(tmp_path):
    _, warnings = tell(tmp_path, {}, "success")
    unset = "the secret WEBHOOK_URL is not set (here: in .mlci/secrets.env or the environment)"
    assert warnings == [f"webhook was not told: {unset}"]


def test_a_workflow_that_tells_nobody_sends_nothing(tmp_path):
    whole = plan(repository(tmp_path, text_of("one: {run: 'true'}", "[one]")))
    assert notify("failure", whole, CONTEXT, Secrets({}, tmp_path), pytest.fail) == ()
