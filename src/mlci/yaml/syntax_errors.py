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


class Break(NamedTuple):
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
        return self.lines[self.met.line] if self.met.line < len(self.lines) else ""

    @property
    def before(self) -> str:
        return self.line[: self.met.column]

    @property
    def character(self) -> str:
        return self.line[self.met.column : self.met.column + 1]


class Explanation(NamedTuple):
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
        message = "not valid YAML: a control character, which YAML does not allow"
        return input_error(Mark(name, line, column), message, "syntax")
    context, problem = getattr(error, "context", None) or "", getattr(error, "problem", None) or ""
    broken = Break(context, problem, begun, met or begun, text.splitlines())
    found = explain(broken)
    place = begun if found.at_begin and begun is not None else broken.met
    mark = Mark(name, place.line + 1, place.column + 1)
    return input_error(mark, f"not valid YAML: {found.message}", "syntax", found.help)


def character_place(text: str) -> tuple[int, int]:
    """Return line and column of the first character YAML does not allow."""
    found = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    if found is None:
        return 1, 1
    before = text[: found.start()]
    return before.count("\n") + 1, found.start() - before.rfind("\n")


def explain(broken: Break) -> Explanation:
    """Say what is wrong; in the parser's words where ours know no better."""
    if "\t" in broken.line[: len(broken.line) - len(broken.line.lstrip())]:
        return Explanation("a tab in the indentation", TABS)
    explanation = EXPLANATIONS.get(broken.problem)
    found = explanation(broken) if explanation is not None else None
    if found is not None:
        return found
    return Explanation(", ".join(part for part in (broken.context, broken.problem) if part))


def missing_colon(broken: Break) -> Explanation | None:
    """A word stands where a key should."""
    line = broken.lines[broken.begun.line] if broken.begun.line < len(broken.lines) else ""
    word, space, rest = line[broken.begun.column :].strip().partition(" ")
    help = f"write '{word}: {rest}'" if space and len(line) < 80 else None
    return Explanation("a ':' is missing here", help, at_begin=True)


def second_colon(broken: Break) -> Explanation | None:
    if re.search(r":\s", broken.before):
        help = "quote the value: a colon followed by a space starts a new mapping"
        return Explanation("a mapping cannot begin within a value", help)
    return Explanation("a mapping cannot begin here: the value above is complete", INDENT)


def no_key(broken: Break) -> Explanation | None:
    """Something stands where the next key should."""
    if broken.begun is None:
        return None
    before = broken.before.rstrip()
    if broken.character == ":":
        return Explanation("there is no key before the ':'")
    if broken.character in ("]", "}"):
        return Explanation(f"there is a '{broken.character}' too many")
    if before.endswith(("'", '"')):
        return Explanation("there is text behind the closing quote", "put the whole value in quotes")
    if before.endswith(("]", "}")):
        return Explanation("there is text behind the closing bracket", QUOTE)
    if broken.begun.line == broken.met.line:
        return Explanation("a ':' and a value were expected here")
    found = f"a key of the mapping that begins on line {broken.begun.line + 1} was expected here"
    return Explanation(found, INDENT)


def no_item(broken: Break) -> Explanation | None:
    """Something stands where the next item should."""
    if broken.begun is None:
        return None
    found = f"an item ('- …') of the list that begins on line {broken.begun.line + 1} was expected here"
    return Explanation(found, INDENT)


def not_closed(broken: Break) -> Explanation | None:
    if broken.begun is None:
        return None
    end = broken.problem[-2]
    opened = "[" if end == "]" else "{"
    place = f"{broken.begun.line + 1}:{broken.begun.column + 1}"
    if broken.met.line >= len(broken.lines):
        return Explanation(f"this '{opened}' is never closed", at_begin=True)
    return Explanation(f"',' or '{end}' was expected here; the '{opened}' at {place} is open")


def open_quote(broken: Break) -> Explanation | None:
    """A quote is never closed."""
    return Explanation("this quote is never closed", at_begin=True) if "quoted" in broken.context else None


def no_beginning(broken: Break) -> Explanation | None:
    """A value begins with a character that means something else."""
    if broken.character == "\t":
        return Explanation("a tab, where only spaces may be", TABS)
    return Explanation(f"no value can begin with '{broken.character}'", QUOTE)


def no_name(broken: Break) -> Explanation | None:
    """An asterisk or an ampersand without a name."""
    sign, what = ("*", "alias") if "alias" in broken.context else ("&", "anchor")
    return Explanation(f"'{sign}' begins an {what}, whose name is missing", QUOTE, at_begin=True)


def no_escape(broken: Break) -> Explanation | None:
    """A backslash before a character that needs none."""
    after = broken.line[broken.met.column + 1 : broken.met.column + 2]
    return Explanation(f"'\\{after}' is no escape", "use single quotes, or double the backslash")


def no_block(broken: Break) -> Explanation | None:
    return Explanation("only a comment may stand here", "put the text on the lines below, further in")


def no_value(broken: Break) -> Explanation | None:
    return Explanation("a value was expected here")


EXPLANATIONS = {
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
