"""The words and signs of Travis's conditions, in version 1 and in the deprecated version 0.

As travis-ci/travis-conditions has them: a word needs no space behind it, and a name of a function without a
parenthesis is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

ATTRIBUTES = (
    *("type", "repo", "head_repo", "os", "dist", "group", "sudo", "language", "sender", "fork", "draft"),
    *("branch", "head_branch", "tag", "commit_message"),
)


def sign(pattern: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile(pattern, flags | re.ASCII)


class Grammar(NamedTuple):
    """What one version of the language is written with."""

    either: re.Pattern[str]
    both: re.Pattern[str]
    negation: re.Pattern[str]
    within: re.Pattern[str]
    predicated: re.Pattern[str]
    predicate: re.Pattern[str]
    matched: re.Pattern[str]
    compared: re.Pattern[str]
    attribute: re.Pattern[str]
    function: re.Pattern[str]
    word: re.Pattern[str]
    regex: re.Pattern[str]
    strict: bool
    """Whether an attribute or a variable stands on the left of each comparison, and a text on the right."""


V1 = Grammar(
    either=sign(r"or|\|\|"),
    both=sign("and|&&"),
    negation=sign("not|!(?![=~])"),
    within=sign("in|not in"),
    predicated=sign("is not|is"),
    predicate=sign("present|blank|true|false"),
    matched=sign("=~|~=|!~"),
    compared=sign("==|=|!="),
    attribute=sign(rf"(?:{'|'.join(ATTRIBUTES)})(?=[\s,=)|]|\Z)", 0),
    function=sign("env|concat"),
    word=sign(r"[^\s()\"',=!]+"),
    regex=sign(r"/(?:[^/]|(?<=\\)/)*/?|\S*[^\s)]"),
    strict=False,
)
V0 = V1._replace(
    either=sign("or"),
    both=sign("and"),
    negation=sign(r"not(?=\s)"),
    within=sign("in"),
    predicated=sign("is"),
    predicate=sign("present|blank"),
    matched=sign("=~|!~"),
    compared=sign("=|!="),
    attribute=sign("|".join(sorted(ATTRIBUTES, reverse=True))),
    function=sign("env"),
    word=sign(r"[^\s()\"',]+"),
    regex=sign(r"/[^/]*/|\S+"),
    strict=True,
)
GRAMMARS: Mapping[str, Grammar] = {"v0": V0, "v1": V1}
