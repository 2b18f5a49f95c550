"""Pairing brackets while reading, and saying which of them is the odd one out."""

from __future__ import annotations

from mlci.vendors.jenkins.syntax.groovy.state import MAX_DEPTH, Frame, State
from mlci.vendors.jenkins.syntax.groovy.strings import close_hole, finish
from mlci.vendors.jenkins.syntax.groovy.tokens import CLOSERS, OPENERS, Group, Item, Token


def bracket(state: State, at: int, character: str) -> int:
    """Open or close a group at an offset; return the offset behind it."""
    if character in OPENERS:
        if len(state.stack) > MAX_DEPTH:
            return state.too_deep(at)
        state.stack.append(Frame(character, at, owner=owner(state.stack[-1].items)))
        return at + 1
    opener = state.stack[-1].opener
    if opener == "${" and character == "}":
        return close_hole(state, at + 1)
    if opener == CLOSERS[character]:
        close(state, at + 1)
        return at + 1
    return mismatch(state, at, character)


def owner(items: list[Item]) -> str:
    """Return the word that a bracket behind these items belongs to."""
    for item in reversed(items[-4:]):
        if isinstance(item, Token) and item.kind == "name":
            return item.text
        if isinstance(item, Token) and item.kind == "op":
            break
    return ""


def close(state: State, end: int) -> None:
    """Hand the group on top of the stack to the code around it."""
    frame = state.stack.pop()
    if frame.opener == "{":
        state.pairs.append((frame.start, end - 1))
    state.stack[-1].items.append(Group(frame.opener, tuple(frame.items), frame.start, end))


def mismatch(state: State, at: int, character: str) -> int:
    """Report a closing bracket that does not belong to the open one, and go on as best one can."""
    top = state.stack[-1]
    if len(state.stack) == 1:
        help = "remove it, or look for a block that was closed too early"
        state.fail(at, at + 1, f"'{character}' closes nothing", help)
        return at + 1
    state.fail(at, at + 1, f"expected '{closer(top)}' to close {described(state, top)}, found '{character}'")
    openers = [frame.opener for frame in state.stack]
    if CLOSERS[character] not in openers or "${" in openers:
        return at + 1
    while state.stack[-1].opener != CLOSERS[character]:
        close(state, at)
    close(state, at + 1)
    return at + 1


def closer(frame: Frame) -> str:
    return "}" if frame.opener == "${" else OPENERS[frame.opener]


def described(state: State, frame: Frame) -> str:
    of = f" of '{frame.owner}'" if frame.owner else ""
    return f"the '{frame.opener}'{of} from line {state.line(frame.start)}"


def close_all(state: State) -> None:
    """Close what is still open at the end of the text, and report the likeliest culprit."""
    left = [frame for frame in state.stack[1:] if frame.opener in OPENERS or frame.opener == "${"]
    if left and not any(problem.breaks for problem in state.problems):
        unclosed(state, left[-1])
    while len(state.stack) > 1:
        frame = state.stack[-1]
        if frame.opener in OPENERS:
            close(state, len(state.text))
        elif frame.opener == "${":
            state.stack.pop()
        else:
            finish(state, len(state.text))


def unclosed(state: State, frame: Frame) -> None:
    """Report an opened bracket that the end of the text leaves open."""
    start = frame.start
    of = f" of '{frame.owner}'" if frame.owner else ""
    if frame.opener == "{":
        culprit = misindented(state)
        if culprit is not None:
            start, of = culprit, ""
    state.fail(start, start + len(frame.opener), f"'{frame.opener}'{of} opened here is never closed")


def misindented(state: State) -> int | None:
    """Return the first opening brace whose closing one stands further left than its line, if any."""
    for opened, closed in sorted(state.pairs):
        if state.line(opened) == state.line(closed):
            continue
        before = state.text[state.line_starts[state.line(closed) - 1] : closed]
        if not before.strip() and len(before) < indent(state, opened):
            return opened
    return None


def indent(state: State, at: int) -> int:
    """Return how far the line of an offset is indented, in characters."""
    line = state.text[state.line_starts[state.line(at) - 1] : at + 1]
    return len(line) - len(line.lstrip())
