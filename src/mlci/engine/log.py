"""A job's output kept in a file beside its reports, while it is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

NAME = "log.txt"


class Log:
    """Shows each line, and writes it to the log.

    Parameters
    ----------
    folder : where the log goes
    show : shows a line
    warn : told when the log cannot be written; the work goes on without it
    """

    def __init__(self, folder: Path, show: Callable[[str], None], warn: Callable[[str], None]) -> None:
        self.path = folder / NAME
        self.show = show
        self.warn = warn
        self.file: TextIO | None = None

    def __enter__(self) -> Log:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.file = self.path.open("w", encoding="utf-8", errors="replace", buffering=1)
        except OSError as error:
            self.lose(error)
        return self

    def say(self, line: str) -> None:
        self.show(line)
        if self.file is not None:
            try:
                self.file.write(f"{line}\n")
            except OSError as error:
                self.lose(error)

    def lose(self, error: OSError) -> None:
        """Go on without the log."""
        file, self.file = self.file, None
        self.warn(f"the log {self.path} cannot be written: {error.strerror}")
        if file is not None:
            close(file)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.file is not None:
            close(self.file)


def close(file: TextIO) -> None:
    """Close a file whose last words may not fit on the disk any more."""
    try:
        file.close()
    except OSError:
        return  # it was told when the first line did not fit
