"""The map of the house: docs/images/house.svg and the rooms in CONTRIBUTING.md, from the import contracts."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from mlci.derive.page import table
from mlci.registry import VENDORS, has
from mlci.resources import PACKAGE

TOP = PACKAGE.parents[1]
PAGE, PICTURE = "CONTRIBUTING.md", "docs/images/house.svg"
BEGIN, END = "<!-- The map, made by `make generate` from pyproject.toml: -->\n", "<!-- End of the map. -->\n"
PARTS = ("syntax", "render", "rules", "runner")
WIDTH, FLOOR, ROOM, GAP, LEFT = 520, 42, 34, 8, 44
WING = 30
STYLE = """
text { font: 600 16px system-ui, "Segoe UI", Roboto, sans-serif; fill: #1f2328; text-anchor: middle }
.small { font-weight: 400; font-size: 15px; fill: #59636e }
.ground { fill: #fff }
.room { fill: #f6f8fa; stroke: #8c959f }
.wing { fill: #ddf4ff; stroke: #0969da }
.way { stroke: #0969da; stroke-width: 2; fill: none }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .small { fill: #9198a1 }
  .ground { fill: #0d1117 }
  .room { fill: #151b23; stroke: #656c76 }
  .wing { fill: #121d2f; stroke: #4493f8 }
  .way { stroke: #4493f8 }
}
"""


def files() -> dict[str, str]:
    """Return the picture, and the page with its part about the rooms."""
    before, _, rest = (TOP / PAGE).read_text(encoding="utf-8").partition(BEGIN)
    return {PAGE: f"{before}{BEGIN}\n{rooms()}\n\n{END}{rest.partition(END)[2]}", PICTURE: picture()}


def contracts() -> list[dict[str, Any]]:
    """Return the contracts that `make lint` holds the imports against."""
    said = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = said["tool"]["importlinter"]["contracts"]
    return found


def floors() -> list[list[str]]:
    """Return the rooms, the highest floor first; those of one floor do not know each other."""
    layers = next(one["layers"] for one in contracts() if one["type"] == "layers")
    return [[room.strip() for room in layer.split("|")] for layer in layers]


def rooms() -> str:
    """Return what each room is, floor by floor, then what a vendor's wing holds, then the contracts."""
    rows = [(f"`{room}`", sentence(room)) for floor in floors() for room in floor]
    wings = [(f"`vendors/{one.id}`", sentence(f"vendors/{one.id}"), parts(one.where)) for one in VENDORS]
    laws = [f"- {one['name']}." for one in contracts()]
    said = [
        table(("room, the highest floor first", "what it is"), rows),
        table(("wing", "what it is", "its parts"), wings),
        "\n".join(laws),
    ]
    return "\n\n".join(said)


def parts(package: str) -> str:
    """Return the parts that a vendor's package has."""
    return ", ".join(part for part in PARTS if has(package, part))


def sentence(room: str) -> str:
    """Return the first line of a package's or module's docstring."""
    path = PACKAGE / room
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return (ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def picture() -> str:
    """Draw the floors, the vendors' wings side by side on theirs; an arrow says which way imports run."""
    drawn: list[str] = []
    top = GAP
    for floor in floors():
        wings = [entry.id for entry in VENDORS] if floor == ["vendors"] else []
        drawn.extend(boxes(floor, top))
        drawn.extend(of_wings(wings, top + ROOM))
        top += FLOOR + (WING * 2 + GAP if wings else 0)
    said = "Imports run down alone; rooms of one floor do not know each other."
    return "\n".join([*opening(top, said), *way(top), *drawn, "</svg>", ""])


def opening(height: int, said: str) -> Iterator[str]:
    """Yield what comes before the floors."""
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    yield f"<title>The rooms of mlci, floor by floor</title>\n<desc>{said}</desc>\n<style>{STYLE}</style>"
    yield f'<rect class="ground" width="{WIDTH}" height="{height}"/>'


def way(height: int) -> Iterator[str]:
    """Yield the arrow beside the floors."""
    yield f'<path class="way" d="M30 {GAP}V{height - 12}m-6 -10 6 10 6-10"/>'
    yield f'<text class="small" transform="translate(20 {height // 2}) rotate(-90)">imports run down</text>'


def boxes(floor: Sequence[str], top: int) -> Iterator[str]:
    """Yield the rooms of one floor."""
    width = (WIDTH - LEFT - GAP * len(floor)) / len(floor)
    tall = ROOM + (WING * 2 + GAP if floor == ["vendors"] else 0)
    for at, room in enumerate(floor):
        left = LEFT + at * (width + GAP)
        yield f"<g><title>{escape(sentence(room))}</title>{box('room', left, top, width, tall)}"
        yield f'<text x="{left + width / 2:.0f}" y="{top + 22}">{room}</text></g>'


def of_wings(wings: Sequence[str], top: int) -> Iterator[str]:
    """Yield the vendors, in two rows."""
    row = (len(wings) + 1) // 2
    for at, wing in enumerate(wings):
        width = (WIDTH - LEFT - GAP * 2 - GAP * row) / row
        left, down = LEFT + GAP + at % row * (width + GAP), top + at // row * (WING + 2)
        yield box("wing", left, down, width, WING - 4)
        yield f'<text class="small" x="{left + width / 2:.0f}" y="{down + 18}">{wing}</text>'


def box(kind: str, left: float, top: float, width: float, height: float) -> str:
    """Return a box."""
    size = f'x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{height:.0f}"'
    return f'<rect class="{kind}" {size} rx="5"/>'
