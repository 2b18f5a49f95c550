"""The little Markdown that reference pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTICE = "<!-- Made by `make generate`; change the sources it is made from. -->\n"


def page(title: str, *parts: str) -> str:
    """Return a page: title, notice, parts apart by blank lines."""
    return "\n".join([f"# {title}\n", NOTICE, *(f"{part.strip()}\n" for part in parts if part)])


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; pipes and line ends in cells are made harmless."""
    lines = [row(heads), row(["---"] * len(heads))]
    lines.extend(row(each) for each in rows)
    return "\n".join(lines)


def row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
