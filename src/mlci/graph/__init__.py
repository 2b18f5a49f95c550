"""The pipeline as a picture: lines in a terminal, a Mermaid flowchart, or an SVG."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mlci.graph.mermaid import mermaid
from mlci.graph.scene import Scene, scene
from mlci.graph.svg import svg
from mlci.graph.terminal import text
from mlci.planning.plan import Plan

FORMATS: Mapping[str, Callable[[Sequence[Scene]], str]] = {"text": text, "mermaid": mermaid, "svg": svg}
"""What `mlci graph --format` takes."""

__all__ = ["FORMATS", "Scene", "draw", "mermaid", "scene", "scenes", "svg", "text"]


def scenes(plans: Sequence[Plan]) -> tuple[Scene, ...]:
    return tuple(scene(plan) for plan in plans)


def draw(plans: Sequence[Plan], form: str = "text") -> str:
    """Draw workflows in one of FORMATS; the text is 100 columns wide and without colour."""
    return FORMATS[form](scenes(plans))
