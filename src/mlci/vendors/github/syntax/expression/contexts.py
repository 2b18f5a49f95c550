"""Which contexts and functions each key of a workflow may use, and what the fixed contexts hold.

Source: GitHub's documentation, "Contexts reference".
"""

from __future__ import annotations

from typing import NamedTuple

from mlci.vendors.github.syntax.expression.functions import STATUS
from mlci.vendors.github.syntax.expression.types import (
    ANY,
    BOOL,
    NUMBER,
    OPEN,
    STRING,
    STRINGS,
    Object,
    Type,
    all_strings,
    strict,
)


class Availability(NamedTuple):
    """What an expression at one key may use."""

    contexts: frozenset[str]
    functions: frozenset[str] = frozenset()
    """Those of the special functions that exist here."""


def available(contexts: str, functions: frozenset[str] = frozenset()) -> Availability:
    """Write an availability down shortly."""
    return Availability(frozenset(contexts.split()), functions)


BEFORE = "github needs strategy matrix vars inputs"
"""What is known before a job's runner starts."""
DURING = f"{BEFORE} job runner env secrets steps"
HASH = frozenset({"hashfiles"})

WORKFLOW = available("github inputs vars")
WORKFLOW_ENV = available("github secrets inputs vars")
INPUT_DEFAULT = WORKFLOW
CALL_OUTPUT = available("github jobs vars inputs")
JOB = available(BEFORE)
JOB_IF = available("github needs vars inputs", STATUS)
STRATEGY = available("github needs vars inputs")
JOB_ENV = available(f"{BEFORE} secrets")
JOB_SECRETS = JOB_ENV
DEFAULTS = available(f"{BEFORE} env")
CREDENTIALS = available(f"{BEFORE} env secrets")
CONTAINER_ENV = available(f"{BEFORE} job runner env secrets")
ENVIRONMENT_URL = available(f"{BEFORE} job runner env steps")
OUTPUTS = available(DURING)
STEP = available(DURING, HASH)
STEP_IF = available(f"{BEFORE} job runner env steps", STATUS | HASH)
SNAPSHOT_IF = available("github needs vars inputs strategy matrix", STATUS)
COMPOSITE = available("github inputs strategy matrix job runner env steps", HASH)
COMPOSITE_IF = available("github inputs strategy matrix job runner env steps", STATUS | HASH)
COMPOSITE_OUTPUT = available("github inputs strategy matrix job runner env steps")
ACTION_DEFAULT = available("github strategy matrix job runner")
ACTION_ARGS = available("inputs github strategy matrix job runner env")
ACTION_IF = available("github inputs strategy matrix job runner env", STATUS | HASH)

NAMES = ("env", "github", "inputs", "job", "jobs", "matrix", "needs", "runner", "secrets", "steps")
ALL_NAMES = frozenset((*NAMES, "strategy", "vars"))

GITHUB_NAMES = (
    "action action_path action_ref action_repository action_status actor actor_id api_url artifacts "
    "artifacts_list base_ref env event_name event_path graphql_url head_ref job output path ref ref_name "
    "ref_type repository repository_id repository_owner repository_owner_id repository_visibility "
    "repositoryUrl retention_days run_attempt run_id run_number secret_source server_url sha state "
    "step_summary token triggering_actor workflow workflow_ref workflow_sha workspace"
)

STEP_RESULT: dict[str, Type] = {"outcome": STRING, "conclusion": STRING}
SERVICE = strict({"id": STRING, "network": STRING, "ports": STRINGS})
AUTOMATIC_SECRETS = ("github_token", "actions_step_debug", "actions_runner_debug")


def github(event: Type = OPEN) -> Object:
    """Return the type of the `github` context.

    Parameters
    ----------
    event : the type of `github.event`
    """
    properties: dict[str, Type] = dict(all_strings(GITHUB_NAMES.split()).properties)
    fixed: dict[str, Type] = {"event": event, "ref_protected": BOOL, "artifact_cache_size_limit": NUMBER}
    return Object(properties | fixed)


def job(services: dict[str, Type] | None) -> Object:
    """Return the type of the `job` context.

    Parameters
    ----------
    services : the job's services by name; None when they are not known
    """
    names = "status workflow_ref workflow_sha workflow_repository workflow_file_path"
    return Object(
        dict(all_strings(names.split()).properties)
        | {
            "check_run_id": NUMBER,
            "container": all_strings(("id", "network")),
            "services": Object({}, SERVICE) if services is None else strict(services),
        }
    )


GITHUB = github()
RUNNER = all_strings(["name", "os", "arch", "temp", "tool_cache", "debug", "environment", "workspace"])
STRATEGY_TYPE = strict({"fail-fast": BOOL, "job-index": NUMBER, "job-total": NUMBER, "max-parallel": NUMBER})
JOB_TYPE = job(None)

LOOSE: dict[str, Type] = {
    "env": STRINGS,
    "github": GITHUB,
    "inputs": OPEN,
    "job": JOB_TYPE,
    "jobs": OPEN,
    "matrix": OPEN,
    "needs": OPEN,
    "runner": RUNNER,
    "secrets": STRINGS,
    "steps": Object({}, ANY),
    "strategy": STRATEGY_TYPE,
    "vars": STRINGS,
}
"""Types for when nothing is known of the file around an expression."""
