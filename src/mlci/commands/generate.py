"""`mlci generate`: render mlci.yaml as every vendor's own configuration."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from mlci.calls.options import Option
from mlci.commands.terminal import coloured, note, out
from mlci.language.catalogue import vendor_ids

if TYPE_CHECKING:
    from mlci.rendering.write import Change

COLOURS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}


def generate(
    *,
    check: Annotated[
        bool, Option("Write nothing; exit 1 and show the difference when a file is stale.")
    ] = False,
    diff: Annotated[bool, Option("Write nothing; show what would change.")] = False,
    vendor: Annotated[list[str], Option("Only this vendor; may be repeated.", choices=vendor_ids)] = (),  # type: ignore[assignment]
    force: Annotated[
        bool, Option("Replace files mlci did not write; the old ones stay as NAME.orig.")
    ] = False,
    root: Annotated[Path, Option("The folder of mlci.yaml.", "-C")] = Path(),
) -> int:
    """Render mlci.yaml as the native configuration of every vendor it names.

    Hand edits survive: what was last written is kept under .mlci/generated and merged with what is on disk. A
    conflict is reported, and nothing of that file is written.

    Examples: `mlci generate` · `mlci generate --check` (in CI) · `mlci generate --vendor jenkins --diff`
    """
    from mlci.rendering import stamp

    if check and not vendor and stamp.holds(root):
        out("up to date")
        return 0
    from mlci.rendering import write

    changes = write.compare(root, rendered(root, tuple(vendor), quiet=check or diff))
    if vendor:
        changes = [change for change in changes if change.rendered is not None]
    if check or diff:
        return show(changes, failing=check)
    blocked = write.apply(root, changes, force=force)
    for change in changes:
        say(change, force)
    if not blocked and not vendor:
        stamp.leave(root, [change.path for change in changes if change.rendered is not None])
    return 1 if blocked else 0


def rendered(root: Path, only: tuple[str, ...], *, quiet: bool) -> dict[str, str]:
    """Return every file of the wanted vendors; say what a vendor cannot do, unless that was said before."""
    from mlci.errors import InputError
    from mlci.findings import order, show
    from mlci.planning import repository
    from mlci.planning import vendor as vendors
    from mlci.rendering.render import render

    pipeline = repository.load(root)
    plans = repository.plans(pipeline)
    wanted = [vendors.find(name) for name in only or pipeline.vendors]
    limits = order(found for vendor in wanted for found in vendor.limits(plans))
    errors = [found for found in limits if found.severity == "error"]
    if errors:
        raise InputError(errors)
    for found in () if quiet else limits:
        note(show(found, pipeline.document.lines, colour=coloured(sys.stderr)))
    files = render(plans, wanted)
    if not only:
        from mlci.language import schema

        files[".mlci/mlci.schema.json"] = schema.text()
    return files


def say(change: Change, force: bool) -> None:
    """Print what became of one file."""
    words = {
        "new": "wrote",
        "changed": "wrote",
        "merged": "merged with your edits",
        "gone": "removed, no longer rendered",
        "kept": "left as it is: no longer rendered, but edited by hand",
        "conflict": "replaced, yours is kept as .orig" if force else "CONFLICT with your edits, not written",
        "foreign": "replaced, yours is kept as .orig" if force else "NOT written: it was there before mlci",
    }
    if change.state == "same":
        return
    out(f"{change.path}: {words[change.state]}")
    if change.blocked and not force:
        help = "see `mlci generate --diff`; take over what you need, or use --force (keeps yours as .orig)"
        note(f"help: {help}")


def show(changes: list[Change], *, failing: bool) -> int:
    """Print the differences; with `failing`, return 1 when there are any."""
    from mlci.rendering import write

    stale = [change for change in changes if change.stale]
    for change in stale:
        for line in write.difference(change).splitlines():
            colour = COLOURS.get(line[:1], "") if coloured(sys.stdout) else ""
            out(f"{colour}{line}\x1b[0m" if colour else line)
    if not stale:
        out("up to date")
    elif failing:
        note(f"{len(stale)} of {len(changes)} files are stale: {', '.join(change.path for change in stale)}")
        note("help: run `mlci generate` and commit what it writes")
    return 1 if stale and failing else 0
