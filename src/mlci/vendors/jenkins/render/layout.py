"""A plan's graph as Jenkins can nest it: stages in sequence, and groups of branches that run in parallel.

A branch is a sequence of its own, but holds no further parallel stages: Jenkins does not nest those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mlci.planning.ancestors import Ancestors
from mlci.planning.plan import Approval, Job, Plan

Node = Job | Approval


class Group(NamedTuple):
    """Branches that run side by side; a single one is just a sequence."""

    branches: tuple[tuple[Node, ...], ...]


class Layout(NamedTuple):
    """Groups in sequence, and what that makes wait longer than it must."""

    groups: tuple[Group, ...]
    coarse: tuple[tuple[str, str], ...]
    """(job, job it waits for without needing it), one pair for each group that is not exact."""


def layout(plan: Plan) -> Layout:
    """Nest a plan's nodes: exactly where the graph is made of parallel sequences, else level by level."""
    before = Ancestors(plan)
    groups: list[Group] = []
    coarse: list[tuple[str, str]] = []
    for levels in segments(plan, before):
        nodes = [node for level in levels for node in level]
        branches = chains(nodes)
        if branches is not None:
            groups.append(Group(branches))
            continue
        groups.extend(Group(tuple((node,) for node in level)) for level in levels)
        coarse.append(longer_wait(before, levels))
    return Layout(tuple(groups), tuple(coarse))


def longer_wait(before: Ancestors, levels: Sequence[Sequence[Node]]) -> tuple[str, str]:
    """Return a node and one of an earlier level that it does not need."""
    earlier: list[str] = []
    for level in levels:
        for node in level:
            for other in earlier:
                if not before.of[node.id] & before.bits[other]:
                    return node.id, other
        earlier.extend(node.id for node in level)
    raise AssertionError("a segment that is no set of chains makes something wait")


def segments(plan: Plan, before: Ancestors) -> Iterator[list[tuple[Node, ...]]]:
    """Part the levels where all that follows needs all that is before."""
    levels = plan.levels()
    current: list[tuple[Node, ...]] = []
    mask = 0
    for level in levels:
        # Later levels need a node of this one each, so asking this one is enough.
        if current and all(before.of[node.id] & mask == mask for node in level):
            yield current
            current, mask = [], 0
        current.append(level)
        for node in level:
            mask |= before.bits[node.id]
    if current:
        yield current


def chains(nodes: Sequence[Node]) -> tuple[tuple[Node, ...], ...] | None:
    """Return nodes as sequences that do not touch each other, None when they are more than that."""
    inside = {node.id for node in nodes}
    chain_of: dict[str, list[Node]] = {}
    found: list[list[Node]] = []
    for node in nodes:
        needs = [need for need in node.needs if need in inside]
        if not needs:
            chain_of[node.id] = [node]
            found.append(chain_of[node.id])
            continue
        chain = chain_of[needs[-1]]
        if chain[-1].id != needs[-1] or any(chain_of[need] is not chain for need in needs):
            return None
        chain.append(node)
        chain_of[node.id] = chain
    if len(found) > 1 and any(len(chain) > 1 and any(map(is_matrix, chain)) for chain in found):
        return None
    return tuple(tuple(chain) for chain in found)


def is_matrix(node: Node) -> bool:
    """Tell whether a node is parallel in itself."""
    return isinstance(node, Job) and node.stage.matrix is not None
