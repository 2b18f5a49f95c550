"""Serve model/weights.npz: GET /healthz, POST /predict {"instances": [[64 numbers], ...]}."""

from __future__ import annotations

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

MAX_BYTES = 2**20


class Model:
    """A softmax regression."""

    def __init__(self, path: Path = Path("model/weights.npz")) -> None:
        with np.load(path, allow_pickle=False) as weights:
            self.coefficients, self.intercepts = weights["coefficients"], weights["intercepts"]

    def predict(self, instances: Any) -> list[int]:
        """Return the digit of each image; ValueError when they are none."""
        x = np.asarray(instances, dtype=float)
        if x.ndim != 2 or x.shape[1] != 64 or not np.isfinite(x).all():
            raise ValueError("instances must be lists of 64 numbers")
        return (x @ self.coefficients + self.intercepts).argmax(axis=1).tolist()


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    model: Model

    def do_GET(self) -> None:
        """Say that the server is up."""
        found = self.path == "/healthz"
        self.answer(200 if found else 404, {"status": "ok"} if found else {"error": "not found"})

    def do_POST(self) -> None:
        """Predict."""
        if self.path != "/predict":
            return self.answer(404, {"error": "not found"})
        try:
            length = min(int(self.headers.get("Content-Length", 0)), MAX_BYTES)
            asked = json.loads(self.rfile.read(length))
            predictions = self.model.predict(asked["instances"])
        except (ValueError, KeyError, TypeError) as error:
            return self.answer(400, {"error": str(error)})
        return self.answer(200, {"predictions": predictions})

    def answer(self, status: int, body: dict[str, Any]) -> None:
        """Send an answer."""
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *values: Any) -> None:
        """Keep quiet; the cluster counts requests."""


def make_server(model: Model, host: str, port: int) -> ThreadingHTTPServer:
    """Return a server that is not yet running."""
    return ThreadingHTTPServer((host, port), type("Bound", (Handler,), {"model": model}))


if __name__ == "__main__":
    # In its container it listens to the cluster.
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8080"))
    make_server(Model(), host, port).serve_forever()
