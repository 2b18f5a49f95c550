"""Shell text cut into simple commands, roughly but in linear time; vendors' expressions count as words."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from mlci.yaml.patterns import lazy

LONGEST = 200_000
"""Of a longer script only the beginning is looked at."""


class Word(NamedTuple):
    """A word as written, quotes and all, and its offset."""

    raw: str
    start: int

    @property
    def plain(self) -> str:
        """The word without its quotes."""
        return self.raw.replace('"', "").replace("'", "")


class Command:
    """A simple command.

    Parameters
    ----------
    words : its words, one at least
    joint : what ends it: a line end, `;`, `&&`, `||`, `|`, `&`, a bracket, or "" at the end
    """

    def __init__(self, words: tuple[Word, ...], joint: str) -> None:
        self.words = words
        self.joint = joint

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].start + len(self.words[-1].raw)

    @cached_property
    def name(self) -> str:
        """The program it runs: assignments, sudo and its like and the folder left out."""
        arguments = self.run
        return arguments[0].rpartition("/")[2] if arguments else ""

    @cached_property
    def run(self) -> list[str]:
        """The program and its arguments without quotes; assignments and prefixes left out."""
        plain = [word.plain for word in self.words]
        skipped = 0
        while skipped < len(plain) and (plain[skipped] in PREFIXES or is_assignment(plain[skipped])):
            skipped += 1
        return plain[skipped:]


PREFIXES = frozenset(("sudo", "-E", "time", "exec", "command", "nohup", "env", "!")) | frozenset(
    ("if", "then", "else", "elif", "do", "while", "until")
)


def is_assignment(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.isidentifier()


TOKEN = lazy(
    r"""(?P<space>(?:[ \t\r]|\\\n)+)
    |(?P<comment>\#[^\n]*)
    |(?P<joint>\n|;;?|&&|\|\||\|&?|&(?![>\d])|[()]|[{}](?=\s|$|;))
    |(?P<word>(?:
        \$\{\{[^}$]*\}\} | \$\{[^}$\n]*\} | \$\((?:[^()\n]|\([^()\n]*\))*\)
        | '[^']*' | "(?:[^"\\]|\\.)*" | <<[ ]*(?:pipeline|parameters|matrix)\.[^<>\n]*>>
        | [<>]\((?:[^()\n]|\([^()\n]*\))*\) | \\. | [^\s;&|'"\\()] | &(?=[>\d])
    )+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)

HEREDOC = lazy(r"<<-?\s*(['\"]?)(\w+)\1")


def split(text: str) -> list[Command]:
    """Cut a script into its simple commands."""
    found: list[Command] = []
    words: list[Word] = []
    limit = min(len(text), LONGEST)
    at, match, end_of = 0, TOKEN.match, ""
    while at < limit:
        hit = match(text, at)
        if hit is None:
            break
        kind, at = hit.lastgroup, hit.end()
        if kind == "word":
            words.append(Word(hit[0], hit.start()))
            if "<<" in hit[0] and (opened := HEREDOC.search(text, hit.start(), min(limit, at + 40))):
                end_of = opened[2]
        elif kind == "joint":
            if words:
                found.append(Command(tuple(words), hit[0]))
                words = []
            if hit[0] == "\n" and end_of:
                at = after_heredoc(text, at, end_of)
                end_of = ""
    if words:
        found.append(Command(tuple(words), ""))
    return found


def after_heredoc(text: str, at: int, word: str) -> int:
    while 0 <= at < len(text):
        line_end = text.find("\n", at)
        line = text[at : line_end if line_end >= 0 else len(text)]
        at = line_end + 1 if line_end >= 0 else len(text)
        if line.strip() == word:
            break
    return at
