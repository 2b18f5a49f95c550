"""A pipeline as an SVG that needs nothing else: no script, no font, no link; light or dark as the page is."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from mlci.graph.layout import Layout, Point, Size, lay_out
from mlci.graph.scene import Edge, Node, Scene, paths_words
from mlci.graph.terminal import cut
from mlci.resources import shipped

MARGIN = 24.0
HEADER = 64.0
WIDEST = 1400.0
LINE = 17.0
NARROW, BROAD = 22, 34
"""How many characters of a name, and of the lines below it, a box shows; the rest is in its tooltip."""
ICONS: Mapping[str, str] = {
    "job": "M-5-4 5 0-5 4z",
    "deploy": "M0-6 5 0H2V5H-2V0H-5z",
    "approval": "M-5 0-1 4 6-4",
}
"""Play, upload, tick; around (0, 0)."""


def svg(scenes: Sequence[Scene]) -> str:
    """Draw workflows side by side, in rows of at most WIDEST pixels where they fit.

    A grey line is order alone; a blue one hands outputs on as well; a dashed blue one hands on outputs of a
    job further back. Boxes are dashed when their job may be skipped.
    """
    body: list[str] = []
    left = top = MARGIN
    right = bottom = 0.0
    for scene in scenes:
        layout, sizes = measured(scene)
        width = max(layout.size.width, heading_width(scene))
        if left > MARGIN and left + width > WIDEST:
            left, top = MARGIN, bottom + 2 * MARGIN
        body.extend(workflow(scene, layout, sizes, Point(left, top), width))
        left += width + 2 * MARGIN
        right, bottom = max(right, left - 2 * MARGIN), max(bottom, top + HEADER + layout.size.height)
    title = f"The pipeline {scenes[0].pipeline}" if scenes else "No pipeline"
    described = " ".join(description(scene) for scene in scenes)
    head = opening(right + MARGIN, bottom + MARGIN, title, described)
    return "\n".join([*head, *body, "</svg>", ""])


def opening(width: float, height: float, title: str, described: str) -> Iterator[str]:
    """Yield what comes before the workflows."""
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    told = 'role="graphics-document document" aria-labelledby="mlci-title" aria-describedby="mlci-desc"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} {told}>'
    yield f'<title id="mlci-title">{escape(title)}</title>'
    yield f'<desc id="mlci-desc">{escape(described)}</desc>'
    yield f"<style>{escape(style())}</style>"
    yield "<defs>"
    for name in ("tip", "datatip"):
        box = 'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
        yield f'<marker id="mlci-{name}" {box} markerUnits="userSpaceOnUse" orient="auto">'
        yield f'<path class="{name}" d="M0 .5 8 4 0 7.5z"/></marker>'
    yield "</defs>"
    yield f'<rect class="ground" width="{width:.0f}" height="{height:.0f}" rx="8"/>'


def escape(words: str) -> str:
    return html.escape(words, quote=False)


def quoted(words: str) -> str:
    """Return words as an attribute's value, quotes included."""
    escaped = escape(words).replace('"', "&quot;")
    return f'"{escaped}"'


def style() -> str:
    sheet = (shipped("templates") / "graph" / "style.css").read_text(encoding="utf-8")
    return re.sub(r"\s*([{};:,])\s*|\s+", lambda found: found[1] or " ", sheet).strip()


def measured(scene: Scene) -> tuple[Layout, dict[str, Size]]:
    tallest = max((len(lines(node)) for node in scene.nodes), default=0) * LINE + 34
    sizes = {node.id: Size(box_width(node), tallest) for node in scene.nodes}
    return lay_out(scene, sizes, Size(28, 38)), sizes


def workflow(
    scene: Scene, layout: Layout, sizes: Mapping[str, Size], corner: Point, width: float
) -> Iterator[str]:
    """Yield one workflow: its heading, its edges, its boxes upon them."""
    left, top = corner
    middle = (width - layout.size.width) / 2
    yield f'<g role="graphics-object" aria-label={quoted(f"workflow {scene.workflow}")}>'
    yield f'<text class="head" x="{left:.1f}" y="{top + 14:.1f}">{escape(scene.workflow)}</text>'
    yield f'<text class="said" x="{left:.1f}" y="{top + 34:.1f}">{escape(cut(scene.starts, 70))}</text>'
    yield f'<g transform="translate({left + middle:.1f} {top + HEADER:.1f})">'
    for edge, way in layout.routes:
        yield line(edge, way, sizes[edge.source].height / 2)
    for node in scene.nodes:
        yield from box(node, layout.centres[node.id], sizes[node.id])
    yield "</g></g>"


def line(edge: Edge, way: Sequence[Point], half: float) -> str:
    """Return an edge as a smooth line from its source to its target, upright beside the boxes it passes."""
    path = f"M{way[0].x:.1f} {way[0].y + half:.1f}"
    for before, after in pairwise(way):
        start, end = Point(before.x, before.y + half), Point(after.x, after.y - half)
        path += f"V{start.y:.1f}" if before is not way[0] else ""
        bend = (end.y - start.y) / 2
        path += f"C{start.x:.1f} {start.y + bend:.1f} {end.x:.1f} {end.y - bend:.1f} {end.x:.1f} {end.y:.1f}"
    kind = {"order": "edge", "both": "edge data", "data": "edge data far"}[edge.kind]
    tip = "tip" if edge.kind == "order" else "datatip"
    gives = (
        f" hands on {paths_words(edge.paths) or 'its outputs'}" if edge.kind != "order" else " comes first"
    )
    told = f"<title>{escape(f'{edge.source} → {edge.target}: {edge.source}{gives}')}</title>"
    return f'<path class="{kind}" d="{path}" marker-end="url(#mlci-{tip})">{told}</path>'


def box(node: Node, centre: Point, size: Size) -> Iterator[str]:
    """Yield a node: its box, its icon, its name and what there is to say of it."""
    left, top = centre.x - size.width / 2, centre.y - size.height / 2
    said = lines(node)
    skips = " skips" if node.conditional else ""
    told = tooltip(node)
    yield f'<g class="{node.kind}{skips}" role="graphics-symbol img" aria-label={quoted(told)}>'
    yield f"<title>{escape(told)}</title>"
    corner = size.height / 2 if node.kind == "approval" else 7
    shape = f'width="{size.width:.1f}" height="{size.height:.1f}" rx="{corner:.1f}"'
    yield f'<rect class="box" x="{left:.1f}" y="{top:.1f}" {shape}/>'
    first = centre.y - (len(said) * LINE) / 2 + 4.5
    indent = left + (30 if node.kind == "approval" else 20)
    yield f'<path class="icon" transform="translate({indent:.1f} {first - 4.5:.1f})" d="{ICONS[node.kind]}"/>'
    yield f'<text class="name" x="{indent + 13:.1f}" y="{first:.1f}">{escape(cut(node.id, NARROW))}</text>'
    for index, (kind, words) in enumerate(said, 1):
        place = f'x="{indent + 13:.1f}" y="{first + index * LINE:.1f}"'
        yield f'<text class="{kind}" {place}>{escape(words)}</text>'
    yield "</g>"


def lines(node: Node) -> list[tuple[str, str]]:
    """Return the lines below a node's name, each with its class."""
    said = [("said", node.does), ("said", " · ".join(node.marks)), ("when", node.condition)]
    return [(kind, cut(words, BROAD)) for kind, words in said if words]


def tooltip(node: Node) -> str:
    return "; ".join(
        part for part in (f"{node.id} ({node.kind})", node.does, *node.marks, node.condition) if part
    )


def box_width(node: Node) -> float:
    broad = max((text_width(words) for _, words in lines(node)), default=0.0)
    return max(
        110.0, max(text_width(cut(node.id, NARROW)) * 1.1, broad) + (74 if node.kind == "approval" else 50)
    )


def heading_width(scene: Scene) -> float:
    return max(text_width(scene.workflow) * 1.4, text_width(cut(scene.starts, 70)))


def text_width(words: str) -> float:
    """Return how broad a text is at 12.5 px in a sans-serif face, in pixels; rather a little too broad."""
    narrow, broad = frozenset("iljt.,:;'|! ()[]/"), frozenset("mwMW@…→—")
    return sum(3.9 if letter in narrow else 10.8 if letter in broad else 7.4 for letter in words)


def description(scene: Scene) -> str:
    """Say a workflow in a sentence, for those who do not see it."""
    return f"Workflow {scene.workflow}, started by {scene.starts}: {', then '.join(level_words(scene))}."


def level_words(scene: Scene) -> Iterator[str]:
    for level in scene.levels:
        names = [node.id for node in level]
        shown = names if len(names) <= 12 else [*names[:11], f"{len(names) - 11} more"]
        yield " beside ".join(shown)
