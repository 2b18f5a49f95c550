"""A workflow drawn with lines for a terminal: one line a job, its particulars beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TextIO
from unicodedata import east_asian_width

from mlci.graph.lanes import NODE, draw_lanes
from mlci.graph.scene import Edge, Node, Scene, paths_words

SIGNS: Mapping[str, tuple[str, str]] = {"job": ("●", "*"), "deploy": ("▲", "^"), "approval": ("◆", "?")}
SKIPPED = ("○", "o")
"""The sign of a job that may be skipped, in Unicode and in ASCII."""
MEANINGS: Mapping[str, str] = {
    "●": "job",
    "○": "job that may be skipped",
    "▲": "deployment",
    "◆": "approval by a person",
}
PAINT: Mapping[str, str] = {
    "name": "\x1b[1m",
    "job": "\x1b[34m",
    "deploy": "\x1b[32m",
    "approval": "\x1b[33m",
    "faint": "\x1b[2m",
    "condition": "\x1b[35m",
}
ASCII = str.maketrans(dict(zip("│─╰╯╭╮├┤┬┴┼●○▲◆→×≤·…←’", "|-+++++++++*o^?>x<.~<'", strict=True)))


class Style(NamedTuple):
    """How a terminal wants it."""

    width: int = 100
    colour: bool = False
    unicode: bool = True


PLAIN = Style()


def style_of(stream: TextIO, environ: Mapping[str, str]) -> Style:
    """Return the style that fits a stream: width, colour unless NO_COLOR, ASCII where it needs it."""
    person = stream.isatty()
    colour = (person and environ.get("TERM") != "dumb") or bool(environ.get("FORCE_COLOR"))
    columns = environ.get("COLUMNS", "")
    width = int(columns) if columns.isdigit() and int(columns) else 100
    if person and not columns:
        width = os.get_terminal_size(stream.fileno()).columns or 80
    return Style(width, colour and not environ.get("NO_COLOR"), has_unicode(stream))


def has_unicode(stream: TextIO) -> bool:
    """Tell whether a stream can write the signs that are used."""
    try:
        "".join((*MEANINGS, "├─╯→×≤·…←")).encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def text(scenes: Sequence[Scene], style: Style = PLAIN) -> str:
    """Draw workflows for a terminal, each with its trigger above it, a key to the signs below all.

    Parameters
    ----------
    scenes : the workflows
    style : width in columns, colour, Unicode

    Returns
    -------
    str, no line wider than `style.width` unless a job's name alone is
    """
    blocks = ["\n".join(block(scene, style)) for scene in scenes]
    used = {sign_of(node, True) for scene in scenes for node in scene.nodes}
    key = "   ".join(f"{sign} {meaning}" for sign, meaning in MEANINGS.items() if sign in used)
    whole = "\n\n".join([*blocks, paint("faint", cut(key, style.width), style)]) + "\n"
    return whole if style.unicode else whole.translate(ASCII).encode("ascii", "replace").decode()


def block(scene: Scene, style: Style) -> Iterator[str]:
    """Yield the lines of one workflow."""
    starts = cut(scene.starts, style.width - width_of(scene.workflow) - 2)
    yield f"{paint('name', scene.workflow, style)}  {paint('faint', starts, style)}".rstrip()
    nodes = {node.id: node for node in scene.nodes}
    further = readings(scene.edges)
    drawn = draw_lanes(scene)
    broad = max((len(line) for line, _ in drawn), default=0)
    longest = max((len(name) for name in nodes), default=0)
    if broad + longest + 4 > max(style.width, 24):
        yield from listing(scene, nodes, style)
        return
    for line, name in drawn:
        if name is None:
            yield f"  {paint('faint', line, style)}".rstrip()
        else:
            margin = f"  {line}{' ' * (broad - len(line))}"
            yield node_line(margin, nodes[name], longest, further.get(name, ""), style)


def node_line(margin: str, node: Node, longest: int, further: str, style: Style) -> str:
    """Return the line of one node; `margin` holds NODE where its sign belongs."""
    before, _, after = margin.partition(NODE)
    sign = paint(node.kind, sign_of(node, style.unicode), style)
    head = f"{paint('faint', before, style)}{sign}{paint('faint', after, style)}"
    room = style.width - width_of(margin) - longest - 3
    said = particulars(node, further, room, style)
    pad = " " * (longest - len(node.id) + 2) if said else ""
    return f"{head} {paint('name', node.id, style)}{pad}{said}".rstrip()


def particulars(node: Node, further: str, room: int, style: Style) -> str:
    """Return what is said beside a name, in `room` columns; the command gives way first."""
    rest = " · ".join(part for part in (*node.marks, further) if part)
    needed = width_of(rest) + width_of(node.condition) + 3 * bool(rest) + 3 * bool(node.condition)
    does = node.does if width_of(node.does) + needed <= room else cut(node.does, max(12, room - needed))
    left = cut(" · ".join(part for part in (does, rest) if part), room)
    space = room - width_of(left) - 3 * bool(left)
    condition = cut(node.condition, space) if node.condition and space > 3 else ""
    gap = " · " if left and condition else ""
    return paint("faint", left + gap, style) + paint("condition", condition, style)


def readings(edges: Sequence[Edge]) -> dict[str, str]:
    """Return, by node, what it reads from jobs further back than those it waits for."""
    found: dict[str, list[str]] = {}
    for edge in edges:
        if edge.kind == "data":
            shown = f" ({paths_words(edge.paths)})" if edge.paths else ""
            found.setdefault(edge.target, []).append(f"{edge.source}{shown}")
    return {target: f"← {', '.join(sources)}" for target, sources in found.items()}


def listing(scene: Scene, nodes: Mapping[str, Node], style: Style) -> Iterator[str]:
    """Yield one line a node that names those it waits for: for graphs broader than the terminal."""
    needs: dict[str, list[str]] = {}
    for edge in scene.edges:
        if edge.kind != "data":
            needs.setdefault(edge.target, []).append(edge.source)
    longest = max(len(name) for name in nodes)
    for node in nodes.values():
        after = f"after {paths_words(needs[node.id])}" if node.id in needs else ""
        yield node_line(f"  {NODE}", node, longest, after, style)


def sign_of(node: Node, unicode: bool) -> str:
    skipped = node.kind == "job" and node.conditional
    return (SKIPPED if skipped else SIGNS[node.kind])[0 if unicode else 1]


def paint(kind: str, words: str, style: Style) -> str:
    return f"{PAINT[kind]}{words}\x1b[0m" if style.colour and words.strip() else words


def width_of(words: str) -> int:
    """Return how many columns a text takes."""
    if words.isascii():
        return len(words)
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in words)


def cut(words: str, room: int) -> str:
    """Shorten a text to `room` columns, with an ellipsis."""
    if width_of(words) <= room:
        return words
    kept, used = [], 1
    for letter in words:
        used += width_of(letter)
        if used > room:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + "…" if room > 0 else ""
