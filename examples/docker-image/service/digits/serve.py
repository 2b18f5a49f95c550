"""Serve a model: GET /healthz, POST /predict {"images": [[64 numbers], ...]}."""

from __future__ import annotations

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from digits.model import load, predict

MAX_BYTES = 2**20


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    means: np.ndarray

    def do_GET(self) -> None:
        """Say that the server is up."""
        self.answer(*((200, {"status": "ok"}) if self.path == "/healthz" else (404, {"error": "not found"})))

    def do_POST(self) -> None:
        """Predict."""
        try:
            length = min(int(self.headers.get("Content-Length", 0)), MAX_BYTES)
            digits = predict(self.means, json.loads(self.rfile.read(length))["images"])
        except (ValueError, KeyError, TypeError) as error:
            return self.answer(400, {"error": str(error)})
        return self.answer(200, {"digits": digits})

    def answer(self, status: int, body: dict[str, Any]) -> None:
        """Send an answer."""
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *values: Any) -> None:
        """Keep quiet."""


def make_server(means: np.ndarray, host: str, port: int) -> ThreadingHTTPServer:
    """Return a server that is not yet running."""
    return ThreadingHTTPServer((host, port), type("Bound", (Handler,), {"means": means}))


if __name__ == "__main__":
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8080"))
    make_server(load(Path(os.environ.get("MODEL", "model.npz"))), host, port).serve_forever()
