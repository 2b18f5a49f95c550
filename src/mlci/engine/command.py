"""What a job's command is given: its words, its environment, the files that tell it more."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlci.engine import environment
from mlci.engine.process import Command
from mlci.engine.secrets import named
from mlci.engine.workspace import Workspace
from mlci.errors import EnvironmentLacks, InputError
from mlci.findings import Finding
from mlci.language.catalogue import STAGES, Item
from mlci.language.model import Pipeline
from mlci.planning.plan import Job

BASH = ("bash", "-eo", "pipefail", "-c")
CHILD = ("-P", "-m", "mlci.stages.child")
"""-P: files of the workspace must not pass for modules of Python's own library."""
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Call(NamedTuple):
    """A command about to run."""

    command: Command
    folder: Path
    """Holds the files made for it."""
    result: Path | None
    """Where a library stage writes what it found."""

    def clean(self) -> None:
        """Remove the files made for it; they may hold what a secret filled in."""
        shutil.rmtree(self.folder, ignore_errors=True)


def prepare(pipeline: Pipeline, job: Job, workspace: Workspace, secrets: Mapping[str, str]) -> Call:
    """Put together what a job's command is given.

    Raises
    ------
    EnvironmentLacks : bash is missing, or a variable that a target needs
    """
    folder = workspace.state / "calls" / job.id
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    environ = environ_of(pipeline, job, workspace, secrets, folder)
    stage = job.stage
    library = STAGES.find(stage.uses) if stage.uses else None
    if library is None:
        words: tuple[str, ...] = (*BASH, stage.run or "")
        result = None
        if shutil.which("bash", path=environ["PATH"]) is None:
            raise EnvironmentLacks("there is no bash here, and `run:` needs it", help="install bash")
    else:
        result = folder / "result.json"
        words = (sys.executable, *CHILD)
        call = stage_call(pipeline, job, library, workspace, environ) | {"result": str(result)}
        environ["MLCI_STAGE_CALL"] = write_private(folder / "call.json", call)
    where = workspace.root / (stage.working_directory or ".")
    if not where.is_dir():
        mark = pipeline.mark("stages", stage.name, "working_directory")
        said = f"the working directory '{stage.working_directory}' does not exist"
        raise InputError(Finding(mark, said, "missing-folder"))
    return Call(Command(words, where, environ, stage.timeout), folder, result)


def environ_of(
    pipeline: Pipeline, job: Job, workspace: Workspace, secrets: Mapping[str, str], folder: Path
) -> dict[str, str]:
    asked = environment.manual_inputs(pipeline, job.workflow)
    told = {
        **region(job, workspace.environ),
        **environment.params(job.stage.params),
        **environment.inputs(asked, workspace.environ),
        "MLCI_PARAMS_FILE": write_private(folder / "params.json", dict(job.stage.params)),
        "PATH": job.env.get("PATH", workspace.search_path),
    }
    return environment.compose(
        job,
        outer=environment.without(workspace.environ, named(pipeline)),
        pinned=environment.pins(pipeline.seed, workspace.commit.time),
        context=workspace.context,
        told=told,
        secrets=secrets,
    )


def region(job: Job, outer: Mapping[str, str]) -> dict[str, str]:
    """Return the AWS region that a stage asks for, where nothing around it names one."""
    if job.stage.aws is None:
        return {}
    return {name: outer.get(name) or job.stage.aws.region for name in ("AWS_REGION", "AWS_DEFAULT_REGION")}


def stage_call(
    pipeline: Pipeline, job: Job, library: Item, workspace: Workspace, environ: Mapping[str, str]
) -> dict[str, Any]:
    """Return what `mlci.stages.child` is told; params that the stage knows are arguments, too."""
    known = {parameter.name for parameter in library.parameters}
    given = {name: value for name, value in (job.files.arguments or {}).items() if value is not None}
    given |= {name: value for name, value in job.stage.params.items() if name in known}
    target = job.files.target
    return {
        "stage": library.id,
        "with": {name: plain(value) for name, value in given.items()},
        "root": str(workspace.root),
        "targets": {} if target is None else {target: fill_target(pipeline, target, environ)},
        "context": workspace.context.variables(),
        "seed": pipeline.seed,
    }


def plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value


def fill_target(pipeline: Pipeline, name: str, environ: Mapping[str, str]) -> dict[str, Any]:
    """Return a target's options with `${NAME}` filled from the environment.

    Raises
    ------
    EnvironmentLacks : a variable is not set; it is named with its place in mlci.yaml
    """
    target = pipeline.targets[name]
    filled: dict[str, Any] = {"type": target.type}
    missing: list[Finding] = []
    for option, value in target.options.items():
        filled[option] = fill(value, environ)
        for variable in sorted(unset(value, environ)):
            mark = pipeline.mark("targets", name, option)
            said = f"target '{name}' needs the variable {variable}, which is not set"
            help = "set it in the environment, or list it under the stage's `env` or `secrets`"
            missing.append(Finding(mark, said, "unset-variable", "error", help))
    if missing:
        raise EnvironmentLacks(missing)
    return filled


def fill(value: Any, environ: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return VARIABLE.sub(lambda found: environ.get(found.group(1), ""), value)
    if isinstance(value, Mapping):
        return {name: fill(each, environ) for name, each in value.items()}
    return [fill(each, environ) for each in value] if isinstance(value, list | tuple) else value


def unset(value: Any, environ: Mapping[str, str]) -> set[str]:
    if isinstance(value, str):
        return {name for name in VARIABLE.findall(value) if not environ.get(name)}
    if isinstance(value, Mapping):
        return {name for each in value.values() for name in unset(each, environ)}
    return (
        {name for each in value for name in unset(each, environ)}
        if isinstance(value, list | tuple)
        else set()
    )


def write_private(path: Path, content: Mapping[str, Any]) -> str:
    """Write JSON that only this user may read; return the file's path."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file)
    except OSError as error:
        raise EnvironmentLacks(f"cannot write {path}: {error.strerror}", help="free some space") from error
    return str(path)
