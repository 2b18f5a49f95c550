"""What CircleCI says of a pipeline: its values, its parameters, and a job's built-in variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mlci.parity.contract import Event
from mlci.parity.part import Part
from mlci.vendors.circleci.runner.config import Config
from mlci.vendors.circleci.runner.parameters import bind
from mlci.vendors.circleci.syntax.plain import plain
from mlci.vendors.circleci.syntax.types import type_of
from mlci.yaml.document import Document

SOURCES = {"schedule": "scheduled_pipeline", "manual": "api"}
OWNER, REPOSITORY = "example", "repository"
NUMBER = 7
"""Of the pipeline; any would do."""
IDS = "00000000-0000-4000-8000-{:012d}"
"""Identities of pipeline, workflow and project."""
PULL = 1
UNTOLD = (
    *("git.commit.body", "git.commit.author_name", "git.commit.author_email", "git.repo_id", "schedule.id"),
    *("deploy.component_name", "deploy.environment_name", "deploy.target_version"),
    *("deploy.current_version", "deploy.namespace"),
)
"""Values that nothing here tells."""
OWN = ("CIRCLE_", "CIRCLECI", "CI")
"""How the names of CircleCI's own variables begin."""


class Commit(NamedTuple):
    """What is built."""

    hash: str
    base: str = ""
    """The commit before the change, "" when there is none."""
    subject: str = ""


def branch_of(event: Event) -> str:
    """Return the branch that is built; none for a tag."""
    if event.name == "tag":
        return ""
    return event.head if event.name == "pull_request" else event.branch


def values(event: Event, commit: Commit, parameters: Mapping[str, Any], setup: bool) -> dict[str, Any]:
    """Return the values behind `pipeline.`."""
    branch = branch_of(event)
    return {
        "id": IDS.format(1),
        "number": NUMBER,
        "trigger_source": SOURCES.get(event.name, "webhook"),
        "in_setup": setup,
        "project.git_url": f"https://github.com/{OWNER}/{REPOSITORY}",
        "project.type": "github",
        "project.id": IDS.format(3),
        "project.name": REPOSITORY,
        "project.organization_id": IDS.format(2),
        "project.slug": f"gh/{OWNER}/{REPOSITORY}",
        "git.branch": branch,
        "git.branch.is_default": branch == event.default,
        "git.tag": event.tag if event.name == "tag" else "",
        "git.revision": commit.hash,
        "git.base_revision": commit.base,
        "git.commit.subject": commit.subject,
        **dict.fromkeys(UNTOLD, ""),
        "git.repo_name": REPOSITORY,
        "git.repo_owner": OWNER,
        "schedule.name": event.workflow if event.name == "schedule" else "",
        **{f"parameters.{name}": value for name, value in parameters.items()},
    }


def parameters(config: Config, event: Event, passed: Mapping[str, Part]) -> dict[str, Any]:
    """Return the pipeline's parameters.

    Parameters
    ----------
    config : declares them
    event : a schedule or a person says by them which workflow to start, and what was asked for
    passed : what a setup configuration passes on

    Raises
    ------
    InputError : one is not declared, or of another type
    """
    declared = config.syntax.parameters
    given: dict[str, Part] = dict(passed)
    # A workflow that is none of the words cannot be asked for.
    asked = declared.get("workflow")
    if event.name in SOURCES and asked is not None and event.workflow in type_of(asked).choices:
        given["workflow"] = config.part.become(event.workflow)
    if event.name == "manual":
        for name, value in event.inputs.items():
            found = declared.get(name.lower())
            typed = found is not None and found.type in ("boolean", "integer")
            given[name.lower()] = config.part.become(plain(Document(name, value).root) if typed else value)
    return bind(config.part, declared, given, config.part, "pipeline")


def variables(event: Event, commit: Commit, job: str, number: int) -> dict[str, str]:
    """Return the built-in variables of a job, but for those of its folders."""
    branch = branch_of(event)
    named = {"CIRCLE_TAG": event.tag} if event.name == "tag" else {"CIRCLE_BRANCH": branch}
    pull = f"https://github.com/{OWNER}/{REPOSITORY}/pull/{PULL}"
    pulls = {"CIRCLE_PULL_REQUEST": pull, "CIRCLE_PULL_REQUESTS": pull}
    return {
        "CI": "true",
        "CIRCLECI": "true",
        **named,
        **(pulls if event.name == "pull_request" else {}),
        "CIRCLE_BUILD_NUM": str(number),
        "CIRCLE_BUILD_URL": f"https://circleci.com/gh/{OWNER}/{REPOSITORY}/{number}",
        "CIRCLE_JOB": job,
        "CIRCLE_NODE_INDEX": "0",
        "CIRCLE_NODE_TOTAL": "1",
        "CIRCLE_ORGANIZATION_ID": IDS.format(2),
        "CIRCLE_PIPELINE_ID": IDS.format(1),
        "CIRCLE_PROJECT_ID": IDS.format(3),
        "CIRCLE_PROJECT_REPONAME": REPOSITORY,
        "CIRCLE_PROJECT_USERNAME": OWNER,
        "CIRCLE_REPOSITORY_URL": f"https://github.com/{OWNER}/{REPOSITORY}",
        "CIRCLE_SHA1": commit.hash,
        "CIRCLE_USERNAME": OWNER,
        "CIRCLE_WORKFLOW_ID": IDS.format(4),
        "CIRCLE_WORKFLOW_JOB_ID": IDS.format(100 + number),
        "CIRCLE_WORKFLOW_WORKSPACE_ID": IDS.format(4),
    }
