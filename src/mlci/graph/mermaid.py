"""A pipeline as a Mermaid flowchart, as GitHub and GitLab draw it inside Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from mlci.graph.scene import Edge, Node, Scene, paths_words

SHAPES: Mapping[str, tuple[str, str]] = {"job": ("[", "]"), "deploy": ("[[", "]]"), "approval": ("{{", "}}")}
STYLES: Mapping[str, str] = {
    "deploy": "stroke:#1a7f37,stroke-width:2px",
    "approval": "stroke:#9a6700,stroke-width:2px",
    "skipped": "stroke-dasharray:5 3",
}
"""Only strokes, so that the page's own light or dark theme chooses the colours of text and ground."""
JOINER = "\u2060"
"""Parts a backslash from an n; the two make a new line even where the backslash is written as a code."""
SPECIAL = re.compile(r"[^\w\u2060 \-./,:()?·×→≤…=+']|^[^A-Za-z]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def mermaid(scenes: Sequence[Scene]) -> str:
    """Draw workflows as one flowchart, each in a box of its own.

    A thin arrow is order alone, a thick one hands outputs on as well, a dotted one hands on outputs of a job
    further back.
    """
    title = scenes[0].pipeline if scenes else ""
    lines = [
        "flowchart TD",
        f"  accTitle: {directive(f'The workflows of {title}')}",
        f"  accDescr: {directive('. '.join(description(scene) for scene in scenes))}",
    ]
    for index, scene in enumerate(scenes):
        lines.extend(f"  {line}" for line in subgraph(scene, index))
    lines.extend(f"  classDef {name} {style}" for name, style in STYLES.items())
    return "\n".join(lines) + "\n"


def subgraph(scene: Scene, index: int) -> Iterator[str]:
    """Yield one workflow's lines; nodes are numbered, for `end` and the like are words of the language."""
    names = {node.id: f"w{index}n{at}" for at, node in enumerate(scene.nodes)}
    yield f"subgraph w{index}[{label(f'{scene.workflow} · {scene.starts}')}]"
    yield "  direction TB"
    for node in scene.nodes:
        yield f"  {names[node.id]}{shape(node)}"
    for edge in scene.edges:
        yield f"  {names[edge.source]} {arrow(edge)} {names[edge.target]}"
    yield "end"
    for kind, members in classes(scene, names).items():
        yield f"class {','.join(members)} {kind}"


def shape(node: Node) -> str:
    opening, closing = SHAPES[node.kind]
    told = label(node.id, node.does, " · ".join(node.marks), node.condition)
    return f"{opening}{told}{closing}"


def arrow(edge: Edge) -> str:
    told = label(paths_words(edge.paths)) if edge.paths else ""
    if edge.kind == "data":
        return f"-. {told} .->" if told else "-.->"
    if edge.kind == "both":
        return f"== {told} ==>" if told else "==>"
    return "-->"


def classes(scene: Scene, names: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in scene.nodes:
        if node.kind in STYLES:
            found.setdefault(node.kind, []).append(names[node.id])
        if node.conditional:
            found.setdefault("skipped", []).append(names[node.id])
    return found


def label(*lines: str) -> str:
    """Return a quoted label of several lines; Mermaid reads nothing into it."""
    shown = [line if len(line) <= 60 else f"{line[:59]}…" for line in lines if line]
    return f'"{"<br/>".join(escape(line) for line in shown)}"'


def escape(text: str) -> str:
    """Write text so that Mermaid shows it as it is: no entity, tag, emphasis, or list at its beginning."""
    return SPECIAL.sub(lambda found: f"#{ord(found[0])};", text.replace("\\", f"\\{JOINER}"))


def directive(text: str) -> str:
    """Return text for an accessibility line, which ends at the line's end and knows no quoting."""
    return re.sub(r"[\s{}#;%\"<>]+", " ", text).strip()


def description(scene: Scene) -> str:
    return f"{scene.workflow}, started by {scene.starts}, runs {', '.join(node.id for node in scene.nodes)}"
