"""Names that wait for names: the circles among them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

MOST_SHOWN = 8

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


def path(circle: Sequence[str]) -> str:
    """Show a circle; of a long one its beginning and its end."""
    shown = [*circle, circle[0]]
    if len(shown) > MOST_SHOWN:
        shown[MOST_SHOWN - 2 : -2] = ["…"]
    return " → ".join(shown)


def circles(edges: Mapping[K, Sequence[tuple[K, T]]]) -> Iterator[tuple[list[K], T]]:
    """Yield each circle a depth-first walk meets, and what marks the edge that closes it.

    Parameters
    ----------
    edges : each name with the names it waits for, and a mark of the place that says so
    """
    state: dict[K, int] = {}
    for start in edges:
        if start in state:
            continue
        state[start] = 1
        path, walks = [start], [iter(edges[start])]
        while walks:
            step = next(walks[-1], None)
            if step is None:
                state[path.pop()] = 2
                walks.pop()
            elif state.get(step[0]) == 1:
                yield path[path.index(step[0]) :], step[1]
            elif step[0] in edges and step[0] not in state:
                state[step[0]] = 1
                path.append(step[0])
                walks.append(iter(edges[step[0]]))
