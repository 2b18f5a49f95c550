"""Groovy text to tokens in one pass, without recursion and in linear time, whatever the text holds.

Strings are read whole, with the code inside their `${…}` as tokens of its own; comments are dropped.
Brackets are paired while reading, because only their nesting tells where an interpolation ends.
"""

from __future__ import annotations

import re

from mlci.vendors.jenkins.syntax.groovy.brackets import bracket, close_all
from mlci.vendors.jenkins.syntax.groovy.state import State
from mlci.vendors.jenkins.syntax.groovy.strings import open_string
from mlci.vendors.jenkins.syntax.groovy.tokens import Group, Item, Problem, Token

MAX_CHARACTERS = 512 * 1024
MAX_WORDS = 75_000

WORD = re.compile(
    r"(?P<space>(?:[ \t\f\r\v\ufeff\xa0]|\\\r?\n)++)"
    r"|(?P<newline>\n)"
    r"|(?P<comment>//[^\n]*+|/\*)"
    r"|(?P<string>'''|\"\"\"|'|\"|\$/)"
    r"|(?P<name>[^\W\d][\w$]*+|\$[\w$]*+)"
    r"|(?P<number>0[xX][0-9a-fA-F_]++[gGlLiI]?|0[bB][01_]++[gGlLiI]?"
    r"|[0-9][0-9_]*+(?:\.[0-9][0-9_]*+)?(?:[eE][+-]?[0-9]++)?[gGlLiIfFdD]?)"
    r"|(?P<bracket>[()\[\]{}])"
    r"|(?P<op>>>>=|<=>|===|!==|==~|\*\*=|<<=|>>=|\.\.<|\.\.\.|>>>"
    r"|==|!=|=~|<=|>=|&&|\|\||\+\+|--|\+=|-=|\*=|/=|%=|&=|\|=|\^=|\*\*|<<|>>|\.\.|\?\.|\*\.|\.&|\.@|\?:|->|::"
    r"|[\s\S])"
)
# A slash behind one of these divides; behind anything else it opens a string.
ENDS_VALUE = frozenset({"name", "number", "string"})
BEFORE_VALUE = frozenset({"return", "in", "case", "instanceof", "as", "assert", "throw", "else", "do"})


def tokenize(text: str) -> tuple[tuple[Item, ...], list[Problem], State]:
    """Read text into tokens and groups of them.

    Returns
    -------
    the items of the file, what is wrong with it, and the reader's state, which knows the lines
    """
    state = State(text)
    if len(text) > MAX_CHARACTERS:
        state.fail(0, 1, f"the file is longer than {MAX_CHARACTERS >> 10} KiB, which is more than is read")
        return (), state.problems, state
    at = shebang(text)
    while at < len(text):
        at = word(state, at)
    if state.words > MAX_WORDS:
        return (), state.problems, state
    close_all(state)
    return tuple(state.stack[0].items), state.problems, state


def shebang(text: str) -> int:
    """Return where the code begins behind a `#!` line."""
    if not text.startswith("#!"):
        return 0
    end = text.find("\n")
    return len(text) if end < 0 else end


def word(state: State, at: int) -> int:
    """Read one word at an offset; return the offset behind it."""
    found = WORD.match(state.text, at)
    if found is None:  # cannot be: the last alternative takes any character
        return at + 1
    kind, text = found.lastgroup or "op", found.group()
    if kind == "space":
        return found.end()
    if kind == "comment":
        return comment(state, found)
    state.words += 1
    if state.words > MAX_WORDS:
        state.fail(at, at + 1, f"the file has more than {MAX_WORDS} words, which is more than is read")
        return len(state.text)
    if kind == "string" and (text != "$/" or opens_string(state.stack[-1].items)):
        return open_string(state, at, text)
    if kind == "bracket":
        return bracket(state, at, text)
    items = state.stack[-1].items
    if text == "$/":  # behind a value: a name and a division
        items.append(Token("name", "$", at, at + 1))
        return at + 1
    if text in ("/", "/=") and opens_string(items) and state.text.find("/", at + 1) >= 0:
        return open_string(state, at, "/")
    items.append(Token(kind, text, at, found.end()))
    return found.end()


def comment(state: State, found: re.Match[str]) -> int:
    """Skip a comment; return the offset behind it."""
    if found.group() != "/*":
        return found.end()
    end = state.text.find("*/", found.end())
    if end >= 0:
        return end + 2
    start = found.start()
    state.fail(start, start + 2, "the comment opened here with '/*' is never closed", "end it with '*/'")
    return len(state.text)


def opens_string(items: list[Item]) -> bool:
    """Tell whether a slash behind these items opens a string rather than divides."""
    if not items:
        return True
    last = items[-1]
    if isinstance(last, Group):
        return False
    if last.kind == "name":
        return last.text in BEFORE_VALUE
    return last.kind not in ENDS_VALUE and last.text not in ("++", "--")
