"""Travis CI's conditions, v1, evaluated as its own parser reads them: the same tokens, the same quirks.

After https://github.com/travis-ci/travis-conditions (lib/travis/conditions/v1), which is Ruby.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ATTRIBUTES = re.compile(
    r"(?:type|repo|head_repo|os|dist|group|sudo|language|sender|fork|draft|branch|head_branch|tag"
    r"|commit_message)(?=[\s=)|]|$)",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\s()\"',=!]+")
EXPRESSION = re.compile(r"/(?:[^/]|(?<=\\)/)*/?|\S*[^\s)]+")
Value = str | None


@dataclass
class Build:
    """What a condition can ask about."""

    attributes: Mapping[str, str]
    env: Mapping[str, str]


Test = Callable[[Build], bool]


class Parser:
    """Reads one condition; raises ValueError where Travis CI would refuse the build."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def parse(self) -> Test:
        test = self.either()
        if self.at < len(self.text):
            raise ValueError(f"could not parse {self.text!r} from {self.text[self.at :]!r}")
        return test

    def scan(self, pattern: str | re.Pattern[str]) -> str | None:
        """Skip space, take what matches here, skip space."""
        self.space()
        found = re.compile(pattern).match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        self.space()
        return found[0]

    def space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def either(self) -> Test:
        tests = [self.both()]
        while self.scan(r"(?i:or\b|\|\|)"):
            tests.append(self.both())
        return lambda build: any(test(build) for test in tests)

    def both(self) -> Test:
        tests = [self.negated()]
        while self.scan(r"(?i:and\b|&&)"):
            tests.append(self.negated())
        return lambda build: all(test(build) for test in tests)

    def negated(self) -> Test:
        if self.scan(r"(?i:not\b)|!(?!=|~)"):
            inner = self.negated()
            return lambda build: not inner(build)
        if self.scan(r"\("):
            inner = self.either()
            self.demand(r"\)")
            return inner
        return self.term()

    def term(self) -> Test:
        left = self.operand()
        operator = self.scan(r"(?i:not in|in)")
        if operator:
            self.demand(r"\(")
            listed = [self.operand()]
            while self.scan(","):
                listed.append(self.operand())
            self.demand(r"\)")
            wanted = operator.lower() == "in"
            return lambda build: (left(build) in [one(build) for one in listed]) == wanted
        operator = self.scan(r"(?i:is not|is)")
        if operator:
            predicate = str(self.scan(r"(?i:present|blank)"))
            wanted = (predicate.lower() == "present") == (operator.lower() == "is")
            return lambda build: bool(left(build)) == wanted
        operator = self.scan(r"=~|~=|!~")
        if operator:
            expression = re.compile(re.sub("^/|/$", "", str(self.scan(EXPRESSION))))
            wanted = operator != "!~"
            return lambda build: (expression.search(left(build) or "\0no value\0") is not None) == wanted
        operator = self.scan(r"==|=|!=")
        if operator:
            right = self.operand()
            wanted = operator != "!="
            return lambda build: (left(build) == right(build)) == wanted
        return lambda build: left(build) not in (None, "", "false")

    def operand(self) -> Callable[[Build], Value]:
        attribute = self.scan(ATTRIBUTES)
        if attribute:
            return lambda build: build.attributes.get(attribute.lower())
        if self.scan("(?i:env)"):
            self.demand(r"\(")
            name = self.demand(WORD)
            self.demand(r"\)")
            return lambda build: build.env.get(name)
        for quote in "\"'":
            if self.scan(quote):
                body = self.demand(f"[^{quote}]*")
                self.demand(quote)
                return lambda build: body
        word = self.demand(WORD)
        return lambda build: word

    def demand(self, pattern: str | re.Pattern[str]) -> str:
        found = self.scan(pattern)
        if found is None:
            raise ValueError(f"expected {pattern} at {self.at} of {self.text!r}")
        return found


def holds(condition: str, attributes: Mapping[str, str], env: Mapping[str, str] | None = None) -> bool:
    """Tell whether a condition holds for a build; none always does."""
    return not condition or Parser(condition).parse()(Build(attributes, env or {}))
