"""One library stage by itself, without an mlci.yaml: a pipeline of that stage alone, done as any job is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlci.engine.exec import Request as Job
from mlci.engine.exec import Say, exec_stage
from mlci.engine.execute import Result
from mlci.engine.workspace import Workspace
from mlci.errors import InputError
from mlci.findings import suggest
from mlci.language.arguments import alternatives, validate
from mlci.language.catalogue import STAGES, Item, vendor_ids
from mlci.language.model import Pipeline
from mlci.language.signatures import Parameter
from mlci.planning import repository
from mlci.yaml.document import Document

NAME = "mlci stage"


class Request(NamedTuple):
    """Which library stage is to run, and with what."""

    stage: str
    arguments: Mapping[str, Any] = {}
    """As `with:` has them."""
    texts: Mapping[str, str] = {}
    """The same as text, each read as its parameter's type; they win, and an empty one was not given."""
    job: str | None = None
    """What the job is called; as the stage, if None."""
    targets: Mapping[str, Any] | None = None
    """As mlci.yaml has them; if None, those of the mlci.yaml that is there."""
    secrets: tuple[str, ...] = ()
    """The variables whose values must show nowhere."""


def run_single_stage(request: Request, workspace: Workspace, say: Say) -> tuple[int, Result | None]:
    """Run one library stage; leave its record and reports; return the exit status, and what came of it.

    Raises
    ------
    InputError : there is no such stage, an argument or target is wrong, or an input is missing
    """
    library = STAGES.find(request.stage)
    if library is None:
        help = suggest(request.stage, STAGES.ids()) or f"there are {', '.join(STAGES.ids())}"
        raise InputError(f"there is no library stage '{request.stage}'", help=help)
    given = {**request.arguments, **read_texts(library, request.texts)}
    problems = validate(library.parameters, given, f"stage '{library.id}'")
    if problems:
        raise InputError(
            "; ".join(problem.message for problem in problems),
            help=next((problem.help for problem in problems if problem.help), None),
        )
    require_inputs(library, given, workspace.root)
    try:
        pipeline = pipeline_of(library, given, request, workspace.root)
        return exec_stage(pipeline, Job(request.job or library.id, store=""), workspace, say)
    except InputError as error:
        raise without_places(error) from error


def require_inputs(library: Item, given: Mapping[str, Any], root: Path) -> None:
    for parameter in library.parameters:
        path = given.get(parameter.name)
        if parameter.role == "input" and isinstance(path, str) and not (root / path).exists():
            help = f"'{parameter.name}' is {parameter.doc}; does a step before this one make it?"
            raise InputError(f"there is no '{path}', the '{parameter.name}' of '{library.id}'", help=help)


def without_places(error: InputError) -> InputError:
    """Return an error about the pipeline that nobody wrote, without its places, which would only mislead."""
    said = "; ".join(dict.fromkeys(found.message for found in error.findings))
    help = error.help or next((found.help for found in error.findings if found.help), None)
    return InputError(said or str(error), help=help)


def read_texts(library: Item, texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments that texts stand for; names may be written as variables are: BATCH_SIZE."""
    known = {each.name: each for each in library.parameters}
    found: dict[str, Any] = {}
    for written, text in texts.items():
        name = written if written in known else written.lower().replace("-", "_")
        if text.strip():
            found[name] = read_text(known[name], text) if name in known else text
    return found


def read_text(parameter: Parameter, text: str) -> Any:
    """Return a text as its parameter's type: text and paths as they are, all else as YAML has it."""
    kinds = alternatives(parameter.type)
    if kinds in ((str,), (Path,)):
        return text.strip()
    return read_yaml(text, parameter.name)


def read_yaml(text: str, what: str) -> Any:
    """Return the value of one line or block of YAML; JSON is YAML, too.

    Raises
    ------
    InputError : it is none
    """
    try:
        return Document(what, text).data
    except InputError as error:
        said = "; ".join(found.message for found in error.findings) or str(error)
        raise InputError(f"'{what}' is no YAML: {said}", help='write it as in mlci.yaml, {a: "b"}') from error


def pipeline_of(library: Item, given: Mapping[str, Any], request: Request, root: Path) -> Pipeline:
    """Return a pipeline that holds the stage alone."""
    name = request.job or library.id
    targets = request.targets
    if targets is None:
        asked = any(each.role == "target" for each in library.parameters)
        targets = targets_of(root) if asked else {}
    stage = {"uses": library.id, "with": dict(given), "secrets": list(request.secrets)}
    data = {
        "version": 1,
        "name": NAME.replace(" ", "-"),
        "vendors": vendor_ids()[:1],
        "targets": dict(targets),
        "stages": {name: stage},
        "workflows": {NAME.replace(" ", "-"): {"on": {"manual": True}, "stages": [name]}},
    }
    return repository.parse(Document(NAME, json.dumps(data)), root)


def targets_of(root: Path) -> Mapping[str, Any]:
    """Return the targets of the mlci.yaml at `root`, as written there."""
    if not (root / repository.FILE).is_file():
        return {}
    pipeline = repository.load(root)
    return {name: {"type": each.type, **each.options} for name, each in pipeline.targets.items()}
