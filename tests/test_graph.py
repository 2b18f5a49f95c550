"""Pipelines as pictures: the text says the graph, Mermaid and SVG hold it, and strange text stays text."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from amount_kit import examples
from hypothesis import given
from hypothesis import strategies as some
from work_kit import calls

from mlci.graph import draw, scenes, svg, text
from mlci.graph.lanes import DOWN, LEFT, RIGHT, UP, Lanes, Row
from mlci.graph.layout import Size, lay_out
from mlci.graph.scene import Edge, Node, Scene
from mlci.graph.terminal import Style, style_of, width_of
from mlci.graph.wording import cron_words
from mlci.language.catalogue import vendor_ids as ids
from mlci.planning import repository
from mlci.planning.plan import Plan
from mlci.yaml.document import Document

CASES = Path(__file__).parent / "cases" / "graph"
SVG = "{http://www.w3.org/2000/svg}"


def plans(source: str) -> tuple[Plan, ...]:
    return repository.plans(repository.parse(Document("mlci.yaml", source.replace("VENDOR", ids()[0]))))


def case_plans(name: str) -> tuple[Plan, ...]:
    return plans((CASES / name / "mlci.yaml").read_text())


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.iterdir()))
def test_cases_are_drawn_as_kept(name: str, request: pytest.FixtureRequest) -> None:
    drawn = case_plans(name)
    made = {
        "graph.txt": text(scenes(drawn)),
        "graph-80-ascii.txt": text(scenes(drawn), Style(80, unicode=False)),
        "graph.mmd": draw(drawn, "mermaid"),
        "graph.svg": draw(drawn, "svg"),
    }
    for file, content in made.items():
        if request.config.getoption("--update-cases", default=False):
            (CASES / name / file).write_text(content)
        assert content == (CASES / name / file).read_text(), f"{name}/{file}; --update-cases takes it over"


def scene_of(edges: dict[int, set[int]]) -> Scene:
    """A scene of numbered nodes; each needs earlier ones."""
    depth: dict[int, int] = {}
    levels: list[list[Node]] = []
    for at, needs in edges.items():
        depth[at] = max((depth[need] + 1 for need in needs), default=0)
        while len(levels) <= depth[at]:
            levels.append([])
        levels[depth[at]].append(Node(f"n{at}", "job", ""))
    arrows = tuple(
        Edge(f"n{need}", f"n{at}", "order") for at, needs in edges.items() for need in sorted(needs)
    )
    return Scene("p", "w", "push", tuple(map(tuple, levels)), arrows)


@some.composite
def graphs(pick: some.DrawFn) -> Scene:
    count = pick(some.integers(1, 14))
    return scene_of(
        {at: pick(some.sets(some.integers(0, at - 1), max_size=4)) if at else set() for at in range(count)}
    )


def trace(rows: list[Row]) -> set[tuple[str, str]]:
    """Follow the drawn lines from node to node, as a reader does."""
    carried: dict[int, set[str]] = {}
    found: set[tuple[str, str]] = set()
    for row in rows:
        carried = {lane: names for lane, names in carried.items() if lane < 0 or lane in row.lanes}
        if row.node is not None and row.branch:
            found |= {(source, row.node) for source in carried.get(row.at, set())}
            carried.setdefault(row.at, set())
            group = carried.setdefault(~row.at, set())
            group.add(row.node)
            if not row.lanes[row.at] & DOWN:
                del carried[~row.at]
            continue
        for lane in [lane for lane in carried if lane < 0]:
            carried[~lane] = carried.pop(lane)
        if row.node is not None:
            found |= {(source, row.node) for source in carried.get(row.at, set())}
            carried[row.at] = {row.node}
            continue
        ends = {lane: bits for lane, bits in row.lanes.items() if bits & (LEFT | RIGHT)}
        closing = [lane for lane, bits in ends.items() if bits & UP and not bits & DOWN]
        if closing:
            (target,) = [lane for lane in ends if lane != closing[0]]
            carried[target] = carried[target] | carried.pop(closing[0])
        elif ends:
            (origin,) = [lane for lane, bits in ends.items() if bits & UP]
            for lane in ends:
                carried[lane] = set(carried[origin])
    return found


@examples(300)
@given(graphs())
def test_the_lines_in_the_terminal_say_exactly_the_order(drawn: Scene) -> None:
    expected = {(edge.source, edge.target) for edge in drawn.edges}
    assert trace(list(Lanes(drawn).rows())) == expected


@examples(100)
@given(graphs(), some.integers(30, 120))
def test_every_node_has_one_line_and_no_line_is_too_wide(drawn: Scene, width: int) -> None:
    lines = text([drawn], Style(width)).splitlines()
    for node in drawn.nodes:
        assert len([line for line in lines if re.search(rf"●[^a-z]* {node.id}\b", line)]) == 1
    assert max(map(width_of, lines)) <= width


@examples(100)
@given(graphs())
def test_boxes_of_an_svg_never_overlap_and_edges_point_down(drawn: Scene) -> None:
    sizes = {node.id: Size(80 + 13 * len(node.id), 40) for node in drawn.nodes}
    layout = lay_out(drawn, sizes, Size(20, 30))
    for level in drawn.levels:
        row = sorted(level, key=lambda node: layout.centres[node.id].x)
        for left, right in pairwise(row):
            space = layout.centres[right.id].x - layout.centres[left.id].x
            assert space >= (sizes[left.id].width + sizes[right.id].width) / 2 + 20 - 1e-6
    assert len(layout.routes) == len(drawn.edges)
    for _, way in layout.routes:
        assert all(upper.y < lower.y for upper, lower in pairwise(way))


def test_an_svg_is_whole_and_says_what_it_shows() -> None:
    root = ElementTree.fromstring(draw(case_plans("approval-and-targets"), "svg"))
    symbols = {
        group.get("aria-label", "") for group in root.iter(f"{SVG}g") if "symbol" in (group.get("role") or "")
    }
    assert any(label.startswith("go (approval)") for label in symbols)
    assert any("production" in label and "(deploy)" in label for label in symbols)
    titles = {title.text for title in root.iter(f"{SVG}title")}
    assert "build → train: build hands on data/" in titles
    assert "search → test: search comes first" in titles
    whole = ElementTree.tostring(root, encoding="unicode")
    assert "prefers-color-scheme:dark" in whole
    assert not re.search(r"https?://(?!www\.w3\.org)|<script|@import|url\((?!#)", whole)


def test_text_of_the_user_stays_text_everywhere() -> None:
    strange = r"""echo "]; end --> x" '<script>&amp;' `a` #35; *b* _c_ | %% \n ${{ x }} \u001b[31m 日本"""
    source = (
        "version: 1\nname: strange\nvendors: [VENDOR]\nstages:\n"
        f"  end: {{run: {config_text(strange)}}}\n"
        "workflows: {graph: {on: {push: true}, stages: [end]}}\n"
    )
    drawn = plans(source.replace(r"\\u001b", r"\u001b"))
    assert "\x1b" not in draw(drawn, "text")
    ElementTree.fromstring(draw(drawn, "svg"))
    mermaid = draw(drawn, "mermaid")
    (node,) = [line for line in mermaid.splitlines() if "w0n0[" in line]
    label = node.partition('"')[2].rpartition('"')[0]
    assert not set(label.replace("<br/>", "")) & set('"<>&`*|%\\${}[]')
    assert "end[" not in mermaid


def config_text(value: str) -> str:
    import json

    return json.dumps(value)


def test_colour_and_signs_fit_the_stream() -> None:
    class Terminal(io.StringIO):
        encoding = "utf-8"

    assert style_of(Terminal(), {"COLUMNS": "70"}) == Style(70, False, True)
    assert style_of(Terminal(), {"FORCE_COLOR": "1"}).colour
    assert not style_of(Terminal(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}).colour

    class Old(io.StringIO):
        encoding = "ascii"

    assert not style_of(Old(), {}).unicode
    drawn = scenes(case_plans("approval-and-targets"))
    assert text(drawn, Style(unicode=False)).isascii()
    assert "\x1b[" in text(drawn, Style(colour=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", text(drawn, Style(colour=True))) == text(drawn)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0 0 * * *", "daily at 00:00 UTC"),
        ("5 * * * *", "hourly at :05"),
        ("30 4 * * 1-5", "working days at 04:30 UTC"),
        ("0 6 * * 1", "Mondays at 06:00 UTC"),
        ("0 6 * * 7", "Sundays at 06:00 UTC"),
        ("0 6 1 * *", "cron '0 6 1 * *' UTC"),
        ("*/5 * * * *", "cron '*/5 * * * *' UTC"),
        ("0 6 * * MON", "cron '0 6 * * MON' UTC"),
    ],
)
def test_common_times_are_said_in_words(line: str, said: str) -> None:
    assert cron_words(line) == said


@pytest.mark.parametrize("shape", ["chain", "fan", "random"])
def test_a_thousand_jobs_are_about_ten_times_the_work_of_a_hundred(shape: str) -> None:
    def needs(at: int) -> set[int]:
        if not at:
            return set()
        return {"chain": {at - 1}, "fan": {0}, "random": {at // 2, max(0, at - 7)}}[shape]

    def work(count: int) -> int:
        drawn = scene_of({at: needs(at) for at in range(count)})
        return calls(lambda: (svg([drawn]), text([drawn])))

    # Lines that cross need room of their own, so a tangle grows a little faster.
    assert work(1000) < {"random": 20}.get(shape, 13) * work(100)
