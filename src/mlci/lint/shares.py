"""Doing many small pieces of work on several processors: by forks, which share what is loaded already."""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
MAX_PROCESSES = 8


def spread(work: Sequence[T], do: Callable[[T], Any], useful: int) -> list[Any]:
    """Return `do` of each piece of work, in order.

    Parameters
    ----------
    work : the pieces; the first is done before the others are spread, so that what it loads serves all
    do : what to do; returns lists, tuples, texts, numbers and None
    useful : into how many processes the work is worth splitting
    """
    count = min(useful, len(work) - 1, processors())
    if count < 2:
        return [do(piece) for piece in work]
    first, work = do(work[0]), work[1:]
    shares = [work[index::count] for index in range(count)]
    children = [start(share, do) for share in shares[1:]]
    done = [[do(piece) for piece in shares[0]]]
    for share, child in zip(shares[1:], children, strict=True):
        found = collect(*child) if child else None
        done.append([do(piece) for piece in share] if found is None else found)
    return [first, *(done[index % count][index // count] for index in range(len(work)))]


def processors() -> int:
    """Return how many processes may run side by side: 1 where a fork would not be safe, as beside threads."""
    threading = sys.modules.get("threading")
    if sys.platform != "linux" or (threading is not None and threading.active_count() > 1):
        return 1
    return min(MAX_PROCESSES, len(os.sched_getaffinity(0)))


def start(share: Sequence[T], do: Callable[[T], Any]) -> tuple[int, int] | None:
    """Fork a process that does a share; returns its id and where it writes; None when it cannot."""
    reading, writing = os.pipe()
    try:
        process = os.fork()
    except OSError:  # the limit of processes or of memory is met: the parent does the share itself
        os.close(reading)
        os.close(writing)
        return None
    if process:
        os.close(writing)
        return process, reading
    status = 1
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            marshal.dump([do(piece) for piece in share], pipe)
        status = 0
    finally:
        os._exit(status)  # whatever happened: the parent does the share itself, and meets the same mistake


def collect(process: int, reading: int) -> list[Any] | None:
    """Return what a process of our own wrote; None when it failed."""
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(process, 0)
    found: list[Any] | None = marshal.loads(data) if status == 0 else None  # noqa: S302 -- from our own fork
    return found
