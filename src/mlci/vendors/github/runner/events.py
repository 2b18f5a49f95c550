"""What GitHub tells a workflow of the event that started it: the payload, and the `github` context."""

from __future__ import annotations

from typing import Any, NamedTuple

from mlci.parity.contract import Event
from mlci.vendors.github.runner.evaluation import Scope, interpolate
from mlci.vendors.github.runner.filters import event_name, unmet
from mlci.vendors.github.runner.reading import Workflow
from mlci.vendors.github.syntax.model import Part, listed
from mlci.yaml.document import Constructor

NUMBER = 1
"""That of the pull request."""
OWNER, NAME = "example", "pipeline"
ACTOR = "octocat"
ZERO = "0" * 40
BRANCH = "MLCI_BRANCH"
"""What a scheduled workflow says of the branch it checks out, as GitHub always names the default one."""


class Commits(NamedTuple):
    """The commit under proof, and the one before it."""

    head: str = ZERO
    before: str = ZERO


def not_started(workflow: Workflow, event: Event) -> str:
    """Say why an event does not start a workflow; "" when it does."""
    if event.name in ("schedule", "manual") and event.workflow not in ("", workflow.name):
        return f"only {event.workflow} is started"
    why = unmet(workflow.tree, event)
    if why or event.name != "schedule":
        return why
    branch = scheduled_branch(workflow, event)
    return "" if branch == event.branch else f"its schedule is of {branch}, not of {event.branch}"


def scheduled_branch(workflow: Workflow, event: Event) -> str:
    """Return the branch that a scheduled run checks out: the default one, or what the file's `env` says."""
    given = workflow.tree.inner("env").text(BRANCH)
    scope = Scope({"github": context(event, workflow), "inputs": {}, "vars": {}})
    return str(interpolate(given, scope)) or event.default


def ref(event: Event) -> str:
    if event.name == "pull_request":
        return f"refs/pull/{NUMBER}/merge"
    if event.name == "schedule":
        return f"refs/heads/{event.default}"
    return f"refs/tags/{event.tag}" if event.tag else f"refs/heads/{event.branch}"


def ref_name(event: Event) -> str:
    return ref(event).split("/", 2)[2]


def payload(event: Event, workflow: Workflow, commits: Commits = Commits()) -> dict[str, Any]:  # noqa: B008
    """Return the event's payload, as far as workflows ask for it."""
    repository = {
        "name": NAME,
        "full_name": f"{OWNER}/{NAME}",
        "default_branch": event.default,
        "owner": {"login": OWNER, "name": OWNER},
    }
    said: dict[str, Any] = {"repository": repository, "sender": {"login": ACTOR}}
    match event_name(event):
        case "pull_request":
            base, head = (
                {"ref": event.branch, "sha": commits.before},
                {"ref": event.head, "sha": commits.head},
            )
            said |= {
                "action": "opened",
                "number": NUMBER,
                "pull_request": {"number": NUMBER, "base": base, "head": head},
            }
        case "schedule":
            said |= {"schedule": next(iter(crons(workflow)), "")}
        case "workflow_dispatch":
            said |= {"ref": ref(event), "inputs": inputs(workflow, event)}
        case _:
            before = ZERO if event.tag else commits.before
            said |= {"ref": ref(event), "before": before, "after": commits.head}
    return said


def crons(workflow: Workflow) -> list[str]:
    return [Part(row).text("cron") for row in listed(workflow.tree.event("schedule").node)]


def inputs(workflow: Workflow, event: Event) -> dict[str, Any]:
    """Return the inputs of a start by hand: what is given, else their defaults."""
    asked = workflow.tree.event("workflow_dispatch").inner("inputs").keys
    return {name: event.inputs.get(name, default_of(Part(given))) for name, (_, given) in asked.items()}


def default_of(given: Part) -> Any:
    node = given.value("default")
    return "" if node is None else Constructor().build(node)


def context(event: Event, workflow: Workflow, commits: Commits = Commits()) -> dict[str, Any]:  # noqa: B008
    """Return the `github` context, as far as it is known before a job runs."""
    pull = event.name == "pull_request"
    return {
        "event_name": event_name(event),
        "event": payload(event, workflow, commits),
        "ref": ref(event),
        "ref_name": ref_name(event),
        "ref_type": "tag" if event.tag and not pull else "branch",
        "ref_protected": False,
        "head_ref": event.head if pull else "",
        "base_ref": event.branch if pull else "",
        "sha": commits.head,
        "actor": ACTOR,
        "triggering_actor": ACTOR,
        "repository": f"{OWNER}/{NAME}",
        "repository_owner": OWNER,
        "server_url": "https://github.com",
        "workflow": workflow.tree.text("name") or f".github/workflows/{workflow.name}.yml",
        "run_id": "1",
        "run_number": "1",
        "run_attempt": "1",
    }
