"""Reads Travis's conditions, as Travis's own parser does, and says what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from mlci.vendors.travis.syntax.conditions.grammar import GRAMMARS, V1, Grammar, sign
from mlci.vendors.travis.syntax.conditions.ruby_regex import compiled
from mlci.vendors.travis.syntax.conditions.tree import (
    Attribute,
    Call,
    Comparison,
    Condition,
    Not,
    Operand,
    Operator,
    Predicate,
    Regex,
    Text,
    both,
    either,
)

MAX_DEPTH = 100
CONTINUED = re.compile(r"\\\s*[\n\r]")
SPACE, OPEN, CLOSE, COMMA = sign(r"\s*"), sign(r"\("), sign(r"\)"), sign(",")
NOT = sign(r"(?:not|!)(\s+in\b)?")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
TOKEN = re.compile(r"[\"'].*|==|!=|=~|~=|!~|&&|\|\||[^\s\"'()=!~,&|]+|.", re.DOTALL)
COMMAS = "the values of a list are separated by commas"
OPERATORS: dict[str, Operator] = {"==": "=", "~=": "=~"}

Read = TypeVar("Read")


class Fault(Exception):
    """Why a condition is not well-formed."""

    def __init__(self, said: str) -> None:
        super().__init__(f"not a valid condition: {said}")


@lru_cache(maxsize=1024)
def read_condition(text: str, version: str = "v1") -> Condition:
    """Return a condition as a tree.

    Raises
    ------
    Fault : it is not well-formed
    """
    reader = Reader(text, GRAMMARS.get(version, V1))
    found = reader.either()
    if reader.at < len(reader.text):
        raise Fault(f"unexpected '{reader.token()}'")
    return found


def condition_or_fault(text: str, version: str = "v1") -> Condition | Fault:
    """Return a condition as a tree, or what is wrong with it."""
    try:
        return read_condition(text, version)
    except Fault as found:
        return found


class Reader:
    """Reads a condition from left to right."""

    def __init__(self, text: str, grammar: Grammar) -> None:
        self.text = CONTINUED.sub(" ", text).strip()
        self.grammar = grammar
        self.at = 0
        self.depth = 0

    def take(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self.text, self.at)
        if found is None:
            return None
        space = SPACE.match(self.text, found.end())
        self.at = found.end() if space is None else space.end()
        return found[0]

    def token(self) -> str:
        found = TOKEN.match(self.text, self.at)
        return "" if found is None else found[0][:20]

    def nested(self, read: Callable[[], Read]) -> Read:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Fault("it is nested too deeply")
        found = read()
        self.depth -= 1
        return found

    def either(self) -> Condition:
        terms = [self.both()]
        while self.take(self.grammar.either):
            terms.append(self.both())
        return either(terms)

    def both(self) -> Condition:
        terms = [self.negated()]
        while self.take(self.grammar.both):
            terms.append(self.negated())
        return both(terms)

    def negated(self) -> Condition:
        """Read a term, a negated one, or a group."""
        if self.take(OPEN):
            group = self.nested(self.either)
            if not self.take(CLOSE):
                raise Fault("a parenthesis is not closed")
            return group
        if self.take(self.grammar.negation):
            return Not(self.nested(self.negated))
        return self.term()

    def term(self) -> Condition:
        """Read a comparison, or a value that stands alone."""
        left = self.operand()
        found = self.comparison(left)
        if found is None and (negation := NOT.match(self.text, self.at)):
            raise self.misplaced(negation[1])
        if self.grammar.strict and (found is None or isinstance(left, Text)):
            shown = left.value if isinstance(left, Text) else getattr(left, "name", "env")
            why = "is compared with nothing" if found is None else "is no attribute"
            raise Fault(f"'{shown[:20]}' {why}")
        return found or left

    def misplaced(self, within: str | None) -> Fault:
        if self.grammar.strict:
            return Fault("'NOT' stands before the whole comparison in version 0")
        return Fault(f"'NOT' is followed by 'IN' here{', with one space between' if within else ''}")

    def comparison(self, left: Operand) -> Comparison | None:
        grammar = self.grammar
        if word := self.take(grammar.within):
            return Comparison(left, "IN" if word.upper() == "IN" else "NOT IN", self.values())
        if word := self.take(grammar.predicated):
            return Comparison(left, "IS" if word.upper() == "IS" else "IS NOT", self.predicate())
        if word := self.take(grammar.matched):
            return Comparison(left, "!~" if word == "!~" else "=~", self.regex())
        if word := self.take(grammar.compared):
            return Comparison(left, "!=" if word == "!=" else "=", self.right())
        return None

    def operand(self) -> Operand:
        start = self.at
        name = self.take(self.grammar.attribute)
        if name is not None:
            return Attribute(name.lower())
        found = self.call() or self.plain()
        if OPEN.match(self.text, self.at) and not self.text[self.at - 1].isspace():
            name = self.text[start : self.at]
            raise Fault(f"unknown function '{name[:20]}'; there are env and concat")
        return found

    def call(self) -> Call | None:
        """Read a call; a function's name without a parenthesis is dropped, as Travis does."""
        name = self.take(self.grammar.function)
        if name is None or not self.take(OPEN):
            return None
        return Call(name.lower(), self.nested(lambda: self.listed("a call is not closed")))

    def plain(self) -> Text:
        quoted = self.take(QUOTED)
        if quoted is not None:
            return Text(quoted[1:-1])
        word = self.take(self.grammar.word)
        if word is None:
            raise self.missing()
        if word.startswith("$"):
            raise Fault(f"'{word[:20]}': variables of the shell are not known here; write env(NAME)")
        return Text(word)

    def right(self) -> Operand:
        return self.plain() if self.grammar.strict else self.operand()

    def missing(self) -> Fault:
        token = self.token()
        if not token:
            return Fault("it ends too early")
        return Fault(f"unexpected '{token}'" if token[0] in "\"'" else f"expected a value before '{token}'")

    def values(self) -> tuple[Operand, ...]:
        if not self.take(OPEN):
            raise Fault("'IN' is followed by a list in parentheses")
        found = self.listed(COMMAS)
        if not found:
            raise Fault("the list behind 'IN' is empty")
        return found

    def listed(self, unclosed: str) -> tuple[Operand, ...]:
        found: list[Operand] = []
        while not self.take(CLOSE):
            found.append(self.right())
            if not self.take(COMMA) and not CLOSE.match(self.text, self.at):
                raise Fault(COMMAS if self.token() else unclosed)
        return tuple(found)

    def predicate(self) -> Predicate:
        name = self.take(self.grammar.predicate)
        if name is None:
            got = f", got '{self.token()}'" if self.token() else ""
            raise Fault(f"'IS' is followed by {self.grammar.predicate.pattern.replace('|', ', ')}{got}")
        return Predicate(name.lower())

    def regex(self) -> Regex | Call:
        """Read the regular expression behind =~: to the next slash that is not escaped, or one word."""
        call = None if self.grammar.strict else self.call()
        if call is not None:
            return call
        found = self.take(self.grammar.regex)
        if found is None:
            raise Fault("a regular expression is missing")
        pattern = re.sub("^/|/$", "", found, flags=re.MULTILINE)
        why = compiled(pattern)
        if isinstance(why, str):
            raise Fault(f"'{found[:20]}' cannot be read as a regular expression: {why}")
        return Regex(pattern)
