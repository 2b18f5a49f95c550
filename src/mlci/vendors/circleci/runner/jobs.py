"""One job of a configuration, its executor and parameters resolved: where it runs, and its steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mlci.errors import EnvironmentLacks
from mlci.parity.part import Part
from mlci.vendors.circleci.runner.config import find, part_of
from mlci.vendors.circleci.runner.expansion import Scope
from mlci.vendors.circleci.runner.parameters import bind
from mlci.vendors.circleci.runner.steps import Step, body, expand
from mlci.vendors.circleci.syntax import model
from mlci.vendors.circleci.syntax.references import unescaped

ENVIRONMENTS = ("docker", "machine", "macos", "windows")
SHARED = (*ENVIRONMENTS, "environment", "working_directory", "shell", "resource_class")
KEYS = (*SHARED, "description", "parameters", "executor", "steps", "parallelism", "circleci_ip_ranges")
IMAGE = ("image", "name", "environment", "auth", "aws_auth", "user", "entrypoint", "command")
SHELL = "/bin/bash -eo pipefail"
FOLDER = "~/project"


class Resolved(NamedTuple):
    """A job as it is to run."""

    name: str
    part: Part
    environment: Mapping[str, str]
    """The executor's and the job's own."""
    image: Mapping[str, str]
    """The variables of its image."""
    folder: str
    shell: str
    steps: tuple[Step, ...]
    lacking: EnvironmentLacks | None
    """Why it cannot run here: what it runs on is not a Linux container or machine, or more than one."""


class Use(NamedTuple):
    """How a workflow uses a job."""

    job: str
    part: Part
    given: Mapping[str, Part]
    """Arguments, filled."""
    before: Part | None = None
    after: Part | None = None


def resolve(name: str, use: Use, names: model.Scope, scope: Scope) -> Resolved:
    """Resolve a job.

    Raises
    ------
    InputError : something in it is not known, or does not fit
    """
    found = find(names, "job", use.part, use.job)
    defined, inside = part_of(found).only(KEYS, f"the job '{use.job}'"), found.scope
    values = bind(defined, found.parameters, use.given, use.part, f"job '{use.job}'")
    own = scope.within(values, foreign=inside is not names)
    base = executor(defined, inside, own)
    chosen = {key: pick(key, defined, base, own) for key in SHARED}
    check_parallelism(defined, own)
    steps = (
        *(expand(use.before, names, scope) if use.before is not None else ()),
        *expand(body(defined), inside, own),
        *(expand(use.after, names, scope) if use.after is not None else ()),
    )
    folder, shell = chosen["working_directory"], chosen["shell"]
    return Resolved(
        name,
        defined,
        {**environment(base.get("environment")), **environment(filled(defined, "environment", own))},
        image_environment(chosen["docker"]),
        FOLDER if folder is None else folder.text(),
        SHELL if shell is None else shell.text(),
        tuple(steps),
        lacking(chosen),
    )


def executor(defined: Part, names: model.Scope, scope: Scope) -> Part:
    """Return a job's executor, filled; nothing when it names none."""
    given = defined.get("executor")
    if given is None:
        return defined.become({})
    chosen = scope.fill(given)
    arguments = dict(chosen.entries()) if isinstance(chosen.value, Mapping) else {}
    name = arguments.pop("name", chosen).text()
    found = find(names, "executor", given, name)
    base = part_of(found).only((*SHARED, "description", "parameters"), f"the executor '{name}'")
    values = bind(base, found.parameters, arguments, given, f"executor '{name}'")
    kept = {key: base.value[key] for key in SHARED if key in base.value}
    return scope.within(values, foreign=found.scope is not names).fill(base.become(kept))


def filled(part: Part, key: str, scope: Scope) -> Part | None:
    """Return what stands under a key, its references filled."""
    found = part.get(key)
    return None if found is None else scope.fill(found)


def pick(key: str, job: Part, base: Part, scope: Scope) -> Part | None:
    """Return a job's own value, else its executor's; where one says what it runs on, the other does not."""
    own = filled(job, key, scope)
    if own is None and key in ENVIRONMENTS and any(job.get(each) is not None for each in ENVIRONMENTS):
        return None
    return base.get(key) if own is None else own


def environment(part: Part | None) -> dict[str, str]:
    """Return a mapping of variables, or a list of such mappings."""
    if part is None:
        return {}
    if isinstance(part.value, list):
        return {name: value for each in part.items() for name, value in environment(each).items()}
    return {
        name: unescaped(value.text()) if value.value is not None else "" for name, value in part.entries()
    }


def image_environment(docker: Part | None) -> dict[str, str]:
    """Return the variables of the image that the steps run in."""
    if docker is None:
        return {}
    images = [each.only(IMAGE, "an image") for each in docker.items()]
    return environment(images[0].get("environment")) if images else {}


def check_parallelism(defined: Part, scope: Scope) -> None:
    """Refuse a job that runs several times at once."""
    count = filled(defined, "parallelism", scope)
    if count is not None and count.value != 1:
        raise count.refuse("a job with parallelism cannot be run here", "every stage is one job")


def lacking(chosen: Mapping[str, Part | None]) -> EnvironmentLacks | None:
    docker = chosen["docker"]
    for name in ("macos", "windows"):
        part = chosen[name]
        if part is not None:
            return EnvironmentLacks(part.refuse(f"a job on {name} cannot be run here").findings)
    if docker is not None and len(list(docker.items())) > 1:
        beside = ", ".join(str(each.value.get("image")) for each in list(docker.items())[1:])
        said = f"the containers beside a job are not started here: {beside}"
        return EnvironmentLacks(docker.refuse(said).findings)
    return None
