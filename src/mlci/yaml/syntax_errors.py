"""What the YAML parser stumbled over, in words for whoever wrote it, and where to look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from mlci.errors import InputError, input_error
from mlci.findings import Mark

COLON = "found unexpected ':'"
TABS = "indent with spaces; YAML does not allow tabs"
QUOTE = "put the value in quotes"
INDENT = "check the indentation"


class Stumble(NamedTuple):
    """One error of the parser."""

    context: str
    """What it was about to do."""
    problem: str
    """What kept it from that."""
    begun: Any
    """Where that began; None when it does not say. Lines and columns count from 0."""
    met: Any
    """Where it could not go on."""
    lines: Sequence[str]

    @property
    def line(self) -> str:
        """The line it could not go on in."""
        return self.lines[self.met.line] if self.met.line < len(self.lines) else ""

    @property
    def before(self) -> str:
        """What stands on that line before."""
        return self.line[: self.met.column]

    @property
    def character(self) -> str:
        """The character it could not take."""
        return self.line[self.met.column : self.met.column + 1]


class Said(NamedTuple):
    """What to say of it."""

    message: str
    help: str | None = None
    at_begin: bool = False
    """Whether the mistake is where the parser began, not where it gave up."""


def syntax_error(name: str, text: str, error: Exception) -> InputError:
    """Make our error of the parser's."""
    begun, met = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    if begun is None and met is None:
        line, column = character_place(text)
        said = "not valid YAML: a control character, which YAML does not allow"
        return input_error(Mark(name, line, column), said, "syntax")
    context, problem = getattr(error, "context", None) or "", getattr(error, "problem", None) or ""
    stumble = Stumble(context, problem, begun, met or begun, text.splitlines())
    found = explain(stumble)
    place = begun if found.at_begin and begun is not None else stumble.met
    mark = Mark(name, place.line + 1, place.column + 1)
    return input_error(mark, f"not valid YAML: {found.message}", "syntax", found.help)


def character_place(text: str) -> tuple[int, int]:
    """Return line and column of the first character YAML does not allow."""
    found = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    if found is None:
        return 1, 1
    before = text[: found.start()]
    return before.count("\n") + 1, found.start() - before.rfind("\n")


def explain(stumble: Stumble) -> Said:
    """Say what is wrong; in the parser's words where ours know no better."""
    if "\t" in stumble.line[: len(stumble.line) - len(stumble.line.lstrip())]:
        return Said("a tab in the indentation", TABS)
    teller = TELLERS.get(stumble.problem)
    said = teller(stumble) if teller is not None else None
    if said is not None:
        return said
    return Said(", ".join(part for part in (stumble.context, stumble.problem) if part))


def missing_colon(stumble: Stumble) -> Said | None:
    """A word stands where a key should."""
    line = stumble.lines[stumble.begun.line] if stumble.begun.line < len(stumble.lines) else ""
    word, space, rest = line[stumble.begun.column :].strip().partition(" ")
    help = f"write '{word}: {rest}'" if space and len(line) < 80 else None
    return Said("a ':' is missing here", help, at_begin=True)


def second_colon(stumble: Stumble) -> Said | None:
    """A colon makes a mapping where none can be."""
    if re.search(r":\s", stumble.before):
        help = "quote the value: a colon followed by a space starts a new mapping"
        return Said("a mapping cannot begin within a value", help)
    return Said("a mapping cannot begin here: the value above is complete", INDENT)


def no_key(stumble: Stumble) -> Said | None:
    """Something stands where the next key should."""
    if stumble.begun is None:
        return None
    before = stumble.before.rstrip()
    if stumble.character == ":":
        return Said("there is no key before the ':'")
    if stumble.character in ("]", "}"):
        return Said(f"there is a '{stumble.character}' too many")
    if before.endswith(("'", '"')):
        return Said("there is text behind the closing quote", "put the whole value in quotes")
    if before.endswith(("]", "}")):
        return Said("there is text behind the closing bracket", QUOTE)
    if stumble.begun.line == stumble.met.line:
        return Said("a ':' and a value were expected here")
    said = f"a key of the mapping that begins on line {stumble.begun.line + 1} was expected here"
    return Said(said, INDENT)


def no_item(stumble: Stumble) -> Said | None:
    """Something stands where the next item should."""
    if stumble.begun is None:
        return None
    said = f"an item ('- …') of the list that begins on line {stumble.begun.line + 1} was expected here"
    return Said(said, INDENT)


def not_closed(stumble: Stumble) -> Said | None:
    """A bracket is open."""
    if stumble.begun is None:
        return None
    end = stumble.problem[-2]
    opened = "[" if end == "]" else "{"
    place = f"{stumble.begun.line + 1}:{stumble.begun.column + 1}"
    if stumble.met.line >= len(stumble.lines):
        return Said(f"this '{opened}' is never closed", at_begin=True)
    return Said(f"',' or '{end}' was expected here; the '{opened}' at {place} is open")


def open_quote(stumble: Stumble) -> Said | None:
    """A quote is never closed."""
    return Said("this quote is never closed", at_begin=True) if "quoted" in stumble.context else None


def no_beginning(stumble: Stumble) -> Said | None:
    """A value begins with a character that means something else."""
    if stumble.character == "\t":
        return Said("a tab, where only spaces may be", TABS)
    return Said(f"no value can begin with '{stumble.character}'", QUOTE)


def no_name(stumble: Stumble) -> Said | None:
    """An asterisk or an ampersand without a name."""
    sign, what = ("*", "alias") if "alias" in stumble.context else ("&", "anchor")
    return Said(f"'{sign}' begins an {what}, whose name is missing", QUOTE, at_begin=True)


def no_escape(stumble: Stumble) -> Said | None:
    """A backslash before a character that needs none."""
    after = stumble.line[stumble.met.column + 1 : stumble.met.column + 2]
    return Said(f"'\\{after}' is no escape", "use single quotes, or double the backslash")


def no_block(stumble: Stumble) -> Said | None:
    """Text stands beside `|` or `>`."""
    return Said("only a comment may stand here", "put the text on the lines below, further in")


def no_value(stumble: Stumble) -> Said | None:
    """A value is missing."""
    return Said("a value was expected here")


TELLERS = {
    "could not find expected ':'": missing_colon,
    "mapping values are not allowed in this context": second_colon,
    "did not find expected key": no_key,
    "did not find expected '-' indicator": no_item,
    "did not find expected ',' or ']'": not_closed,
    "did not find expected ',' or '}'": not_closed,
    "found unexpected end of stream": open_quote,
    "found character that cannot start any token": no_beginning,
    "did not find expected alphabetic or numeric character": no_name,
    "found unknown escape character": no_escape,
    "did not find expected comment or line break": no_block,
    "did not find expected node content": no_value,
}
"""What the parser says of its problem, and who can say more."""
