"""`mlci plan`: which jobs an event would run on every vendor, read from the rendered files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from mlci.calls.options import Option
from mlci.commands.parity import chosen, settled
from mlci.commands.run import events
from mlci.commands.terminal import coloured, note, out, unicode
from mlci.language.catalogue import vendor_ids

if TYPE_CHECKING:
    from mlci.parity.forecast import Forecast


def plan(
    *,
    event: Annotated[str, Option("What happens; else what starts the first workflow.", choices=events)] = "",
    branch: Annotated[str, Option("On this branch; a pull request's target.")] = "",
    head: Annotated[str, Option("A pull request's own branch.")] = "change",
    tag: Annotated[str, Option("For this tag.")] = "",
    changed: Annotated[list[str], Option("A file that changed; else all have.")] = (),  # type: ignore[assignment]
    approve: Annotated[list[str], Option("Give this approval.")] = (),  # type: ignore[assignment]
    workflow: Annotated[str, Option("Only this workflow.", "-w")] = "",
    vendor: Annotated[list[str], Option("Only this vendor; may be repeated.", choices=vendor_ids)] = (),  # type: ignore[assignment]
    json: Annotated[bool, Option("Print it as JSON.")] = False,
    root: Annotated[Path, Option("The folder of mlci.yaml.", "-C")] = Path(),
) -> int:
    """Tell which jobs an event would run on every vendor, as its rendered files on disk say.

    Nothing is run. The plan of mlci.yaml stands beside the vendors' as `here`; a vendor that would run
    another job, leave one out or let one begin too early is named, and the exit status is 1.

    Examples: `mlci plan` · `mlci plan --event push --branch release/1 --changed ml/train.py` · `mlci plan
    --tag v1 --json` · `mlci plan --event schedule --approve hold`
    """
    from mlci.parity import forecast, performers
    from mlci.parity.contract import Event
    from mlci.planning import vendor as vendors

    given = Event(
        name=event,
        branch=branch,
        tag=tag,
        changed=tuple(changed) or None,
        workflow=workflow,
        approved=tuple(approve),
        head=head,
    )
    plans = chosen(root, workflow)
    wanted = [vendors.find(name) for name in vendor or plans[0].pipeline.vendors]
    found = forecast.forecast(root, plans, settled(root, plans, given), wanted, performers())
    if json:
        out(forecast.text(found))
    else:
        show(found)
    return 1 if found.differences or found.refused else 0


def show(found: Forecast) -> None:
    """Print the table, then what differs."""
    from mlci.parity import plan_table, table
    from mlci.parity.forecast import title

    style = table.Style(coloured(sys.stdout), unicode(sys.stdout))
    out(style.paint("head", title(found.event)))
    columns: Sequence[tuple[str, Sequence[object]]] = [
        ("here", [each.planned for each in found.jobs]),
        *found.columns,
    ]
    for line in plan_table.plan_rows(columns, found.jobs, style):  # type: ignore[arg-type]
        out(line)
    for name, why in found.refused.items():
        note(f"{name}: cannot be read: {why}")
    for each in found.differences:
        note(each.sentence)
