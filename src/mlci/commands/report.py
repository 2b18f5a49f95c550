"""`mlci report`: what a run came to."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from mlci.calls.options import Option
from mlci.commands.terminal import coloured, out, unicode

if TYPE_CHECKING:
    from mlci.report.assembly import Assembled

Format = Literal["text", "markdown", "html", "json"]
ENDINGS: Mapping[str, Format] = {".md": "markdown", ".html": "html", ".json": "json", ".txt": "text"}
TERMINAL = Path("-")


def formats() -> tuple[str, ...]:
    """Return the words --format takes."""
    return get_args(Format)


def report(
    *,
    workflow: Annotated[str, Option("The workflow; the one that ended last when not given.", "-w")] = "",
    against: Annotated[
        str,
        Option("What to compare with: a folder of records, a report.json, or a branch or commit."),
    ] = "",
    format: Annotated[
        str | None,
        Option("How it is written; else as the file's name ends, and as text.", "-f", choices=formats),
    ] = None,
    output: Annotated[list[Path], Option("A file to write, - for the terminal; may be repeated.", "-o")] = (),  # type: ignore[assignment]
    records: Annotated[
        list[Path], Option("A folder that holds a run's records, else .mlci/handoff; may be repeated.")
    ] = (),  # type: ignore[assignment]
    root: Annotated[Path, Option("The folder of mlci.yaml, which need not be there.", "-C")] = Path(),
) -> int:
    """Report what a run came to: jobs, metrics beside another run's, checks, training curves, the model.

    Reads the records that every job leaves, of a run here or in downloaded artifacts; a run with failures is
    reported as well as any. A change is called better or worse only where a gate or a library stage says
    which way is better. Of a branch or commit, a job's result is what the store has for it. HTML is one file
    without scripts; a JSON report can be compared with later.

    Examples: `mlci report` · `mlci report --against main -o report.html` · `mlci report --against
    main-report.json -o report.md -o report.json`
    """
    from mlci.commands.graph import write
    from mlci.report.assembly import Request, assemble

    request = Request(root, tuple(records), workflow, against)
    made = assemble(request)
    for path in output or [TERMINAL]:
        if path == TERMINAL:
            out(shown(made, format or "text", terminal=True).rstrip("\n"))
        else:
            write(path, shown(made, format or ENDINGS.get(path.suffix, "text")))
    return 0


def shown(made: Assembled, format: str, *, terminal: bool = False) -> str:
    """Return a report in one format."""
    if format == "html":
        from mlci.report.page import page

        return page(made.report)
    if format == "json":
        from mlci.report import data

        return data.text(made.report, made.records)
    if format == "markdown":
        from mlci.report.markdown import markdown

        return markdown(made.report)
    from mlci.report.text import Style, text

    style = Style(coloured(sys.stdout), unicode(sys.stdout)) if terminal else Style()
    return text(made.report, style)
