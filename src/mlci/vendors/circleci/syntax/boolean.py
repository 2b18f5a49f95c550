"""Boolean expressions, as in `filters: pipeline.git.branch == "main" and not (…)`: syntax and names."""

from __future__ import annotations

import re
from typing import NamedTuple

TOKEN = re.compile(
    r"\s*(?:(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<operator>==|!=|>=|<=|>|<|\(|\)|starts-with\b)|(?P<name>[A-Za-z_][\w-]*(?:\.[\w-]+)*))"
)
COMPARISONS = ("==", "!=", ">=", "<=", ">", "<", "starts-with")
MAX_DEPTH = 100


class Token(NamedTuple):
    """One word of an expression."""

    kind: str
    text: str
    place: int


class Fault(NamedTuple):
    """What is wrong with an expression, and at which character."""

    message: str
    place: int


class Parser:
    """Reads one expression; `fault` is the first mistake, `names` what it mentions."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.index = 0
        self.names: list[Token] = []
        self.fault: Fault | None = None
        if self.split():
            self.either(0)
            if self.fault is None and self.index < len(self.tokens):
                self.fail("unexpected")

    def split(self) -> bool:
        """Cut the text into tokens."""
        place, text = 0, self.text.rstrip()
        while place < len(text):
            found = TOKEN.match(text, place)
            if found is None:
                start = place + len(text[place:]) - len(text[place:].lstrip())
                self.fault = Fault(f"unexpected '{text[start : start + 10]}'", start)
                return False
            kind = str(found.lastgroup)
            self.tokens.append(Token(kind, found[kind], found.start(kind)))
            place = found.end()
        return True

    def peek(self) -> str:
        """Return the next token's text, '' at the end; a quoted text is never an operator."""
        token = self.tokens[self.index] if self.index < len(self.tokens) else None
        return "" if token is None or token.kind in ("text", "number") else token.text

    def fail(self, what: str) -> None:
        """Keep the first mistake."""
        if self.fault is None:
            token = self.tokens[self.index] if self.index < len(self.tokens) else None
            said = f"{what} '{token.text[:20]}'" if token else "the expression ends too early"
            self.fault = Fault(said, token.place if token else len(self.text.rstrip()))

    def either(self, depth: int) -> None:
        """Read `a or b`."""
        self.both(depth)
        while self.fault is None and self.peek() == "or":
            self.index += 1
            self.both(depth)

    def both(self, depth: int) -> None:
        """Read `a and b`."""
        self.comparison(depth)
        while self.fault is None and self.peek() == "and":
            self.index += 1
            self.comparison(depth)

    def comparison(self, depth: int) -> None:
        """Read `a == b`."""
        self.value(depth)
        while self.fault is None and self.peek() in COMPARISONS:
            self.index += 1
            self.value(depth)

    def value(self, depth: int) -> None:
        """Read a value, a group, or what is negated."""
        while self.peek() == "not":
            self.index += 1
        if self.peek() == "(" and depth < MAX_DEPTH:
            self.index += 1
            self.either(depth + 1)
            if self.fault is None and self.peek() != ")":
                self.fail("expected ')' before")
            self.index += 1
            return
        token = self.tokens[self.index] if self.index < len(self.tokens) else None
        if token is None or token.kind == "operator" or token.text in ("and", "or"):
            self.fail("expected a value before")
            return
        if token.kind == "name" and token.text not in ("true", "false"):
            self.names.append(token)
        self.index += 1
