"""GitHub's API as far as a report needs it: JSON over HTTPS, page by page, patient where that may help."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.parse import urlsplit

VERSION = "2022-11-28"
MAX_BYTES = 32 * 2**20
MAX_PAGES = 100
TRIES = 4
PASSING = frozenset((429, 500, 502, 503, 504))
"""Statuses that another try may not meet."""
LONGEST_PAUSE = 60.0
NEXT = re.compile(r'<([^<>]*)>\s*;[^,]*\brel="next"')


class Answer(NamedTuple):
    """What the API answered."""

    status: int
    """0 when nothing was answered at all."""
    data: Any
    headers: Mapping[str, str]

    @property
    def good(self) -> bool:
        """Whether it did what was asked."""
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """What it says of a failure."""
        said = self.data.get("message") if isinstance(self.data, dict) else None
        return str(said or "no answer")[:300]

    @property
    def limited(self) -> bool:
        """Whether it was too much asked in too short a time, and nothing was done."""
        spent = self.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in self.headers
        return self.status == 429 or (self.status == 403 and spent)


class Refused(Exception):
    """The API did not do what was asked.

    Parameters
    ----------
    answer : what it said
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(answer.message)


class Uncertain(Refused):
    """Nobody knows whether it did: the answer got lost, or is an error of its own."""


class StayHere(urllib.request.HTTPRedirectHandler):
    """Follows no redirection, for the token goes along."""

    def redirect_request(self, *asked: Any, **more: Any) -> None:
        """Return no request."""


class Api:
    """The API of one GitHub.

    Parameters
    ----------
    address : https://api.github.com, or an enterprise's
    token : the job's
    pause : seconds before the second try of a request; each later pause is twice as long
    """

    def __init__(self, address: str, token: str, pause: float = 1.0) -> None:
        self.address = address.rstrip("/")
        self.token = token
        self.pause = pause
        self.opener = urllib.request.build_opener(StayHere)

    def get(self, path: str) -> Any:
        """Return what lies at a path.

        Raises
        ------
        Refused : nothing, or not for this token
        """
        return self.ask("GET", path).data

    def every(self, path: str) -> Iterator[Any]:
        """Yield the items of a list, page after page."""
        for _ in range(MAX_PAGES):
            answer = self.ask("GET", path)
            yield from answer.data if isinstance(answer.data, list) else ()
            found = NEXT.search(answer.headers.get("link", ""))
            if found is None or not self.own(found[1]):
                return
            path = found[1]

    def own(self, url: str) -> bool:
        """Tell whether an address is this API's, so that it may see the token."""
        return urlsplit(url)[:2] == urlsplit(self.address)[:2]

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Make a request, several times where that may help; what writes only while it has done nothing.

        Raises
        ------
        Refused : it cannot be done
        Uncertain : it may have been done
        """
        pause = self.pause
        for left in reversed(range(TRIES)):
            answer = self.once(method, path, body)
            if answer.good:
                return answer
            lost = answer.status in PASSING - {429} or not answer.status
            if lost and method != "GET":
                raise Uncertain(answer)
            if not left or not (lost or answer.limited):
                break
            time.sleep(min(LONGEST_PAUSE, max(pause, wanted(answer))))
            pause *= 2
        raise Refused(answer)

    def once(self, method: str, path: str, body: Mapping[str, Any] | None) -> Answer:
        """Make a request."""
        url = path if self.own(path) else f"{self.address}{path}"
        request = urllib.request.Request(  # noqa: S310 - the address is the runner's own
            url, None if body is None else json.dumps(body).encode(), method=method
        )
        request.add_header("Accept", "application/vnd.github+json")
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", "application/json")
        request.add_header("User-Agent", "mlci-report")
        request.add_header("X-GitHub-Api-Version", VERSION)
        try:
            with self.opener.open(request, timeout=60) as response:
                return answered(response.status, response)
        except urllib.error.HTTPError as error:
            with error:
                return answered(error.code, error)
        except (OSError, HTTPException, ValueError) as error:
            return Answer(0, {"message": f"no answer: {error}"}, {})


def answered(status: int, response: Any) -> Answer:
    """Read an answer."""
    headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
    text = response.read(MAX_BYTES)
    try:
        return Answer(status, json.loads(text) if text else None, headers)
    except ValueError:
        return Answer(0 if 200 <= status < 300 else status, None, headers)


def wanted(answer: Answer) -> float:
    """Return how many seconds the API asks to wait."""
    asked = answer.headers.get("retry-after", "")
    if asked.isdecimal():
        return float(asked[:6])
    reset = answer.headers.get("x-ratelimit-reset", "")
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        return max(0.0, float(reset[:12]) - time.time())
    return 0.0
