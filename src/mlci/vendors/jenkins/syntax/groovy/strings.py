"""Reading Groovy's seven kinds of string literal, piece by piece, with the code inside `${…}` apart."""

from __future__ import annotations

import re

from mlci.vendors.jenkins.syntax.groovy.escapes import unescape, unescape_dollar, unescape_slashy
from mlci.vendors.jenkins.syntax.groovy.state import MAX_DEPTH, Frame, State
from mlci.vendors.jenkins.syntax.groovy.tokens import Item, Piece, Token

# Everything up to the next character that could mean something, by the string's opening quote.
PLAIN = {
    "'": re.compile(r"[^'\\\n]++"),
    '"': re.compile(r'[^"\\\n$]++'),
    "'''": re.compile(r"[^'\\]++"),
    '"""': re.compile(r'[^"\\$]++'),
    "/": re.compile(r"[^/\\$]++"),
    "$/": re.compile(r"[^/$]++"),
}
CLOSER = {"'": "'", '"': '"', "'''": "'''", '"""': '"""', "/": "/", "$/": "/$"}
INTERPOLATING = frozenset({'"', '"""', "/", "$/"})
ONE_LINE = frozenset({"'", '"'})
HOLE = re.compile(r"\$(?:(\{)|([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*))")


def open_string(state: State, at: int, quote: str) -> int:
    """Begin a string at an offset and read its first stretch; return the offset behind that."""
    if len(state.stack) > MAX_DEPTH:
        return state.too_deep(at)
    state.stack.append(Frame(quote, at))
    return read_stretch(state, at + len(quote))


def read_stretch(state: State, at: int) -> int:
    """Read the string on top of the stack up to its end or its next `${`."""
    frame, text = state.stack[-1], state.text
    quote = frame.opener
    plain, closer = PLAIN[quote], CLOSER[quote]
    while at < len(text):
        found = plain.match(text, at)
        if found:
            frame.pieces.append(found.group())
            at = found.end()
        elif text.startswith(closer, at):
            return finish(state, at + len(closer))
        elif text[at] == "\n":
            return unfinished(state, at)
        elif text[at] == "$" and quote in INTERPOLATING:
            at = dollar(state, at)
            if state.stack[-1] is not frame:
                return at
        elif text[at] == "\\":
            at = backslash(state, at)
        else:  # a lone quote inside a triple-quoted string
            frame.pieces.append(text[at])
            at += 1
    return unfinished(state, len(text))


def dollar(state: State, at: int) -> int:
    """Take a `$` in a string that interpolates."""
    frame = state.stack[-1]
    pair = unescape_dollar(state.text, at) if frame.opener == "$/" else None
    if pair:
        frame.pieces.append(pair[0])
        return pair[1]
    hole = HOLE.match(state.text, at)
    if hole is None:
        return lone_dollar(state, at)
    if hole.group(2):
        frame.pieces.append(short_hole(hole))
        return hole.end()
    if len(state.stack) > MAX_DEPTH:
        return state.too_deep(at)
    state.stack.append(Frame("${", at))
    return at + 2


def lone_dollar(state: State, at: int) -> int:
    """Take a `$` that begins no interpolation, which only the slashy kinds allow."""
    frame = state.stack[-1]
    frame.pieces.append("$")
    if frame.opener in ('"', '"""'):
        message = "a '$' in a double-quoted string must be followed by a name or '{'"
        state.fail(at, at + 1, message, "write '\\$' for a dollar sign, or use single quotes", breaks=False)
    return at + 1


def short_hole(hole: re.Match[str]) -> Piece:
    at = hole.start() + 1
    items: list[Item] = []
    for word in hole.group(2).split("."):
        if items:
            items.append(Token("op", ".", at - 1, at))
        items.append(Token("name", word, at, at + len(word)))
        at += len(word) + 1
    return Piece(hole.start(), hole.end(), tuple(items))


def close_hole(state: State, end: int) -> int:
    hole = state.stack.pop()
    state.stack[-1].pieces.append(Piece(hole.start, end, tuple(hole.items)))
    return read_stretch(state, end)


def backslash(state: State, at: int) -> int:
    """Take a backslash and what it escapes."""
    frame = state.stack[-1]
    if frame.opener == "/":
        value, end = unescape_slashy(state.text, at)
    else:
        value, end, known = unescape(state.text, at)
        if not known:
            shown = state.text[at : at + 2].strip()
            message = f"Groovy knows no escape '{shown}' in a string"
            state.fail(at, at + 2, message, "write '\\\\' for a backslash", breaks=False)
    frame.pieces.append(value)
    return end


def finish(state: State, end: int) -> int:
    """Hand the string on top of the stack to the code around it."""
    frame = state.stack.pop()
    token = Token("string", frame.opener, frame.start, end, joined(frame.pieces))
    state.stack[-1].items.append(token)
    return end


def joined(pieces: list[str | Piece]) -> tuple[str | Piece, ...]:
    """Join neighbouring stretches of plain text."""
    out: list[str | Piece] = []
    plain: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            plain.append(piece)
            continue
        if plain:
            out.append("".join(plain))
            plain = []
        out.append(piece)
    if plain:
        out.append("".join(plain))
    return tuple(out)


def unfinished(state: State, at: int) -> int:
    """Report a string without an end, and go on behind it."""
    frame = state.stack[-1]
    below = state.stack[-2]
    if (
        below.opener == "${"
        and frame.opener in ONE_LINE
        and state.line(below.start) == state.line(frame.start)
    ):
        # "${name" lacks its brace: what looks like a second string is the end of the first
        state.fail(
            below.start, below.start + 2, "'${' opened here is not closed on its line", "close it with }"
        )
        finish(state, at)
        state.stack.pop()
        return finish(state, at)
    one_line = frame.opener in ONE_LINE
    where = "on its line" if one_line else "before the end of the file"
    hint = f"close it with {CLOSER[frame.opener]}"
    if one_line:
        hint += f", or write it between {frame.opener * 3} if it has several lines"
    state.fail(frame.start, at, f"the string opened here with {frame.opener} is not closed {where}", hint)
    return finish(state, at)
