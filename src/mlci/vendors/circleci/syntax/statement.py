"""Logic statements, as under `when` and `unless`: read into a tree, with what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mlci.vendors.circleci.syntax.logic import FALSE, All, Equal, Filled, Logic, Matches, Not, Some
from mlci.vendors.circleci.syntax.pattern import fault_of
from mlci.vendors.circleci.syntax.piece import Piece

OPERATORS = ("and", "or", "not", "equal", "matches")
MAX_DEPTH = 100


class Fault(NamedTuple):
    """What is wrong, at the key of a piece."""

    at: Piece
    message: str
    help: str | None = None
    unknown: str = ""
    """The word in place of which an operator was expected."""


class Statement:
    """One logic statement: its tree, and its faults."""

    def __init__(self, piece: Piece) -> None:
        self.faults: list[Fault] = []
        self.tree = self.statement(piece, 0)

    def fail(self, at: Piece, said: str, help: str | None = None, unknown: str = "") -> Logic:
        self.faults.append(Fault(at, said, help, unknown))
        return FALSE

    def statement(self, piece: Piece, depth: int) -> Logic:
        """Read a value, or an operator and what stands beneath it."""
        if isinstance(piece.value, list):
            return self.fail(piece, "a list is no condition", "put it under `and:` or `or:`")
        if not isinstance(piece.value, Mapping):
            return Filled(piece)
        if depth > MAX_DEPTH:
            return self.fail(piece, "the condition is nested too deeply")
        found = list(piece.entries())
        if len(found) == 1:
            return self.operator(*found[0], depth + 1)
        said = f"a condition has exactly one of {', '.join(OPERATORS)}, this one has {len(found)} keys"
        help = "put several under `and:` or `or:`" if found else None
        return self.fail(found[1][1] if found else piece, said, help)

    def operator(self, name: str, given: Piece, depth: int) -> Logic:
        if name not in OPERATORS:
            said = f"unknown operator '{name}'; expected one of {', '.join(OPERATORS)}"
            return self.fail(given, said, unknown=name)
        if name == "not":
            return Not(self.statement(given, depth))
        if name == "matches":
            return self.matches(given)
        if not isinstance(given.value, list):
            return self.fail(given, f"'{name}' takes a list")
        if not given.value:
            return self.fail(given, f"'{name}' needs at least one value")
        if name == "equal":
            return Equal(tuple(Filled(each) for each in given.items()))
        terms = tuple(self.statement(each, depth) for each in given.items())
        return All(terms) if name == "and" else Some(terms)

    def matches(self, given: Piece) -> Logic:
        found = dict(given.entries()) if isinstance(given.value, Mapping) else {}
        for name in ("pattern", "value"):
            if name not in found or found[name].value is None:
                self.fail(given, f"'matches' needs the key '{name}'")
        for name, piece in found.items():
            if name not in ("pattern", "value"):
                self.fail(piece, f"'matches' has no key '{name}'")
        wrong = fault_of(str(found["pattern"].value)) if "pattern" in found else None
        if wrong is not None:
            self.fail(found["pattern"], wrong)
        return FALSE if self.faults else Matches(Filled(found["pattern"]), Filled(found["value"]))
