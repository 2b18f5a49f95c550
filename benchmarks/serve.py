"""Requests a second and latency of `mlci serve` beside the barest server of the same model, in one run.

The bare one is uvicorn with a function that parses the request, calls the SavedModel's signature and writes
the answer, and knows nothing else. Both serve one digits image a request to the same clients, in turns.

    python benchmarks/serve.py [--requests 1500] [--rounds 4] [--clients 4] [--json FILE]

Exit status 1 when `mlci serve` answers fewer than 0.8 times the requests of the bare server, or takes more
than 1.25 times as long at the 99th percentile.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

LEAST_SPEED = 0.8
MOST_P99 = 1.25

TRAIN = """
import sys
sys.path.insert(0, sys.argv[2])
import digits_kit
from pathlib import Path
root = Path(sys.argv[1])
digits_kit.write_data(root)
digits_kit.train(root, epochs=1).export(str(root / "models" / "1"), verbose=False)
"""

BARE = """
import json, sys
import tensorflow as tf
import uvicorn
loaded = tf.saved_model.load(sys.argv[1])
signature = loaded.signatures["serving_default"]
name = next(iter(signature.structured_input_signature[1]))
output = next(iter(signature.structured_outputs))
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body = (await receive())["body"]
    rows = tf.constant(json.loads(body)["instances"], tf.float32)
    answer = json.dumps({"predictions": signature(**{name: rows})[output].numpy().tolist()}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error", access_log=False, lifespan="off")
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def start(command: list[str], port: int) -> subprocess.Popen[bytes]:
    """Start a server and wait until it answers."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}: {command}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def ask(port: int, request: bytes, count: int, times: list[float]) -> None:
    """Send one request after another on one connection, and note how long each takes in seconds."""
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count):
            started = time.perf_counter()
            connection.sendall(request)
            answer = connection.recv(65536)
            while b"\r\n\r\n" not in answer or not answer.endswith(b"}"):
                answer += connection.recv(65536)
            times.append(time.perf_counter() - started)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise SystemExit(answer.decode())


def measure(port: int, request: bytes, count: int, clients: int) -> tuple[float, list[float]]:
    """Requests a second of several clients at once, and the time of each request."""
    times: list[float] = []
    each = [(port, request, count // clients, times)] * clients
    threads = [threading.Thread(target=ask, args=arguments) for arguments in each]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / (time.perf_counter() - started), times


def percentile(times: list[float], share: float) -> float:
    """The time in milliseconds within which a share of the requests was answered."""
    return 1000 * sorted(times)[min(len(times) - 1, int(share * len(times)))]


def run(given: argparse.Namespace) -> dict[str, Any]:
    """Start both servers, ask them in turns, and return what was measured."""
    body = json.dumps({"instances": [[[round(0.013 * n, 4) for n in range(8)]] * 8]}).encode()
    head = f"POST /v1/models/model:predict HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    request = head.encode() + body
    speeds: dict[str, list[float]] = {"bare": [], "mlci": []}
    times: dict[str, list[float]] = {"bare": [], "mlci": []}
    with TemporaryDirectory() as temporary:
        kit = str(Path(__file__).parents[1] / "tests")
        subprocess.run([sys.executable, "-c", TRAIN, temporary, kit], check=True, capture_output=True)
        ports = {"bare": free_port(), "mlci": free_port()}
        models = Path(temporary) / "models"
        commands = {
            "bare": [sys.executable, "-c", BARE, str(models / "1"), str(ports["bare"])],
            "mlci": [sys.executable, "-m", "mlci.serve", str(models), "--port", str(ports["mlci"])],
        }
        servers = [start(commands[name], ports[name]) for name in commands]
        try:
            for name in commands:
                measure(ports[name], request, 400, given.clients)
            for _ in range(given.rounds):
                for name in commands:
                    speed, taken = measure(ports[name], request, given.requests, given.clients)
                    speeds[name].append(speed)
                    times[name].extend(taken)
        finally:
            for server in servers:
                server.terminate()
                server.wait(20)
    return report(speeds, times)


def report(speeds: dict[str, list[float]], times: dict[str, list[float]]) -> dict[str, Any]:
    """Print a table of what was measured, and return it."""
    found: dict[str, Any] = {}
    print(f"{'':8}{'requests/s':>12}{'p50 ms':>10}{'p99 ms':>10}")
    for name, rates in speeds.items():
        row = (median(rates), percentile(times[name], 0.5), percentile(times[name], 0.99))
        found[name] = dict(zip(("requests_per_second", "p50_ms", "p99_ms"), row, strict=True))
        print(f"{name:8}{row[0]:12.0f}{row[1]:10.2f}{row[2]:10.2f}")
    bare, ours = found["bare"], found["mlci"]
    found["speed_ratio"] = ours["requests_per_second"] / bare["requests_per_second"]
    found["p99_ratio"] = ours["p99_ms"] / bare["p99_ms"]
    print(f"mlci serve answers {found['speed_ratio']:.2f} times the requests (at least {LEAST_SPEED}),")
    print(f"its 99th percentile takes {found['p99_ratio']:.2f} times as long (at most {MOST_P99})")
    return found


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1500, help="a round, for each server")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    given = parser.parse_args()
    found = run(given)
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n")
    return 0 if found["speed_ratio"] >= LEAST_SPEED and found["p99_ratio"] <= MOST_P99 else 1


if __name__ == "__main__":
    sys.exit(main())
