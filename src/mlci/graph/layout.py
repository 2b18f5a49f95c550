"""Places for a graph's nodes: layers by their longest way, few crossings, short lines.

After Sugiyama, Tagawa and Toda (1981), Methods for visual understanding of hierarchical system structures:
long edges get a point in every layer they pass, barycentres order the layers, and each layer is then moved
towards its neighbours. Time grows with nodes and points; edges that leave one node share their points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mlci.graph.scene import Edge, Scene

SWEEPS = 6
SETTLING = 16
LOOSE, FIRM, STIFF = 1.0, 2.0, 8.0
"""How strongly the ends of a data edge, of an order edge, and points between draw each other."""
LONGEST = 24
"""Layers an edge may pass with a point in each; a longer one is drawn straight."""


class Size(NamedTuple):
    """Width and height, in pixels."""

    width: float
    height: float


class Point(NamedTuple):
    """A place, in pixels from the left and the top."""

    x: float
    y: float


class Layout(NamedTuple):
    """Where everything goes."""

    centres: Mapping[str, Point]
    routes: Sequence[tuple[Edge, tuple[Point, ...]]]
    """Each edge and the points it passes, from its source's centre to its target's."""
    size: Size


@dataclass
class Dot:
    """A node, or a point of a long edge, in its layer."""

    name: str
    layer: int
    width: float
    x: float = 0.0
    above: list[tuple[Dot, float]] = field(default_factory=list)
    """Its neighbours in the layer before, and how strongly each draws it."""
    below: list[tuple[Dot, float]] = field(default_factory=list)


def lay_out(scene: Scene, sizes: Mapping[str, Size], gap: Size) -> Layout:
    """Place the nodes of a workflow.

    Parameters
    ----------
    scene : the workflow
    sizes : each node's size
    gap : the least space between two nodes of a layer, and between layers
    """
    layers = [
        [Dot(node.id, at, sizes[node.id].width) for node in level] for at, level in enumerate(scene.levels)
    ]
    dots = {dot.name: dot for layer in layers for dot in layer}
    routes = [(edge, route(edge, dots, layers)) for edge in by_length(scene.edges, dots)]
    for sweep in range(SWEEPS):
        reorder(layers, down=sweep % 2 == 0)
    straighten(layers, gap.width)
    height = max((size.height for size in sizes.values()), default=0.0) + gap.height
    return placed(layers, dots, routes, sizes, height)


def by_length(edges: Sequence[Edge], dots: Mapping[str, Dot]) -> list[Edge]:
    """Sort the edges, the longest first, so that shorter ones find points to share."""
    return sorted(edges, key=lambda edge: dots[edge.source].layer - dots[edge.target].layer)


def route(edge: Edge, dots: dict[str, Dot], layers: list[list[Dot]]) -> tuple[Dot, ...]:
    """Return the dots an edge passes; make those of its source that are not there yet."""
    source, target = dots[edge.source], dots[edge.target]
    if target.layer - source.layer > LONGEST:
        return (source, target)
    way, strength = [source], LOOSE if edge.kind == "data" else FIRM
    for layer in range(source.layer + 1, target.layer):
        name = f"{edge.source}\0{layer}\0{edge.kind == 'data'}"
        if name not in dots:
            dots[name] = Dot(name, layer, 0.0)
            layers[layer].append(dots[name])
        join(way[-1], dots[name], STIFF if len(way) > 1 else strength)
        way.append(dots[name])
    join(way[-1], target, strength)
    return (*way, target)


def join(upper: Dot, lower: Dot, strength: float) -> None:
    """Make two dots neighbours, once."""
    if not lower.above or lower.above[-1][0] is not upper:
        upper.below.append((lower, strength))
        lower.above.append((upper, strength))


def reorder(layers: list[list[Dot]], *, down: bool) -> None:
    """Sort each layer by the mean place of its neighbours in the layer before, so that few edges cross."""
    for layer in layers if down else reversed(layers):
        place = {dot.name: float(index) for index, dot in enumerate(layer)}
        for dot in layer:
            place[dot.name] = mean(dot.above if down else dot.below, place[dot.name])
        layer.sort(key=lambda dot: place[dot.name])
        middle = (len(layer) - 1) / 2
        for index, dot in enumerate(layer):
            dot.x = index - middle


def straighten(layers: Sequence[Sequence[Dot]], gap: float) -> None:
    """Give every dot its x: as near to its neighbours as the others of its layer allow."""
    for layer in layers:
        spread(layer, [0.0] * len(layer), gap)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for layer in layers if down else reversed(layers):
            spread(layer, [mean(dot.above if down else dot.below, dot.x) for dot in layer], gap)
    for sweep in range(SETTLING):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            spread(layer, [mean([*dot.above, *dot.below], dot.x) for dot in layer], gap)


def mean(near: Sequence[tuple[Dot, float]], otherwise: float) -> float:
    """Return the mean place of some dots, each as heavy as it draws."""
    whole = sum(strength for _, strength in near)
    return sum(dot.x * strength for dot, strength in near) / whole if near else otherwise


def spread(layer: Sequence[Dot], wanted: Sequence[float], gap: float) -> None:
    """Move a layer's dots as near to their wanted places as their order and widths allow.

    Pools neighbours that would overlap and gives each pool the mean of what its members want, which is the
    least-squares answer (Ayer et al., 1955).
    """
    offsets: list[float] = []
    for index, dot in enumerate(layer):
        before = layer[index - 1]
        offsets.append(offsets[-1] + (before.width + dot.width) / 2 + gap if index else 0.0)
    pools: list[tuple[float, int]] = []
    for place, offset in zip(wanted, offsets, strict=True):
        total, count = place - offset, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before_total, before_count = pools.pop()
            total, count = total + before_total, count + before_count
        pools.append((total, count))
    places = [total / count for total, count in pools for _ in range(count)]
    for dot, place, offset in zip(layer, places, offsets, strict=True):
        dot.x = place + offset


def placed(
    layers: Sequence[Sequence[Dot]],
    dots: Mapping[str, Dot],
    routes: Sequence[tuple[Edge, tuple[Dot, ...]]],
    sizes: Mapping[str, Size],
    height: float,
) -> Layout:
    """Turn the dots' places into pixels from the top left corner."""
    left = min((dot.x - dot.width / 2 for dot in dots.values()), default=0.0)
    right = max((dot.x + dot.width / 2 for dot in dots.values()), default=0.0)
    tallest = max((size.height for size in sizes.values()), default=0.0)

    def at(dot: Dot) -> Point:
        return Point(dot.x - left, dot.layer * height + tallest / 2)

    centres = {name: at(dots[name]) for name in sizes}
    whole = Size(right - left, max(0.0, (len(layers) - 1) * height + tallest))
    return Layout(centres, [(edge, tuple(map(at, way))) for edge, way in routes], whole)
