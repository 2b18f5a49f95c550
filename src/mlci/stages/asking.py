"""How a deployed model is asked: where it is served, or served here meanwhile."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlsplit

from mlci.deploy.contract import Target
from mlci.errors import InputError
from mlci.stages.contract import Case, Outcome, Work
from mlci.stages.requests import Answer, Request, ask, problems, read_requests
from mlci.stages.summary import case_table
from mlci.stages.target import target_of

POLL = 0.25
UNREACHABLE = (OSError, http.client.HTTPException)


def ask_target(
    work: Work, target: str, requests: Path, name: str | None, wait: float, timeout: float
) -> Outcome:
    """Ask a target's model all the requests."""
    asked = read_requests(requests)
    place = target_of(work, target)
    state = place.status(name)
    if state.version is None:
        raise InputError(f"no version of '{state.model}' is deployed to '{target}' yet")
    with served(work, place, state.model) as url:
        ready = await_version(url, state.model, state.version, wait, timeout)
        cases = [ready]
        if ready.passed:
            where = f"{url}/v1/models/{quote(state.model)}/versions/{state.version}:predict"
            for request in asked:
                case, milliseconds = perform(where, request, timeout)
                work.say(f"{'passed' if case.passed else 'FAILED'}  {request.name}  {milliseconds:.0f} ms")
                cases.append(case)
    # How long each took is said above; it is no metric, as no two runs share it.
    metrics = {"requests": float(len(cases) - 1)}
    return Outcome(metrics, tuple(cases), case_table(f"{state.model} version {state.version}", cases))


@contextmanager
def served(work: Work, place: Target, model: str) -> Iterator[str]:
    """Give the address where a target's model answers; without one, serve it here meanwhile."""
    if place.url is not None:
        yield check_url(place.url)
        return
    from mlci.serve.server import running

    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="mlci-")))
        work.say("the target has no url; serving its model here for the test")
        place.fetch(folder, model)
        yield stack.enter_context(running(folder, name=model))


def check_url(url: str) -> str:
    """Return a server's address without a closing slash.

    Raises
    ------
    InputError : it is none
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"'{url}' is no server's address", help="write it as http://127.0.0.1:8501")
    return url.rstrip("/")


def await_version(url: str, model: str, version: int, wait: float, timeout: float) -> Case:
    """Return the case of the deployed version being served, which a server may take a while to load."""
    title = f"version {version} is served"
    where = f"{url}/v1/models/{quote(model)}/versions/{version}"
    until = time.monotonic() + wait
    while True:
        said = "nothing answers"
        try:
            answer = ask(where, None, timeout)
            if available(answer):
                return Case(title, True)
            said = str(answer.body)[:300]
        except UNREACHABLE as error:
            said = f"nothing answers: {error}"
        if time.monotonic() >= until:
            return Case(title, False, f"{where}: {said}")
        time.sleep(POLL)


def available(answer: Answer) -> bool:
    """Whether a status says that the version can be asked."""
    body: Any = answer.body
    states = body.get("model_version_status", []) if answer.status == 200 and isinstance(body, dict) else []
    return any(isinstance(state, dict) and state.get("state") == "AVAILABLE" for state in states)


def perform(where: str, request: Request, timeout: float) -> tuple[Case, float]:
    """Ask once, and return the case and how long it took in milliseconds."""
    try:
        answer = ask(where, request.body, timeout)
    except UNREACHABLE as error:
        return Case(request.name, False, f"no answer: {error}"), 1000 * timeout
    wrong = problems(request, answer)
    return Case(request.name, not wrong, "; ".join(wrong)), answer.milliseconds
