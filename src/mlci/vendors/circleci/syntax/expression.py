"""Expressions, as in `filters: pipeline.git.branch == "main" and not (…)`: read, judged and written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mlci.vendors.circleci.syntax.logic import All, Compare, Literal, Logic, Name, Not, Some, leaves

TOKEN = re.compile(
    r"\s*(?:(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<operator>==|!=|>=|<=|>|<|\(|\)|starts-with\b)|(?P<name>[A-Za-z_][\w-]*(?:\.[\w-]+)*))"
)
COMPARISONS = ("==", "!=", ">=", "<=", ">", "<", "starts-with")
MAX_DEPTH = 50


class Token(NamedTuple):
    """One word of an expression."""

    kind: str
    text: str


class Expression:
    """One expression: its tree, the names it mentions, and the first mistake in place of a tree."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.index = 0
        self.chained = 0
        self.names: list[str] = []
        self.fault: str | None = None
        self.tree: Logic = Some(())
        if self.split():
            self.tree = self.either(0)
            if self.index < len(self.tokens):
                self.fail("unexpected")

    def split(self) -> bool:
        place, text = 0, self.text.rstrip()
        while place < len(text):
            found = TOKEN.match(text, place)
            if found is None:
                self.fault = f"unexpected '{text[place:].lstrip()[:10]}'"
                return False
            kind = str(found.lastgroup)
            self.tokens.append(Token(kind, found[kind]))
            place = found.end()
        return True

    def peek(self) -> str:
        """Return the next token's text, '' at the end; a quoted text is never an operator."""
        token = self.next
        return "" if token is None or token.kind in ("text", "number") else token.text

    @property
    def next(self) -> Token | None:
        return self.tokens[self.index] if self.index < len(self.tokens) else None

    def takes(self, word: str) -> bool:
        """Step over a word, if it is the next one."""
        found = self.fault is None and self.peek() == word
        self.index += found
        return found

    def fail(self, what: str) -> None:
        token = self.next
        said = f"{what} '{token.text[:20]}'" if token else "the expression ends too early"
        self.fault = self.fault or said

    def either(self, depth: int) -> Logic:
        terms = [self.both(depth)]
        while self.takes("or"):
            terms.append(self.both(depth))
        return terms[0] if len(terms) == 1 else Some(tuple(terms))

    def both(self, depth: int) -> Logic:
        terms = [self.comparison(depth)]
        while self.takes("and"):
            terms.append(self.comparison(depth))
        return terms[0] if len(terms) == 1 else All(tuple(terms))

    def comparison(self, depth: int) -> Logic:
        found = self.value(depth)
        while self.fault is None and (operator := self.peek()) in COMPARISONS:
            self.chained += isinstance(found, Compare)
            if self.chained > MAX_DEPTH:
                self.fail("too many comparisons before")
            self.index += 1
            found = Compare(operator, found, self.value(depth))
        return found

    def value(self, depth: int) -> Logic:
        """Read a value, a group, or what is negated; `not` binds most tightly."""
        negations = 0
        while self.takes("not"):
            negations += 1
        found = self.operand(depth)
        # Two negations are not none: they make a boolean of any value.
        for _ in range(negations if negations < 2 else 2 - negations % 2):
            found = Not(found)
        return found

    def operand(self, depth: int) -> Logic:
        if depth < MAX_DEPTH and self.takes("("):
            found = self.either(depth + 1)
            if self.fault is None and not self.takes(")"):
                self.fail("expected ')' before")
            return found
        token = self.next
        if token is None or token.kind == "operator" or token.text in ("and", "or"):
            self.fail("expected a value before")
            return Some(())
        self.index += 1
        return self.atom(token)

    def atom(self, token: Token) -> Logic:
        if token.kind == "text":
            return Literal(re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL))
        if token.kind == "number":
            return Literal(float(token.text) if "." in token.text else int(token.text))
        if token.text in ("true", "false"):
            return Literal(token.text == "true")
        self.names.append(token.text)
        return Name(token.text)


def is_expression(value: Any) -> bool:
    """Tell whether what stands under a workflow's `when` or `unless` is an expression, no logic statement."""
    return isinstance(value, str) and "<<" not in value and not value.isspace() and value != ""


def kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "text"


def misfit(operator: str, *kinds: str | None) -> str | None:
    """Say that a comparison is not for such kinds of values; None stands for a kind that is not known."""
    wanted = "number" if operator in (">=", "<=", ">", "<") else "text" if operator == "starts-with" else None
    if wanted is None or not {*kinds} - {wanted, None}:
        return None
    return f"'{operator}' compares {wanted}s"


def misfits(logic: Logic, of_name: Callable[[str], str | None]) -> Iterator[str]:
    """Say what is compared that cannot be, by the kind of each name."""
    for leaf in leaves(logic):
        if isinstance(leaf, Compare):
            yield from misfits(leaf.one, of_name)
            yield from misfits(leaf.other, of_name)
            said = misfit(leaf.operator, kind_of(leaf.one, of_name), kind_of(leaf.other, of_name))
            yield from [said] if said is not None else []


def kind_of(logic: Logic, of_name: Callable[[str], str | None]) -> str | None:
    """Return the kind of a term's value; None when it is not known."""
    if isinstance(logic, Name):
        return of_name(logic.text)
    return kind(logic.value) if isinstance(logic, Literal) else "boolean"


def expressible(logic: Logic) -> bool:
    return all(
        isinstance(leaf, Name)
        or (isinstance(leaf, Compare) and all(map(expressible, (leaf.one, leaf.other))))
        or (isinstance(leaf, Literal) and (not isinstance(leaf.value, str) or quote(leaf.value) is not None))
        for leaf in leaves(logic)
    )


def quote(text: str) -> str | None:
    """Return text as a string of an expression; None when neither quote can hold it."""
    if "\\" in text or "<<" in text:
        return None
    if '"' not in text:
        return f'"{text}"'
    return f"'{text}'" if "'" not in text else None


def write(logic: Logic) -> str:
    if isinstance(logic, Name):
        return logic.text
    if isinstance(logic, Literal):
        return str(quote(logic.value)) if isinstance(logic.value, str) else str(logic.value).lower()
    if isinstance(logic, Compare):
        return f"{group(logic.one)} {logic.operator} {group(logic.other)}"
    if isinstance(logic, Not):
        term = logic.term
        if isinstance(term, Compare) and term.operator == "==":
            return write(Compare("!=", term.one, term.other))
        return f"not {write(term)}" if isinstance(term, Name | Literal) else f"not ({write(term)})"
    if not isinstance(logic, All | Some):
        raise TypeError(f"no expression can say {logic}")
    if not logic.terms:
        return "true" if isinstance(logic, All) else "false"
    word = " and " if isinstance(logic, All) else " or "
    return word.join(
        f"({write(term)})" if isinstance(term, All | Some) else write(term) for term in logic.terms
    )


def group(logic: Logic) -> str:
    return write(logic) if isinstance(logic, Name | Literal) else f"({write(logic)})"
