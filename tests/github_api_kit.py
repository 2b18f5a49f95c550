"""A small GitHub: the endpoints of comments, runs and artifacts, as docs.github.com/rest describes them.

Comments of an issue come in ascending order, 30 a page unless `per_page` says otherwise, at most 100, with a
Link header while there are more. A token without `pull-requests: write` gets 403, one that is unknown 401, a
comment of more than 65,536 characters 422.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

REPOSITORY = "acme/model"
TOKEN, READER, PERSON = "job-token", "fork-token", "personal-token"
LOGINS = {TOKEN: "github-actions[bot]", READER: "github-actions[bot]", PERSON: "ada"}
WRITERS = {TOKEN, PERSON}
MOST = 65_536


class GitHub:
    """What the server holds, and what it was asked."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str]] = []
        self.faults: list[tuple[str, int, dict[str, str]]] = []
        """Method, status and headers of the next answers instead of the right ones."""
        self.lost: list[str] = []
        """Methods whose next request is done, and answered with 502."""
        self.runs: list[dict[str, Any]] = []
        self.artifacts: dict[int, list[dict[str, Any]]] = {}
        self.last = 0
        self.address = ""

    def add(self, login: str, body: str) -> dict[str, Any]:
        """Leave a comment on pull request 7."""
        self.last += 1
        made = {
            "id": self.last,
            "body": body,
            "user": {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"},
            "html_url": f"https://github.com/{REPOSITORY}/pull/7#issuecomment-{self.last}",
        }
        self.comments.append(made)
        return made

    def written(self) -> list[tuple[str, str]]:
        """Return the requests that wrote comments."""
        return [each for each in self.asked if each[0] != "GET" and each[1] != "/graphql"]


def handler(github: GitHub) -> type[BaseHTTPRequestHandler]:
    """Return the class that answers requests."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.serve("GET")

        def do_POST(self) -> None:
            self.serve("POST")

        def do_PATCH(self) -> None:
            self.serve("PATCH")

        def log_message(self, *words: Any) -> None: ...

        def serve(self, method: str) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            where = urlsplit(self.path)
            github.asked.append((method, where.path))
            for at, (meant, status, headers) in enumerate(github.faults):
                if meant == method and where.path != "/graphql":
                    del github.faults[at]
                    return self.say(status, {"message": "not now"}, headers)
            scheme, _, token = self.headers.get("Authorization", "").partition(" ")
            if scheme != "Bearer" or token not in LOGINS:
                return self.say(401, {"message": "Bad credentials"})
            assert self.headers["Accept"] == "application/vnd.github+json"
            assert self.headers["X-GitHub-Api-Version"] == "2022-11-28"
            asked = {name: values[-1] for name, values in parse_qs(where.query).items()}
            status, said, headers = answer(github, method, where.path, asked, body, token)
            if method in github.lost and status < 300 and where.path != "/graphql":
                github.lost.remove(method)
                return self.say(502, {"message": "Bad Gateway"})
            self.say(status, said, headers)

        def say(self, status: int, said: Any, headers: dict[str, str] | None = None) -> None:
            text = json.dumps(said).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json; charset=utf-8", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    return Handler


Said = tuple[int, Any, dict[str, str]]
REFUSAL = {
    "message": "Resource not accessible by integration",
    "documentation_url": "https://docs.github.com/rest/issues/comments#create-an-issue-comment",
    "status": "403",
}


def answer(github: GitHub, method: str, path: str, asked: dict[str, str], body: Any, token: str) -> Said:
    """Do what is asked."""
    if (method, path) == ("POST", "/graphql"):
        assert body == {"query": "{viewer{login}}"}
        return 200, {"data": {"viewer": {"login": LOGINS[token]}}}, {}
    home = f"/repos/{REPOSITORY}"
    if path == f"{home}/issues/7/comments" and method == "GET":
        return listed(github, path, asked)
    if path == f"{home}/issues/7/comments" and method == "POST":
        return wrong(body, token) or created(github, body, token)
    found = re.fullmatch(re.escape(home) + r"/issues/comments/(\d+)", path)
    if found and method == "PATCH":
        mine = next((each for each in github.comments if each["id"] == int(found[1])), None)
        if mine is None:
            return 404, {"message": "Not Found"}, {}
        said = wrong(body, token)
        if said is None:
            mine["body"] = body["body"]
        return said or (200, mine, {})
    if path == f"{home}/actions/workflows/report.yml/runs":
        assert asked["status"] == "success"
        rows = [each for each in github.runs if each["head_branch"] == asked["branch"]]
        return 200, {"total_count": len(rows), "workflow_runs": rows[: int(asked["per_page"])]}, {}
    found = re.fullmatch(re.escape(home) + r"/actions/runs/(\d+)/artifacts", path)
    if found:
        rows = [each for each in github.artifacts.get(int(found[1]), []) if each["name"] == asked["name"]]
        return 200, {"total_count": len(rows), "artifacts": rows}, {}
    return 404, {"message": "Not Found"}, {}


def created(github: GitHub, body: Any, token: str) -> Said:
    """Make a comment."""
    made = github.add(LOGINS[token], body["body"])
    return 201, made, {"Location": f"{github.address}/repos/{REPOSITORY}/issues/comments/{made['id']}"}


def wrong(body: Any, token: str) -> Said | None:
    """Return why a comment cannot be written."""
    if token not in WRITERS:
        return 403, REFUSAL, {}
    if len(body["body"]) > MOST:
        error = {"resource": "IssueComment", "code": "unprocessable", "field": "data"}
        error["message"] = f"Body is too long (maximum is {MOST} characters)"
        return 422, {"message": "Validation Failed", "errors": [error]}, {}
    return None


def listed(github: GitHub, path: str, asked: dict[str, str]) -> Said:
    """List a page of comments."""
    size, page = min(100, int(asked.get("per_page", 30))), int(asked.get("page", 1))
    last = max(1, -(-len(github.comments) // size))
    links = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    shown = [
        f'<{github.address}{path}?per_page={size}&page={number}>; rel="{name}"'
        for name, number in links.items()
        if 1 <= number <= last and number != page
    ]
    headers = {"Link": ", ".join(shown)} if last > 1 else {}
    return 200, github.comments[(page - 1) * size : page * size], headers


@contextmanager
def serving() -> Iterator[GitHub]:
    """Serve on a port of this machine."""
    github = GitHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(github))
    github.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
