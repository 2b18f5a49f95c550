"""`mlci parity`: every vendor's files run here on one commit, and compared."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from mlci.calls.options import Option
from mlci.commands.run import events, pairs
from mlci.commands.terminal import coloured, note, out, unicode
from mlci.errors import InputError
from mlci.language.catalogue import vendor_ids

if TYPE_CHECKING:
    from mlci.parity.certificate import Proof
    from mlci.parity.contract import Event
    from mlci.parity.proof import Request
    from mlci.planning.plan import Plan

OUTPUT = Path(".mlci/parity")


def parity(
    *,
    vendor: Annotated[list[str], Option("Only this vendor; may be repeated.", choices=vendor_ids)] = (),  # type: ignore[assignment]
    workflow: Annotated[str, Option("Only this workflow.", "-w")] = "",
    event: Annotated[str, Option("What happens; else what starts the workflow.", choices=events)] = "",
    branch: Annotated[str, Option("On this branch; a pull request's target.")] = "",
    head: Annotated[str, Option("A pull request's own branch.")] = "change",
    tag: Annotated[str, Option("For this tag.")] = "",
    changed: Annotated[list[str], Option("A file that changed; else all have.")] = (),  # type: ignore[assignment]
    approve: Annotated[list[str], Option("Give this approval.")] = (),  # type: ignore[assignment]
    input: Annotated[list[str], Option("A manual input.", metavar="NAME=VALUE")] = (),  # type: ignore[assignment]
    secrets: Annotated[Path | None, Option("The secrets' file, instead of .mlci/secrets.env.")] = None,
    stand_in: Annotated[
        list[str],
        Option("Runs in place of an action (a folder) or orb (a file) of others.", metavar="NAME=PATH"),
    ] = (),  # type: ignore[assignment]
    allow_missing: Annotated[bool, Option("Exit with 0 although a vendor lacks a program here.")] = False,
    jobs: Annotated[int, Option("How many jobs may run at a time.", "-j")] = 2,
    timeout: Annotated[int, Option("Minutes after which a job is ended.")] = 60,
    json: Annotated[bool, Option("Print the certificate instead of the table.")] = False,
    output: Annotated[Path, Option("Where certificate, page and logs go.", "-o")] = OUTPUT,
    keep: Annotated[bool, Option("Keep the folders in which the jobs ran.")] = False,
    root: Annotated[Path, Option("The folder of mlci.yaml.", "-C")] = Path(),
) -> int:
    """Prove that a pipeline runs alike everywhere: run every vendor's files here, and compare.

    Takes the rendered files on disk, so that a hand edit or a wrong template shows. Each job gets a fresh
    clone (work that is not committed is part of it), its vendor's variables and nothing that its vendor would
    not hand it; the plan of mlci.yaml is run beside them as the reference. Compared are the jobs that ran and
    their order, commands, params, inputs, outputs, metrics, exit statuses, environment and secrets. Stages
    really run: what deploys to a server deploys. Exit status: 0 alike, 1 not, or not all proven.

    Examples: `mlci parity` · `mlci parity --vendor circleci -w retrain-deploy --approve hold` · `mlci parity
    --event pull_request --json`
    """
    from mlci.parity.contract import Event

    given = Event(
        name=event,
        branch=branch,
        tag=tag,
        changed=tuple(changed) or None,
        workflow=workflow,
        inputs=pairs(input),
        approved=tuple(approve),
        head=head,
    )
    plans = chosen(root, workflow)
    request = request_of(root, plans, tuple(vendor), secrets)._replace(
        jobs=max(1, jobs), timeout=60.0 * timeout, substitutes=substitutes(stand_in)
    )
    return prove(
        root, plans, settled(root, plans, given), request, output, json=json, keep=keep, lenient=allow_missing
    )


def chosen(root: Path, workflow: str) -> tuple[Plan, ...]:
    """Return the plans that are to be proven."""
    from mlci.planning import repository

    pipeline = repository.load(root)
    return repository.chosen(pipeline, (workflow,)) if workflow else repository.plans(pipeline)


def substitutes(given: Sequence[str]) -> dict[str, Path]:
    """Return what stands in for the units of others: name -> path.

    Raises
    ------
    InputError : one is not NAME=PATH, or nothing is there
    """
    parted = {name: Path(path) for name, _, path in (each.partition("=") for each in given)}
    for name, path in parted.items():
        if "/" not in name or not path.exists():
            said = f"there is nothing at {path}" if "/" in name else f"'{name}' names nobody's unit"
            raise InputError(f"--stand-in: {said}", help="write --stand-in docker/login-action=FOLDER")
    return parted


def settled(root: Path, plans: Sequence[Plan], given: Event) -> Event:
    """Return an event with all that was not said."""
    from mlci.parity import choice

    default = choice.default_branch(root)
    name = given.name or ("tag" if given.tag else "")
    usual = choice.usual(plans, default, name)
    return choice.checked(
        given._replace(
            name=name or usual.name,
            branch=given.branch or usual.branch,
            tag=given.tag or (usual.tag if not name else ""),
            default=default,
        )
    )


def request_of(root: Path, plans: Sequence[Plan], vendor: tuple[str, ...], secrets: Path | None) -> Request:
    """Return which vendors are to be run, with which secrets."""
    from mlci.engine.secrets import read_secrets
    from mlci.parity import performers
    from mlci.parity.proof import Request
    from mlci.parity.secret_file import read_secret_file
    from mlci.planning import vendor as vendors

    pipeline = plans[0].pipeline
    wanted = tuple(vendors.find(name) for name in vendor or pipeline.vendors)
    return Request(wanted, performers(), read_secrets(root) if secrets is None else read_secret_file(secrets))


def prove(
    root: Path,
    plans: Sequence[Plan],
    event: Event,
    request: Request,
    output: Path,
    *,
    json: bool,
    keep: bool,
    lenient: bool,
) -> int:
    """Make the proof, write it down, show it; return the exit status."""
    import tempfile

    from mlci.engine.stop import Stop
    from mlci.parity import writing
    from mlci.parity.session import proof_of

    scratch = Path(tempfile.mkdtemp(prefix="mlci-parity-"))
    stop = Stop()
    try:
        with stop.on_signals(), stop.at_work():
            proof = proof_of(root, plans, event, request, scratch, stop, note)
        text = writing.write(proof, request.secrets, root / output)
    finally:
        if keep:
            note(f"the jobs ran in {scratch}")
        else:
            shutil.rmtree(scratch, ignore_errors=True)
    if json:
        out(text.rstrip())
    else:
        show(proof, root / output)
    return 0 if proof.stands(allow_missing=lenient) else 1


def show(proof: Proof, folder: Path) -> None:
    """Print the table."""
    from mlci.parity import table, writing

    for line in table.lines(proof, table.Style(coloured(sys.stdout), unicode(sys.stdout))):
        out(line)
    out(f"wrote {folder / writing.CERTIFICATE} and {folder / writing.PAGE}")
