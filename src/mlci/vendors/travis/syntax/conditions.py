"""Travis's conditions, versions 0 and 1: is one well-formed, and if not, why."""

from __future__ import annotations

import re
from typing import NamedTuple

FUNCTIONS = ("env", "concat")
PREDICATES = ("present", "blank", "true", "false")
TOKEN = re.compile(
    r"""\s*(?:\\\s*\n\s*)?(?:
      (?P<quoted>"[^"]*"|'[^']*')
    | (?P<operator>==|!=|=~|~=|!~|=|&&|\|\||\(|\)|,|!)
    | (?P<word>[^\s"'()=!~,&|]+)
    )""",
    re.VERBOSE,
)
REGEX = re.compile(r"\s*(?:/(?:\\.|[^/\\])*/[a-z]*|[^\s)]\S*(?<!\)))")
MAX_DEPTH = 100


class Fault(Exception):
    """Why a condition is not well-formed."""


class Word(NamedTuple):
    """One token."""

    kind: str
    text: str


def fault(condition: str, version: str = "v1") -> str | None:
    """Say what is wrong with a condition; None when it is well-formed."""
    try:
        parser = Parser(condition, version)
        parser.either(0)
        rest = parser.peek()
        if rest is not None:
            return f"unexpected '{rest.text[:20]}'"
    except Fault as found:
        return str(found)
    return None


class Parser:
    """Reads a condition from left to right."""

    def __init__(self, text: str, version: str) -> None:
        self.text = text.rstrip().rstrip("\\").rstrip()
        self.version = version
        self.place = 0

    def peek(self) -> Word | None:
        """Return the next token without taking it; None at the end."""
        found = self.match()
        return None if found is None else Word(str(found.lastgroup), found[str(found.lastgroup)])

    def match(self) -> re.Match[str] | None:
        """Match the next token."""
        if self.place >= len(self.text):
            return None
        found = TOKEN.match(self.text, self.place)
        if found is None:
            raise Fault(f"unexpected '{self.text[self.place :].strip()[:20]}'")
        return found

    def take(self) -> Word | None:
        """Return the next token and go on behind it."""
        found = self.match()
        if found is None:
            return None
        self.place = found.end()
        return Word(str(found.lastgroup), found[str(found.lastgroup)])

    def accept(self, *words: str) -> bool:
        """Take the next token if it is one of some keywords or operators, whatever its case."""
        token = self.peek()
        if token is None or token.kind == "quoted" or token.text.upper() not in words:
            return False
        self.take()
        return True

    def either(self, depth: int) -> None:
        """Read terms joined by OR."""
        self.both(depth)
        while self.accept("OR", "||"):
            self.both(depth)

    def both(self, depth: int) -> None:
        """Read terms joined by AND."""
        self.negated(depth)
        while self.accept("AND", "&&"):
            self.negated(depth)

    def negated(self, depth: int) -> None:
        """Read a term, a negated one, or a group."""
        while self.accept("NOT", "!"):
            pass
        if depth > MAX_DEPTH:
            raise Fault("it is nested too deeply")
        if self.accept("("):
            self.either(depth + 1)
            if not self.accept(")"):
                raise Fault("a parenthesis is not closed")
            return
        self.term()

    def term(self) -> None:
        """Read a comparison, or a value that stands alone."""
        left = self.operand()
        if self.accept("=", "==", "!="):
            self.operand()
        elif self.accept("=~", "~=", "!~"):
            self.regex()
        elif self.accept("IN"):
            self.list()
        elif self.accept("IS"):
            self.accept("NOT")
            self.predicate()
        elif self.accept("NOT"):
            if not self.accept("IN"):
                raise Fault("'NOT' is followed by 'IN' here")
            self.list()
        elif self.version == "v0":
            raise Fault(f"'{left.text[:20]}' is compared with nothing")

    def operand(self, depth: int = 0) -> Word:
        """Read a value, an attribute or a call."""
        token = self.take()
        if depth > MAX_DEPTH:
            raise Fault("it is nested too deeply")
        if token is None:
            raise Fault("it ends too early")
        if token.kind == "operator":
            raise Fault(f"expected a value before '{token.text}'")
        if token.kind == "word":
            self.word(token, depth)
        return token

    def word(self, token: Word, depth: int) -> None:
        """Read what follows a bare word; a word before a parenthesis is a call."""
        if token.text.startswith("$"):
            raise Fault(f"'{token.text[:20]}': variables of the shell are not known here; write env(NAME)")
        if self.text[self.place : self.place + 1] == "(" and token.text.lower() not in ("in",):
            if token.text.lower() not in FUNCTIONS:
                raise Fault(f"unknown function '{token.text[:20]}'; there are env and concat")
            self.take()
            self.arguments(depth + 1)

    def arguments(self, depth: int) -> None:
        """Read the arguments of a call, behind its parenthesis."""
        while not self.accept(")"):
            before = self.place
            self.operand(depth)
            self.accept(",")
            if self.place == before:
                raise Fault("a call is not closed")

    def list(self) -> None:
        """Read the list behind IN."""
        if not self.accept("("):
            raise Fault("'IN' is followed by a list in parentheses")
        while not self.accept(")"):
            self.operand()
            if not self.accept(",") and (self.peek() or Word("", "")).text != ")":
                raise Fault("the values of a list are separated by commas")

    def predicate(self) -> None:
        """Read the predicate behind IS."""
        token = self.take()
        if token is None or token.text.lower() not in PREDICATES:
            got = f", got '{token.text[:20]}'" if token else ""
            raise Fault(f"'IS' is followed by {', '.join(PREDICATES)}{got}")

    def regex(self) -> None:
        """Read the regular expression behind =~; a call may make it."""
        token = self.peek()
        if token is not None and token.kind == "word" and token.text.lower() in FUNCTIONS:
            self.operand()
            return
        if token is not None and token.kind == "quoted":
            self.take()
            return
        found = REGEX.match(self.text, self.place)
        if found is None:
            raise Fault("a regular expression is missing")
        self.place = found.end()
