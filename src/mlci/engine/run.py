"""`mlci run`: a workflow in this workspace. What is up to date is skipped, the rest runs, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlci.engine.environment import variable
from mlci.engine.lock import locked
from mlci.engine.previous_outputs import recover
from mlci.engine.reporter import Outcome, Reporter
from mlci.engine.schedule import Request, Run
from mlci.engine.units import choose
from mlci.engine.workspace import Workspace
from mlci.errors import InputError
from mlci.findings import suggest
from mlci.planning.plan import Approval, Plan


def run(plan: Plan, request: Request, workspace: Workspace, reporter: Reporter) -> Outcome:
    """Run a workflow, or some of its stages, here.

    Parameters
    ----------
    plan : the workflow
    wish : what to run, and how
    workspace : where
    reporter : told all that happens

    Raises
    ------
    InputError : the wish names something unknown, or another run is at work here
    """
    prepare(plan, request, workspace)
    workspace.keep_from_git()
    units, chosen = choose(plan, request.stages)
    with locked(workspace.state / "locks" / "run", "`mlci run`"), workspace.stop.on_signals():
        clean_up(workspace, reporter)
        try:
            return Run(plan, request, workspace, reporter, units, chosen).go()
        finally:
            workspace.cache.save()


def prepare(plan: Plan, request: Request, workspace: Workspace) -> None:
    """Check the names a wish holds, and put what it says of event and inputs in force."""
    approvals = [node.id for node in plan.nodes if isinstance(node, Approval)]
    check(request.approve, approvals, "approval")
    manual = plan.workflow.on.manual
    check(request.inputs, list(manual.inputs) if manual else [], "input")
    for name, value in request.inputs.items():
        workspace.environ[f"MLCI_INPUT_{variable(name)}"] = value
    given = {"event": request.event, "branch": request.branch, "tag": request.tag}
    workspace.given |= {name: value for name, value in given.items() if value is not None}


def check(names: Sequence[str] | Mapping[str, str], known: Sequence[str], kind: str) -> None:
    for name in names:
        if name not in known:
            help = suggest(name, known) or (f"it has {', '.join(known)}" if known else "it has none")
            raise InputError(f"the workflow has no {kind} '{name}'", help=help)


def clean_up(workspace: Workspace, reporter: Reporter) -> None:
    """Recover from a run that was killed: end its commands, bring back what it had moved aside."""
    running, aside = workspace.state / "running", workspace.state / "aside"
    if running.is_dir():
        from mlci.engine.orphans import end_orphans

        for job_id in end_orphans(running):
            reporter.warned(f"'{job_id}' was still running from a run that was killed; it was ended")
    for job_id in recover(workspace.root, aside):
        reporter.warned(f"a run was killed while '{job_id}' ran; its earlier outputs are back in place")
