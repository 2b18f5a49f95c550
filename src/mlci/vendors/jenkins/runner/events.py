"""What Jenkins tells a pipeline of the event that started it: variables, causes, changes, parameters.

Source: Jenkins' documentation, "Using environment variables"; the pages of the branch and git plugins.
"""

from __future__ import annotations

from typing import Any

from mlci.engine.environment import variable
from mlci.parity.contract import Event
from mlci.vendors.jenkins.runner import library
from mlci.vendors.jenkins.runner.reading import File

NUMBER = "1"
URL = "https://jenkins.example/"
JOB = "pipeline"
CAUSES = {
    "schedule": {
        "_class": "hudson.triggers.TimerTrigger$TimerTriggerCause",
        "shortDescription": "Started by timer",
    },
    "manual": {
        "_class": "hudson.model.Cause$UserIdCause",
        "shortDescription": "Started by user Ada",
        "userId": "ada",
        "userName": "Ada",
    },
}
PUSHED = {"_class": "jenkins.branch.BranchEventCause", "shortDescription": "Push event"}


def build_of(file: File, event: Event, **more: Any) -> dict[str, Any]:
    """Return the build of a file that an event starts, as start.groovy wants it; nothing is done yet."""
    return {
        "text": file.text,
        "mode": "trace",
        "library": library.folder() if file.library else None,
        "env": variables(event),
        "causes": [CAUSES.get(event.name, PUSHED)],
        "changes": list(event.changed or ()),
        "params": {f"MLCI_INPUT_{variable(name)}": value for name, value in event.inputs.items()},
        **more,
    }


def variables(event: Event) -> dict[str, str]:
    """Return the variables of a build of a multibranch job."""
    name = branch_name(event)
    job = f"{JOB}/{name.replace('/', '%2F')}"
    address = f"{URL}job/{JOB}/job/{name}/"
    return {
        "JENKINS_URL": URL,
        "JENKINS_HOME": "/var/jenkins_home",
        "HUDSON_URL": URL,
        "HUDSON_HOME": "/var/jenkins_home",
        "CI": "true",
        "JOB_NAME": job,
        "JOB_BASE_NAME": name.replace("/", "%2F"),
        "JOB_URL": address,
        "JOB_DISPLAY_URL": f"{address}display/redirect",
        "BUILD_ID": NUMBER,
        "BUILD_NUMBER": NUMBER,
        "BUILD_DISPLAY_NAME": f"#{NUMBER}",
        "BUILD_TAG": f"jenkins-{job.replace('/', '-')}-{NUMBER}",
        "BUILD_URL": f"{address}{NUMBER}/",
        "RUN_DISPLAY_URL": f"{address}{NUMBER}/display/redirect",
        "BRANCH_NAME": name,
        **of_kind(event),
    }


def branch_name(event: Event) -> str:
    return {"pull_request": f"PR-{NUMBER}", "tag": event.tag}.get(event.name, event.branch)


def of_kind(event: Event) -> dict[str, str]:
    """Return the variables of a change request, of a tag, or of the main branch."""
    if event.name == "pull_request":
        return {
            "CHANGE_ID": NUMBER,
            "CHANGE_URL": f"https://git.example/pulls/{NUMBER}",
            "CHANGE_TITLE": "A change",
            "CHANGE_AUTHOR": "ada",
            "CHANGE_TARGET": event.branch,
            "CHANGE_BRANCH": event.head,
        }
    if event.name == "tag":
        return {"TAG_NAME": event.tag}
    return {"BRANCH_IS_PRIMARY": "true"} if event.branch == event.default else {}
