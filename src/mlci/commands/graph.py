"""`mlci graph`: the pipeline as a picture."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

from mlci.calls.options import Argument, Option
from mlci.commands.terminal import out


def graph(
    *,
    workflow: Annotated[list[str], Argument("The workflows to draw; all when none is named.")] = (),  # type: ignore[assignment]
    format: Annotated[Literal["text", "mermaid", "svg"], Option("How to draw it.", "-f")] = "text",
    output: Annotated[Path | None, Option("A file to write instead of the terminal.", "-o")] = None,
    root: Annotated[Path, Option("The folder of mlci.yaml.", "-C")] = Path(),
) -> int:
    """Draw the pipeline: which job waits for whom, and whose outputs it reads.

    Examples: `mlci graph` · `mlci graph --format svg -o pipeline.svg` · `mlci graph -f mermaid >>
    README.md`
    """
    from mlci.graph import FORMATS, scenes, text
    from mlci.graph.terminal import style_of
    from mlci.planning import repository

    plans = repository.chosen(repository.load(root), tuple(workflow))
    if format == "text" and output is None:
        drawn = text(scenes(plans), style_of(sys.stdout, os.environ))
    else:
        drawn = FORMATS[format](scenes(plans))
    if output is None:
        out(drawn.rstrip("\n"))
        return 0
    write(output, drawn if drawn.endswith("\n") else f"{drawn}\n")
    return 0


def write(output: Path, drawn: str) -> None:
    """Write a picture to a file, whole or not at all, or to a stream such as /dev/stdout.

    Raises
    ------
    EnvironmentLacks : it cannot be written
    """
    from mlci.errors import EnvironmentLacks
    from mlci.files import write_atomic

    if output.is_char_device() or output.is_fifo():
        try:
            output.write_text(drawn, encoding="utf-8")
        except OSError as error:
            raise EnvironmentLacks(f"cannot write {output}: {error.strerror}") from error
        return
    write_atomic(output, drawn)
    out(f"wrote {output}")
