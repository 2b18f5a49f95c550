"""All events of one proof, one after the other, each in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from mlci.engine.stop import Stop
from mlci.parity import choice, leaks, readiness
from mlci.parity.certificate import Proof
from mlci.parity.contract import BAD, Event
from mlci.parity.proof import Part, Prover, Request
from mlci.planning.plan import Plan


def proof_of(
    root: Path,
    plans: Sequence[Plan],
    event: Event,
    request: Request,
    scratch: Path,
    stop: Stop,
    say: Callable[[str], None],
) -> Proof:
    """Prove every run that an event comes to.

    Raises
    ------
    InputError : the event starts nothing, a secret is missing, git fails
    """
    parts: list[Part] = []
    notes: list[str] = []
    for number, one in enumerate(choice.events(plans, event)):
        folder = scratch / str(number)
        folder.mkdir()
        prover = Prover(root, plans, request, folder, stop, say)
        if not parts:
            notes = [*ready(prover, one, say)]
        parts.append(prover.prove(one))
    if not parts:
        raise choice.nothing(event)
    short = leaks.too_short(request.secrets)
    notes += [f"too short to be looked for in what was left: {', '.join(short)}"] if short else []
    notes += [said for part in parts for said in failures(part)]
    return Proof(plans[0].pipeline.name, tuple(parts), tuple(notes))


def ready(prover: Prover, event: Event, say: Callable[[str], None]) -> list[str]:
    """Say what should be known of this machine, before anything is run."""
    found = list(readiness.notes(prover.plans[0].pipeline, prover.snapshot(event), prover.scratch))
    for each in found:
        say(f"note: {each}")
    return found


def failures(part: Part) -> list[str]:
    """Say which jobs of the plan itself failed: alike everywhere is not well."""
    bad = [f"{ran.workflow} / {ran.id}" for ran in part.reference.rans if ran.status in BAD - {"interrupted"}]
    return [f"the plan itself failed here in {', '.join(bad)}"] if bad else []
