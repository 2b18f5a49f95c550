"""What one job prints, kept in a file as it comes."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

BECAUSE = "mlci parity: failed in "
"""Begins the line that says why a job failed."""


class JobLog:
    """A job's log; several threads may write to it.

    Parameters
    ----------
    path : the file
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.lock = Lock()
        self.last = ""
        """The last line that says anything."""
        self.blame = ""
        """Why the job failed, once that is known."""
        self.file = path.open("a", encoding="utf-8", errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self.lock:
            self.file.close()

    def line(self, text: str) -> None:
        """Add one line; what comes after the end is lost."""
        with self.lock:
            if not self.file.closed:
                self.file.write(f"{text}\n")
                self.file.flush()
                self.last = text if text.strip() else self.last

    def failed(self, what: str, said: str) -> None:
        self.blame = self.blame or f"{what}: {said}"

    def conclude(self) -> None:
        """Add why the job failed, if it did, where one looks first."""
        if self.blame:
            self.line(f"{BECAUSE}{self.blame}")

    def title(self, text: str) -> None:
        self.line(f"--- {text}")
