"""Travis CI's conditions, version 1, evaluated as their parser reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from mlci.parity.part import Part
from mlci.vendors.travis.syntax.conditions import fault

ATTRIBUTES = (
    *("type", "repo", "head_repo", "os", "dist", "group", "sudo", "language", "sender", "fork"),
    *("head_branch", "branch", "tag", "commit_message"),
)
NAME = re.compile(rf"(?:{'|'.join(ATTRIBUTES)})(?=[\s=)!~,|&]|$)", re.IGNORECASE)
CALL = re.compile(r"(env|concat)\(", re.IGNORECASE)
QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
WORD = re.compile(r"[^\s()\"',=!]+")
REGEX = re.compile(r"/(.+)/|\S*[^\s)]+", re.DOTALL)
SPACE = re.compile(r"(?:\s|\\\n)*")

Value = str | bool | None
Evaluate = Callable[[], Value]


class Build(NamedTuple):
    """What a condition can ask about."""

    attributes: Mapping[str, str]
    env: Mapping[str, str]


def holds(part: Part | None, build: Build) -> bool:
    """Tell whether a condition holds; none always does.

    Raises
    ------
    InputError : it is not well-formed
    """
    if part is None:
        return True
    text = part.text()
    found = fault(text)
    if found is not None:
        raise part.refuse(f"no valid condition: {found}")
    parser = Reader(text, build)
    value = parser.either()
    if parser.at < len(parser.text):
        raise part.refuse(f"no valid condition: unexpected '{parser.text[parser.at :][:20]}'")
    return is_true(value)


def is_true(value: Value) -> bool:
    """Tell whether a value by itself holds."""
    return value not in (None, "", "false", False)


def present(value: Value) -> bool:
    """Tell whether a value is there."""
    return isinstance(value, str) and value != ""


class Reader:
    """Reads and evaluates a condition from left to right."""

    def __init__(self, text: str, build: Build) -> None:
        self.text = text.strip()
        self.build = build
        self.at = 0

    def take(self, pattern: str | re.Pattern[str]) -> re.Match[str] | None:
        """Take what matches here, space around it left out."""
        self.skip()
        compiled = re.compile(pattern, re.IGNORECASE) if isinstance(pattern, str) else pattern
        found = compiled.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
            self.skip()
        return found

    def skip(self) -> None:
        """Skip space and continued lines."""
        found = SPACE.match(self.text, self.at)
        self.at = self.at if found is None else found.end()

    def either(self) -> Value:
        """Evaluate terms joined by OR."""
        value = self.both()
        while self.take(r"or\b|\|\|"):
            other = self.both()
            value = is_true(value) or is_true(other)
        return value

    def both(self) -> Value:
        """Evaluate terms joined by AND."""
        value = self.negated()
        while self.take(r"and\b|&&"):
            other = self.negated()
            value = is_true(value) and is_true(other)
        return value

    def negated(self) -> Value:
        """Evaluate a term, a negated one, or a group."""
        if self.take(r"not\b|!(?![=~])"):
            return not is_true(self.negated())
        if self.take(r"\("):
            value = self.either()
            self.take(r"\)")
            return value
        return self.term()

    def term(self) -> Value:
        """Evaluate a comparison, or a value that stands alone."""
        left = self.operand()
        if found := self.take(r"not\s+in\b|in\b"):
            return (left in self.list()) == found[0].lower().startswith("in")
        if found := self.take(r"is\s+not\b|is\b"):
            return self.predicate(left) == (found[0].lower() == "is")
        if found := self.take(r"=~|~=|!~"):
            matched = isinstance(left, str) and re.search(self.regex(), left) is not None
            return matched == (found[0] != "!~")
        if found := self.take(r"==|=|!="):
            return (left == self.operand()) == (found[0] != "!=")
        return left

    def operand(self) -> Value:
        """Evaluate a value, an attribute or a call."""
        call = self.take(CALL)
        if call is not None:
            return self.called(call[1].lower())
        name = self.take(NAME)
        if name is not None:
            return self.build.attributes.get(name[0].lower())
        quoted = self.take(QUOTED)
        if quoted is not None:
            return quoted[1] if quoted[1] is not None else quoted[2]
        word = self.take(WORD)
        return "" if word is None else word[0]

    def called(self, function: str) -> Value:
        """Evaluate a call whose parenthesis is open."""
        arguments: list[Value] = []
        while not self.take(r"\)") and self.at < len(self.text):
            arguments.append(self.operand())
            self.take(",")
        if function == "env":
            return self.build.env.get(str(arguments[0])) if arguments else None
        return "".join(str(each or "") for each in arguments)

    def list(self) -> list[Value]:
        """Evaluate the list behind IN."""
        self.take(r"\(")
        values: list[Value] = []
        while not self.take(r"\)") and self.at < len(self.text):
            values.append(self.operand())
            self.take(",")
        return values

    def predicate(self, value: Value) -> bool:
        """Evaluate what stands behind IS."""
        found = self.take(r"present|blank|true|false")
        word = "" if found is None else found[0].lower()
        if word in ("present", "blank"):
            return present(value) == (word == "present")
        return is_true(value) == (word == "true")

    def regex(self) -> str:
        """Read the expression behind =~; all from the first slash to the last is one."""
        call = self.take(CALL)
        if call is not None:
            return str(self.called(call[1].lower()))
        quoted = self.take(QUOTED)
        if quoted is not None:
            return quoted[1] if quoted[1] is not None else quoted[2]
        found = self.take(REGEX)
        if found is None:
            return ""
        return found[1] if found[1] is not None else found[0]
