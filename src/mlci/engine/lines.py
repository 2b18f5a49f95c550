"""A command's output cut into lines as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable

LONGEST = 65536
"""Bytes after which a line without an end is shown in parts."""
REFRESH = 1.0
"""Seconds between two shown states of a line that a progress bar writes over and over."""

Say = Callable[[str], None]


class Lines:
    """Cuts a stream into lines; of a line written over and over by `\\r`, shows a state now and then."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.rest = b""
        self.shown = 0.0

    def feed(self, data: bytes) -> None:
        """Take more of the stream."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self.tell(line.rstrip(b"\r").rpartition(b"\r")[2])
        if b"\r" in self.rest and time.monotonic() - self.shown > REFRESH:
            state, _, self.rest = self.rest.rpartition(b"\r")
            self.tell(state.rpartition(b"\r")[2])
        while len(self.rest) > LONGEST:
            self.tell(self.rest[:LONGEST])
            self.rest = self.rest[LONGEST:]

    def close(self) -> None:
        """Show a last line that has no end."""
        if self.rest:
            self.tell(self.rest.rpartition(b"\r")[2] or self.rest.rstrip(b"\r"))
            self.rest = b""

    def tell(self, line: bytes) -> None:
        self.shown = time.monotonic()
        self.say(line.decode(errors="replace"))
