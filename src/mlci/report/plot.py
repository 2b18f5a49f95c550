"""A training curve as a small SVG that stands in a page: no script, no font, coloured by its style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from mlci.report import wording
from mlci.report.model import Curve, Line

WIDTH, HEIGHT = 340.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 12.0, 10.0, 24.0


class Scale(NamedTuple):
    """From values to the plot's ground: `longest` epochs across, `low` to `high` upwards."""

    longest: int
    low: float
    high: float

    def x(self, share: float) -> float:
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Return where a value lies; half of each, as a difference of two may be too large for a float."""
        share = (value / 2 - self.low / 2) / ((self.high / 2 - self.low / 2) or 1.0)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def plot(curve: Curve) -> str:
    """Draw a curve, the baseline's dashed beneath it."""
    every = (*curve.before, *curve.lines)
    known = [value for drawn in every for value in drawn.values if value is not None]
    scale = Scale(max(drawn.epochs for drawn in every), min(known, default=0.0), max(known, default=1.0))
    parts = [*axes(scale), *paths(curve.before, scale, "before"), *paths(curve.lines, scale, "now")]
    told = escape(wording.line(described(curve)))
    size = f'viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img"'
    return f'<svg {size} aria-label="{told}"><title>{told}</title>{"".join(parts)}</svg>'


def described(curve: Curve) -> str:
    """Say a curve in a sentence, for those who do not see it."""
    now = [f"{drawn.label or curve.name} {wording.ends(drawn)}" for drawn in curve.lines]
    old = [f"{drawn.label or curve.name} before {wording.ends(drawn)}" for drawn in curve.before]
    return f"{curve.name} over {wording.epochs(curve)} epochs: {', '.join([*now, *old])}"


def axes(scale: Scale) -> Iterator[str]:
    """Yield the ground line, and the values at its ends."""
    base = HEIGHT - BOTTOM
    yield f'<path class="axis" d="M{LEFT:.1f} {TOP:.1f}V{base:.1f}H{WIDTH - RIGHT:.1f}"/>'
    for value in dict.fromkeys((scale.high, scale.low)):
        place = f'x="{LEFT - 6:.1f}" y="{scale.y(value) + 4:.1f}"'
        yield f'<text class="tick up" {place}>{value:.3g}</text>'
    yield f'<text class="tick" x="{LEFT:.1f}" y="{base + 16:.1f}">1</text>'
    yield f'<text class="tick up" x="{WIDTH - RIGHT:.1f}" y="{base + 16:.1f}">{scale.longest}</text>'


def paths(lines: Sequence[Line], scale: Scale, kind: str) -> Iterator[str]:
    """Yield the lines; where a series has no number, its line is broken."""
    for at, drawn in enumerate(lines):
        width = (drawn.epochs - 1) / max(1, scale.longest - 1)
        steps = max(1, len(drawn.values) - 1)
        way, pen = [], "M"
        for index, value in enumerate(drawn.values):
            if value is None:
                pen = "M"
                continue
            way.append(f"{pen}{scale.x(width * index / steps):.1f} {scale.y(value):.1f}")
            pen = "L"
        yield f'<path class="line {kind} l{at % 2}" d="{"".join(way)}"/>'
