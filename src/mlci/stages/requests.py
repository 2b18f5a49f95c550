"""What a served model is asked in a smoke test, and what it must answer."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose, isnan
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mlci.errors import InputError
from mlci.findings import suggest

MAX_BYTES = 64 * 2**20
MAX_ANSWER = 256 * 2**20
KEYS = ("name", "instances", "inputs", "signature_name", "expect")
EXPECTED = ("status", "classes", "predictions", "outputs", "within", "max_ms")


@dataclass(frozen=True)
class Request:
    """One question to a served model."""

    name: str
    body: Mapping[str, Any]
    expect: Mapping[str, Any]


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: Any
    milliseconds: float


def read_requests(path: Path) -> tuple[Request, ...]:
    """Read a file of requests: a JSON list of objects like this, where all but the question may be left out.

        {"name": "a seven", "instances": [[0.0, 0.5]],
         "expect": {"classes": [7], "predictions": [[0.1, 0.9]], "within": 0.001,
                    "status": 200, "max_ms": 500}}

    Raises
    ------
    InputError : the file is missing, no JSON, or says something a request cannot say
    """
    try:
        with path.open("rb") as file:
            held: Any = json.loads(file.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"cannot read the requests {path}: {error}") from error
    if not isinstance(held, list) or not held:
        raise InputError(f"{path} must hold a list of requests", help='[{"instances": [[0.0, 0.5]]}]')
    return tuple(read_request(path, place, said) for place, said in enumerate(held, 1))


def read_request(path: Path, place: int, said: Any) -> Request:
    """Read one request."""
    if not isinstance(said, dict) or ("instances" in said) == ("inputs" in said):
        raise InputError(f"request {place} of {path} must be an object with 'instances' or 'inputs'")
    expect = said.get("expect", {})
    if not isinstance(expect, dict):
        raise InputError(f"'expect' of request {place} of {path} must be an object")
    for keys, known in ((said, KEYS), (expect, EXPECTED)):
        for key in keys:
            if key not in known:
                help = suggest(key, known) or f"expected one of {', '.join(known)}"
                raise InputError(f"unknown key '{key}' in request {place} of {path}", help=help)
    for key in ("status", "within", "max_ms"):
        if key in expect and (isinstance(expect[key], bool) or not isinstance(expect[key], int | float)):
            raise InputError(f"'{key}' of request {place} of {path} must be a number")
    body = {key: said[key] for key in ("instances", "inputs", "signature_name") if key in said}
    return Request(str(said.get("name", f"request {place}")), body, expect)


def ask(url: str, body: Mapping[str, Any] | None, timeout: float) -> Answer:
    """Ask a URL: POST a JSON body, or GET without one.

    Raises
    ------
    OSError : nothing answers
    """
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310
    started = time.perf_counter()
    try:
        with opener(url).open(request, timeout=timeout) as response:
            status, text = response.status, response.read(MAX_ANSWER)
    except urllib.error.HTTPError as error:
        with error:
            status, text = error.code, error.read(MAX_ANSWER)
    milliseconds = 1000 * (time.perf_counter() - started)
    try:
        return Answer(status, json.loads(text), milliseconds)
    except ValueError:
        return Answer(status, text.decode("utf-8", "replace"), milliseconds)


def opener(url: str) -> urllib.request.OpenerDirector:
    """Return what opens a URL: this machine is asked directly, others through the environment's proxy."""
    local = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
    return urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if local else []))


def problems(request: Request, answer: Answer) -> list[str]:
    """Return in what an answer differs from what was expected."""
    expect = request.expect
    wanted = expect.get("status", 200)
    if answer.status != wanted:
        return [f"expected status {wanted}, found {answer.status}: {str(answer.body)[:200]}"]
    found = []
    if "max_ms" in expect and answer.milliseconds > expect["max_ms"]:
        found.append(f"expected within {expect['max_ms']} ms, took {answer.milliseconds:.0f} ms")
    if answer.status != 200:
        return found
    body = answer.body if isinstance(answer.body, dict) else {}
    values = body.get("predictions", body.get("outputs"))
    if values is None:
        return [*found, f"the answer has neither predictions nor outputs: {str(answer.body)[:200]}"]
    if "classes" in expect and classes(values) != expect["classes"]:
        found.append(f"expected classes {expect['classes']}, found {classes(values)}")
    for key in ("predictions", "outputs"):
        if key in expect and not alike(expect[key], values, float(expect.get("within", 1e-5))):
            found.append(f"expected {str(expect[key])[:200]}, found {str(values)[:200]}")
    return found


def classes(values: Any) -> list[int]:
    """Return the class of each row: the place of its largest value; of a lone value, if over half."""
    rows = values if isinstance(values, list) else [values]
    found = []
    for row in rows:
        numbers = row if isinstance(row, list) else [row]
        if not numbers or not all(isinstance(number, int | float) for number in numbers):
            return []
        found.append(int(numbers[0] > 0.5) if len(numbers) == 1 else numbers.index(max(numbers)))
    return found


def alike(expected: Any, found: Any, within: float) -> bool:
    """Whether two JSON values are equal, numbers up to a distance."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(
            alike(value, found[key], within) for key, value in expected.items()
        )
    if sequence(expected) and sequence(found):
        return len(expected) == len(found) and all(map(alike, expected, found, [within] * len(found)))
    if isinstance(expected, int | float) and isinstance(found, int | float):
        if isnan(expected) or isnan(found):
            return isnan(expected) and isnan(found)
        return isclose(expected, found, rel_tol=0.0, abs_tol=within)
    return bool(expected == found)


def sequence(value: Any) -> bool:
    """Whether a value is a list."""
    return isinstance(value, Sequence) and not isinstance(value, str)
