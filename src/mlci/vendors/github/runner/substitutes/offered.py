"""The stand-ins of a run: which action each is for, what it takes, and how act is told of it."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mlci import __version__
from mlci.errors import input_error
from mlci.findings import Mark
from mlci.vendors.github.runner import given_actions, shipped_actions
from mlci.vendors.github.runner.reading import RULE, Job, Workflow
from mlci.yaml.document import Document

HERE = Path(__file__).parent
CACHE = "actions/cache"
CHECKOUT = "actions/checkout"
MATRIX = "mlci-parity-matrix"
"""The input by which a checkout is told the combination it is for; no file gives it."""
SAVE = "mlci-parity/cache-save@now"
"""What keeps a cache at the end of a job; no file names it."""
SUBSTITUTES: Mapping[str, str] = {
    CHECKOUT: "checkout",
    "actions/setup-python": "setup-python",
    CACHE: "cache",
    "actions/upload-artifact": "upload-artifact",
    "actions/download-artifact": "download-artifact",
    "mlci-parity/cache-save": "cache-save",
}
"""Action -> the folder of its stand-in."""
NONE: Mapping[str, Path] = {}
OWN = "mlci"
"""The folder of mlci's own actions."""


def action_of(uses: str) -> str:
    """Return the action that `uses` names, without its ref, in lower case."""
    return uses.partition("@")[0].lower()


@cache
def inputs_of(name: str) -> tuple[str, ...]:
    path = HERE / name / "action.yml"
    return tuple(
        each for each in Document(path.name, path.read_text("utf-8")).data["inputs"] if each != MATRIX
    )


def refuse_strange_actions(workflow: Workflow, job: Job, given: Mapping[str, Path] = NONE) -> None:
    """Refuse what a job uses and nothing stands in for, or an input that the stand-in does not heed.

    Parameters
    ----------
    workflow, job : what is to run
    given : the folders that a person gives for actions of others, by their repositories

    Raises
    ------
    InputError : there is one
    """
    if job.data.get("services"):
        mark = workflow.document.mark(("jobs", job.key, "services"), key=True)
        raise input_error(mark, "services need a container engine, and parity does without one", RULE)
    for at, step in enumerate(job.steps):
        if "uses" in step:
            refuse_strange_action(workflow, step, ("jobs", job.key, "steps", at), given)


def refuse_strange_action(
    workflow: Workflow, step: Mapping[str, Any], where: tuple[str | int, ...], given: Mapping[str, Path]
) -> None:
    uses = str(step["uses"])
    if uses.startswith("./"):
        return
    mark, folder = workflow.document.mark((*where, "uses")), given_actions.folder_of(uses, given)
    heeded = heeded_by(uses, mark) if folder is None else given_actions.inputs_of(uses, folder, mark)
    for name in step.get("with") or {}:
        if str(name).lower() not in heeded:
            said = f"what runs for '{action_of(uses)}' does not heed '{name}'"
            known = f"it heeds {', '.join(heeded)}"
            raise input_error(workflow.document.mark((*where, "with", name), key=True), said, RULE, known)


def refuse_two_states(workflow: Workflow, jobs: Iterable[Job]) -> None:
    """Refuse actions of mlci's at two of its states, of which one at most can be this mlci.

    Raises
    ------
    InputError : there are
    """
    first = ""
    for job in jobs:
        for at, step in enumerate(job.steps):
            uses = str(step.get("uses", ""))
            if not shipped_actions.named(uses):
                continue
            first = first or uses
            if shipped_actions.state_of(uses) != shipped_actions.state_of(first):
                mark = workflow.document.mark(("jobs", job.key, "steps", at, "uses"))
                raise input_error(mark, f"'{uses}' is of another state of mlci than '{first}'", RULE)


def heeded_by(uses: str, mark: Mark) -> tuple[str, ...]:
    """Return the inputs that what runs for an action heeds.

    Raises
    ------
    InputError : nothing runs for it here
    """
    own, name = shipped_actions.named(uses), SUBSTITUTES.get(action_of(uses))
    if own and not shipped_actions.is_mine(uses):
        said = f"'{uses}' is not of this mlci, {__version__}, whose actions would run in its place"
        raise input_error(
            mark, said, RULE, "run parity with the mlci that the file names, or `mlci generate` anew"
        )
    if own:
        return shipped_actions.inputs_of(own)
    if name is None:
        known = ", ".join(sorted(set(SUBSTITUTES) - {action_of(SAVE)}))
        said = f"nothing stands in for '{uses}' on this machine; there are stand-ins for {known}"
        help = (
            f"--stand-in {'/'.join(action_of(uses).split('/')[:2])}=FOLDER names one that does its work here"
        )
        raise input_error(mark, said, RULE, help)
    return inputs_of(name)


def lay(folder: Path, places: Mapping[str, Path]) -> None:
    """Make the folders that act takes in place of actions.

    Parameters
    ----------
    folder : a new one, for all of them
    places : what stand-ins may use, by the names they ask for
    """
    folder.mkdir(parents=True)
    told = folder / "places.json"
    told.write_text(json.dumps({name: str(path) for name, path in places.items()}), encoding="utf-8")
    for name in SUBSTITUTES.values():
        made = folder / name
        made.mkdir()
        (made / "action.yml").write_bytes((HERE / name / "action.yml").read_bytes())
        module = f"mlci.vendors.github.runner.substitutes.{name.replace('-', '_')}"
        words = shlex.join([sys.executable, "-I", "-m", module, str(told)])
        (made / "run").write_text(f"exec {words}\n", encoding="utf-8")
    shipped_actions.lay(folder / OWN)


def replacements(folder: Path, workflow: Workflow, given: Mapping[str, Path] = NONE) -> Iterator[str]:
    """Yield the words by which act is told what runs for the actions of a workflow."""
    used = used_by(workflow.jobs.values())
    own = {shipped_actions.named(uses) for uses in used} - {""}
    inner = {each for name in own for each in shipped_actions.inner(name)}
    for uses in sorted({*used, *inner, SAVE}):
        instead = given_actions.folder_of(uses, given)
        if instead is not None:
            yield f"--local-repository={repository_of(uses)}={instead.resolve()}"
            continue
        name = OWN if shipped_actions.named(uses) else SUBSTITUTES.get(action_of(uses))
        if name is not None:
            yield f"--local-repository={repository_of(uses)}={folder / name}"


def used_by(jobs: Iterable[Job]) -> set[str]:
    return {str(step["uses"]) for job in jobs for step in job.steps if "uses" in step}


def repository_of(uses: str) -> str:
    """Return an action's repository and ref, without the folder it lies in."""
    action, _, ref = uses.partition("@")
    return f"{'/'.join(action.split('/')[:2])}@{ref}"


def images(jobs: Iterable[Job]) -> list[str]:
    return sorted({image_of(job) for job in jobs} - {""})


def image_of(job: Job) -> str:
    """Return the image of a job's container, "" for none."""
    given = job.data.get("container") or ""
    return str(given.get("image", "")) if isinstance(given, Mapping) else str(given)
