"""`mlci init`: a repository to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from mlci.calls.options import Argument, Option
from mlci.commands.terminal import attended, out
from mlci.language.catalogue import vendor_ids


def scaffolds() -> tuple[str, ...]:
    """Return the words --scaffold takes."""
    from mlci.init import ids

    return ids()


def init(
    *,
    folder: Annotated[Path, Argument("Where; made if need be.")] = Path(),
    scaffold: Annotated[str | None, Option("What to start from.", "-s", choices=scaffolds)] = None,
    name: Annotated[str | None, Option("The pipeline's name; the folder's when not given.")] = None,
    vendor: Annotated[
        list[str], Option("A CI product to render for; may be repeated.", choices=vendor_ids)
    ] = (),  # type: ignore[assignment]
    python: Annotated[str | None, Option("The Python version of the jobs.")] = None,
    mlci: Annotated[
        str | None, Option("How jobs get mlci: a pinned release, a wheel's path, a git URL.")
    ] = None,
    yes: Annotated[bool, Option("Ask nothing; take the default of what is not given.", "-y")] = False,
    force: Annotated[bool, Option("Replace files that are there; the old ones stay as NAME.orig.")] = False,
) -> int:
    """Start a repository: a pipeline, its scripts and its tests; or an mlci.yaml for the scripts you have.

    Asks what it must know when a person is there. Files that are there already are kept and named.

    Examples: `mlci init` · `mlci init digits --scaffold digits --yes` · `mlci init --scaffold bare --vendor
    github`
    """
    from mlci.init import init as start
    from mlci.init.questions import ask_person

    given = {"name": name, "vendors": ",".join(vendor), "python": python, "mlci": mlci}
    answers = {key: value for key, value in given.items() if value}
    ask = ask_person if attended() and not yes else None
    report = start(folder, scaffold, answers, ask, force=force)
    for line in report.lines():
        out(line)
    return 0
