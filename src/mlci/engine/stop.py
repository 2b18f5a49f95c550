"""A wish to stop, from a signal or another thread, that all commands of a run heed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

PATIENCE = 2
"""Signals after which the next one is an exception, whatever is at work."""


class Stop:
    """A wish to stop that several threads share."""

    def __init__(self) -> None:
        self.wishes = 0
        self.working: list[int] = []
        """One for each job or command at work; all come to an end by themselves when asked."""

    @property
    def wished(self) -> bool:
        return self.wishes > 0

    @property
    def at_once(self) -> bool:
        """Whether to stop without grace."""
        return self.wishes > 1

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Say that something is at work that heeds the wish."""
        self.working.append(1)
        try:
            yield
        finally:
            self.working.pop()

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Let Ctrl-C and a CI product's cancel be wishes to stop; an exception where nothing is at work.

        The second one ends commands without grace, the third is an exception in any case.
        """

        def heard(number: int, frame: object) -> None:
            self.wishes += 1
            if not self.working or self.wishes > PATIENCE:
                raise KeyboardInterrupt

        known: list[tuple[signal.Signals, Any]] = []
        try:
            # Only the main thread hears signals; run in another one, mlci leaves them to whoever that is.
            with suppress(ValueError):
                known += [
                    (number, signal.signal(number, heard)) for number in (signal.SIGINT, signal.SIGTERM)
                ]
            yield
        finally:
            for number, handler in known:
                signal.signal(number, handler)
