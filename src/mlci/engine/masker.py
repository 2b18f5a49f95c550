"""Keeps secrets out of all that is shown or written: their values become ***, wherever a chunk may end."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

MASK = "***"
LEAST = 6
"""Characters below which an encoded form or one line of a secret is too common a word to hide."""
WRAPS = (64, 76)
"""Columns at which PEM and base64 break lines."""


class Masker:
    """Hides the values of secrets, and their base64, URL, JSON and hex forms.

    Parameters
    ----------
    secrets : the values
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form.encode() for value in secrets if value for form in spellings(value)}
        self.forms = sorted(forms, key=lambda form: (-len(form), form))
        self.pattern = re.compile(b"|".join(map(re.escape, self.forms))) if self.forms else None
        self.longest = len(self.forms[0]) if self.forms else 0
        self.held = b""

    def text(self, text: str) -> str:
        """Return a whole text with the secrets hidden."""
        if self.pattern is None:
            return text
        data = text.encode(errors="surrogateescape")
        return self.pattern.sub(MASK.encode(), data).decode(errors="surrogateescape")

    def feed(self, chunk: bytes) -> bytes:
        """Take a chunk of a stream; return what can be shown, keeping back what may begin a secret."""
        if self.pattern is None:
            return chunk
        data, at, shown = self.held + chunk, 0, []
        while True:
            hold = self.hold(data, at)
            found = self.pattern.search(data, at)
            if found is None or found.start() >= hold:
                break
            shown += [data[at : found.start()], MASK.encode()]
            at = found.end()
        self.held = data[hold:]
        return b"".join((*shown, data[at:hold]))

    def close(self) -> bytes:
        """Return what was kept back at the end of a stream."""
        rest, self.held = self.held, b""
        return self.pattern.sub(MASK.encode(), rest) if self.pattern is not None else rest

    def hold(self, data: bytes, start: int) -> int:
        """Return from where data may be the beginning of a secret; its end when it is not.

        No form holds the end of a line, so nothing before the last one is kept back.
        """
        line = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        tail = data[max(start, line, len(data) - self.longest + 1) :]
        longest = max((beginning(form, tail) for form in self.forms), default=0)
        return len(data) - longest


def beginning(form: bytes, tail: bytes) -> int:
    """Return how many of the last bytes of `tail` begin `form` without being the whole of it."""
    at = tail.find(form[:1], max(0, len(tail) - len(form) + 1))
    while at >= 0:
        if form.startswith(tail[at:]):
            return len(tail) - at
        at = tail.find(form[:1], at + 1)
    return 0


def spellings(value: str) -> Iterator[str]:
    """Yield a secret as it may stand in output; of several lines each by itself."""
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    telling = [line for line in lines if len(line) >= LEAST] or lines
    yield from telling
    whole = value.strip()
    encoded = (
        *((value,) if len(lines) == 1 and value.isprintable() else ()),
        quote(whole, safe=""),
        quote(whole),
        quote_plus(whole),
        json.dumps(whole)[1:-1],
        json.dumps(whole, ensure_ascii=False)[1:-1],
        whole.encode().hex(),
        *base64_forms(whole),
        *base64_forms(value),
    )
    yield from (form for form in encoded if len(form) >= LEAST and form.isprintable())


def base64_forms(value: str) -> Iterator[str]:
    """Yield the base64 of a secret, alone, broken into lines, and in the middle of something longer."""
    for data in (value.encode(), value.encode() + b"\n"):
        whole = base64.b64encode(data).decode()
        yield from (whole, whole.rstrip("="))
        for width in WRAPS:
            yield from (whole[at : at + width].rstrip("=") for at in range(0, len(whole), width))
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + value.encode()).decode().rstrip("=")
        # The characters at either end also carry bits of what stands beside the secret.
        inner = encoded[(0, 2, 3)[shift] : len(encoded) - 1]
        yield inner
        yield inner.replace("+", "-").replace("/", "_")
