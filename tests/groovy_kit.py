"""One start of Groovy, which takes seconds, for what several calls would each start it for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any
from unittest import mock

from mlci.vendors.jenkins.runner import groovy

Builds = Sequence[Mapping[str, Any]]


class Asked(Exception):
    """Ends a call that has said which builds it wants."""


@contextmanager
def one_start(calls: Iterable[Callable[[], object]]) -> Iterator[None]:
    """Run the builds of some calls at once; whoever asks for the same builds again has their results.

    Parameters
    ----------
    calls : each asks for builds once
    """
    asked = [] if groovy.missing() else list(builds_of(calls))
    every = [build for builds in asked for build in builds]
    results = iter(groovy.run(every) if every else [])
    known = {repr(builds): list(islice(results, len(builds))) for builds in asked}
    start = groovy.run

    def run(builds: Builds, timeout: float | None = 600) -> list[groovy.Result]:
        key = repr(list(builds))
        if key not in known or any(build["mode"] != "trace" for build in builds):
            known[key] = start(builds, timeout)
        return known[key]

    with mock.patch.object(groovy, "run", run):
        yield


def builds_of(calls: Iterable[Callable[[], object]]) -> Iterator[list[Mapping[str, Any]]]:
    """Yield the builds that calls ask for; none is run."""
    for call in calls:
        found: list[Mapping[str, Any]] = []

        def note(builds: Builds, timeout: float | None = None, found: list[Any] = found) -> None:
            found.extend(builds)
            raise Asked

        with mock.patch.object(groovy, "run", note), suppress(Asked):
            call()
        yield found
