"""A graph as lanes from top to bottom, one node a line: what `git log --graph` does for commits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mlci.graph.scene import Scene

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
LINES = {
    UP: "│", DOWN: "│", UP | DOWN: "│", LEFT: "─", RIGHT: "─", LEFT | RIGHT: "─",
    UP | RIGHT: "╰", UP | LEFT: "╯", DOWN | RIGHT: "╭", DOWN | LEFT: "╮",
    UP | DOWN | RIGHT: "├", UP | DOWN | LEFT: "┤", DOWN | LEFT | RIGHT: "┬", UP | LEFT | RIGHT: "┴",
    UP | DOWN | LEFT | RIGHT: "┼",
}  # fmt: skip
NODE = "\0"
"""Where a row has its node; whoever prints it puts the node's own sign there."""

Unit = tuple[str, ...]
"""Nodes that hang on one lane: a single one, or siblings with the same needs and the same followers."""


class Row(NamedTuple):
    """One line: what each lane shows, and the node whose line it is."""

    lanes: Mapping[int, int]
    """Lane -> the directions a line leaves it in."""
    node: str | None = None
    at: int = 0
    """The node's lane."""
    branch: bool = False
    """Whether the node hangs beside its lane instead of standing on it."""


def draw_lanes(scene: Scene) -> list[tuple[str, str | None]]:
    """Return the lines of a workflow's graph: the drawing with NODE in it, and the node's id."""
    rows = list(Lanes(scene).rows())
    columns = place(rows)
    return [(print_row(row, columns), row.node) for row in rows]


def place(rows: Sequence[Row]) -> list[int]:
    """Return each lane's column; a lane with nodes beside it gets room for them."""
    count = 1 + max((lane for row in rows for lane in (*row.lanes, row.at)), default=0)
    wide = {row.at for row in rows if row.branch}
    columns = [0]
    for lane in range(count):
        columns.append(columns[-1] + (4 if lane in wide else 2))
    return columns


def print_row(row: Row, columns: Sequence[int]) -> str:
    line = [" "] * (columns[-1] - 1)
    for lane, bits in row.lanes.items():
        line[columns[lane]] = LINES.get(bits, " ")
    joined = [lane for lane, bits in row.lanes.items() if bits & (LEFT | RIGHT)]
    if joined and not row.branch:
        for column in range(columns[min(joined)], columns[max(joined)]):
            line[column] = "─" if line[column] == " " else line[column]
    if row.node is not None:
        column = columns[row.at]
        line[column + 1 : column + 3] = ["─", NODE] if row.branch else line[column + 1 : column + 3]
        line[column] = line[column] if row.branch else NODE
    return "".join(line).rstrip()


class Lanes:
    """Lays units out from top to bottom; a lane leads to the one unit it is held for."""

    def __init__(self, scene: Scene) -> None:
        self.units, self.followers = units_of(scene)
        self.held: list[Unit | None] = []
        self.lane_of: dict[Unit, int] = {}

    def rows(self) -> Iterator[Row]:
        """Yield the rows; one without a node parts what would seem to belong together."""
        above = (-1, False)
        for unit in self.order():
            before = self.upright()
            lane, fresh = self.take(unit)
            if above[0] == lane and (fresh or (above[1] and len(unit) > 1)):
                yield Row(before)
            yield from self.node_rows(unit, lane, fresh)
            joints = list(self.follow(unit, lane))
            yield from joints
            above = (-1, False) if joints else (lane, len(unit) > 1)

    def order(self) -> Iterator[Unit]:
        """Yield the units so that a branch is finished before the next begins."""
        waiting = dict.fromkeys(self.units, 0)
        for after in self.followers.values():
            for unit in after:
                waiting[unit] += 1
        stack = [unit for unit in reversed(self.units) if waiting[unit] == 0]
        while stack:
            unit = stack.pop()
            yield unit
            for follower in reversed(self.followers[unit]):
                waiting[follower] -= 1
                if waiting[follower] == 0:
                    stack.append(follower)

    def take(self, unit: Unit) -> tuple[int, bool]:
        """Return the lane that leads to a unit, and whether it begins here."""
        if unit in self.lane_of:
            return self.lane_of.pop(unit), False
        lane = self.free()
        self.hold(lane, unit)
        return lane, True

    def free(self) -> int:
        return self.held.index(None) if None in self.held else len(self.held)

    def upright(self) -> dict[int, int]:
        return {lane: UP | DOWN for lane, unit in enumerate(self.held) if unit is not None}

    def node_rows(self, unit: Unit, lane: int, fresh: bool) -> Iterator[Row]:
        if len(unit) == 1:
            yield Row(self.upright(), unit[0], lane)
            return
        for index, name in enumerate(unit):
            first, last = fresh and index == 0, not self.followers[unit] and index == len(unit) - 1
            bits = RIGHT | (0 if first else UP) | (0 if last else DOWN)
            yield Row({**self.upright(), lane: bits}, name, lane, True)

    def follow(self, unit: Unit, lane: int) -> Iterator[Row]:
        """Lead lanes on to a unit's followers.

        Yields one row that forks, and one for each lane that joins another, so that it is plain which line
        comes from where.
        """
        alive = self.upright()
        followers = self.followers[unit]
        known = [each for each in followers if each in self.lane_of]
        new = [each for each in followers if each not in self.lane_of]
        self.hold(lane, None)
        lanes: list[int] = []
        for follower in (*new, *known):
            lanes.append(self.free() if lanes else lane)
            self.hold(lanes[-1], follower)
        self.lane_of.update(zip(new, lanes, strict=False))
        if len(lanes) > 1:
            yield Row(fork(lane, lanes, alive))
        for at, follower in zip(lanes[len(new) :], known, strict=True):
            self.hold(at, None)
            yield Row(join(at, self.lane_of[follower], self.upright()))

    def hold(self, lane: int, unit: Unit | None) -> None:
        """Keep a lane for a unit, or free it."""
        if lane == len(self.held):
            self.held.append(unit)
        self.held[lane] = unit


def fork(lane: int, lanes: Sequence[int], alive: Mapping[int, int]) -> dict[int, int]:
    """Return a row that leads from one lane to several, itself among them; it passes behind the others."""
    low, high = min(lanes), max(lanes)
    ends = {at: DOWN | (LEFT if at > low else 0) | (RIGHT if at < high else 0) for at in lanes}
    return {**alive, **ends, lane: ends[lane] | UP}


def join(lane: int, target: int, alive: Mapping[int, int]) -> dict[int, int]:
    """Return a row that ends one lane in another; it passes behind those between."""
    left = lane < target
    return {**alive, lane: UP | (RIGHT if left else LEFT), target: UP | DOWN | (LEFT if left else RIGHT)}


def units_of(scene: Scene) -> tuple[list[Unit], dict[Unit, list[Unit]]]:
    """Group siblings with the same needs and followers; return the units and who follows each."""
    needs: dict[str, list[str]] = {node.id: [] for node in scene.nodes}
    after: dict[str, list[str]] = {name: [] for name in needs}
    for edge in scene.edges:
        if edge.kind != "data":
            needs[edge.target].append(edge.source)
            after[edge.source].append(edge.target)
    alike: dict[tuple[str, ...], list[str]] = {}
    for name in needs:
        alone = () if needs[name] or after[name] else (name,)
        alike.setdefault((*sorted(needs[name]), "|", *sorted(after[name]), *alone), []).append(name)
    units = [tuple(names) for names in alike.values()]
    unit_of = {name: unit for unit in units for name in unit}
    followers = {unit: list(dict.fromkeys(unit_of[name] for name in after[unit[0]])) for unit in units}
    return units, followers
