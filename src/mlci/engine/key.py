"""The key of a job: a digest of all that determines its result, and why it is not what it was."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mlci.engine import environment, requirements
from mlci.engine.code import stage_code
from mlci.engine.light import blake2b
from mlci.engine.workspace import Workspace
from mlci.errors import InputError, input_error
from mlci.language.catalogue import STAGES, Item
from mlci.language.model import Pipeline
from mlci.planning.plan import Job

FORMAT = 1
SHOWN = 60
"""Characters of a value that a reason repeats."""

Ingredients = Mapping[str, Any]
"""All that determines a job's result, by name: "param.epochs" -> 5, "input.data" -> "sha256:…"."""


def ingredients(pipeline: Pipeline, job: Job, workspace: Workspace) -> dict[str, Any]:
    """Return all that determines a job's result.

    Raises
    ------
    InputError : an input is missing or cannot be read
    """
    library = STAGES.find(job.stage.uses) if job.stage.uses else None
    found = asked(pipeline, job, workspace.environ)
    for path in job.files.inputs:
        found[f"input.{path.rstrip('/')}"] = digest(pipeline, job, path, workspace)
    return found | software(pipeline, library, workspace)


def asked(pipeline: Pipeline, job: Job, environ: Mapping[str, str]) -> dict[str, Any]:
    """Return what mlci.yaml asks for: all that determines a job's result but inputs and software."""
    stage, files = job.stage, job.files
    library = STAGES.find(stage.uses) if stage.uses else None
    found: dict[str, Any] = {
        "format": FORMAT,
        "command": stage.run if library is None else f"uses: {stage.uses}",
        "folder": stage.working_directory or ".",
        "seed": pipeline.seed,
        "python": job.python,
        "outputs": sorted(path.rstrip("/") for path in files.made),
    }
    found |= {f"param.{name}": value for name, value in sorted(stage.params.items())}
    found |= {f"with.{name}": plain(value) for name, value in sorted((files.arguments or {}).items())}
    found |= {f"env.{name}": value for name, value in sorted(job.env.items())}
    for name, default in environment.manual_inputs(pipeline, job.workflow).items():
        found[f"asked.{name}"] = environment.given(name, default, environ)
    if files.target is not None:
        target = pipeline.targets[files.target]
        found["target"] = {"type": target.type, **target.options}
    return found


def plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None | list | dict) else str(value)


def software(pipeline: Pipeline, library: Item | None, workspace: Workspace) -> dict[str, Any]:
    interpreter = workspace.interpreter if library is None else workspace.own_interpreter
    wanted = requirements.declared(pipeline.requirements, workspace.root)
    if wanted is None:
        packages = interpreter.everything()
    else:
        own = () if library is None else (("mlci", "tensorflow"),)
        packages = interpreter.closure([*wanted, *own])
    found = {"interpreter": interpreter.version, "platform": interpreter.platform}
    found |= {f"package.{name}": version for name, version in packages.items()}
    return found if library is None else {**found, "code": stage_code(library, workspace.cache)}


def digest(pipeline: Pipeline, job: Job, path: str, workspace: Workspace) -> str:
    """Return an input's digest; one that is not there is reported at its place in mlci.yaml."""
    try:
        return workspace.cache.digest(path)
    except InputError as error:
        if (workspace.root / path).exists():
            raise
        maker = next((each for each in job.collects), None)
        help = f"run '{maker}', which should make it" if maker else "add it to the repository"
        mark = place(pipeline, job, path)
        raise input_error(
            mark, f"the input '{path}' of '{job.id}' is not there", "missing-input", help
        ) from error


def place(pipeline: Pipeline, job: Job, path: str) -> Any:
    """Return where mlci.yaml names an input of a job."""
    stage = pipeline.stages.get(job.stage.name, job.stage)
    for index, given in enumerate(stage.inputs):
        if given == path:
            return pipeline.mark("stages", stage.name, "inputs", index)
    for name, value in stage.with_.items():
        if value == path:
            return pipeline.mark("stages", stage.name, "with", name)
    return pipeline.mark("stages", stage.name, key=True)


def key_of(found: Ingredients) -> str:
    """Return the key: BLAKE2b of 32 bytes, in hex."""
    return blake2b(canonical(found), digest_size=32).hexdigest()


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str).encode()


KINDS = {"param": "params", "asked": "the input", "package": "the package"}
DOTTED = ("params", "with", "env")
PLAIN = ("input", "command", "outputs", "target", "code", "format")
"""What is too long, or says too little, to be shown."""
WORDS = {
    "command": "the command",
    "folder": "the working directory",
    "code": "the library stage's code",
    "python": "the Python version asked for",
    "interpreter": "the interpreter",
    "platform": "the platform",
    "outputs": "the list of outputs",
    "target": "the target",
    "format": "mlci's own reckoning",
    "seed": "the seed",
}


def explain(old: Ingredients, new: Ingredients) -> tuple[str, ...]:
    """Return why a job is not up to date: "params.epochs changed 5 → 10"; empty when nothing differs."""
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        reason(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
    )


def reason(name: str, old: Any, new: Any) -> str:
    """Say how one ingredient changed."""
    kind, _, rest = name.partition(".")
    kind = KINDS.get(kind, kind)
    subject = WORDS.get(name) or (f"{kind}.{rest}" if kind in DOTTED else f"{kind} {rest}".rstrip())
    if old is None:
        return f"{subject} is new" + ("" if kind in PLAIN else f": {short(new)}")
    if new is None:
        return f"{subject} was dropped"
    return f"{subject} changed" + ("" if kind in PLAIN else f" {short(old)} → {short(new)}")


def short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def first(reasons: Sequence[str], count: int = 3) -> str:
    more = f" and {len(reasons) - count} more" if len(reasons) > count else ""
    return "; ".join(reasons[:count]) + more
