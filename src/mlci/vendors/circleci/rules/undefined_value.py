"""An expression `<< … >>` names a value that does not exist where it stands.

Parameters exist only inside the job, command or executor that declares them; `matrix` only in a workflow's
job that has one; pipeline parameters must be declared. CircleCI refuses the configuration, or puts in
nothing.

Bad:

```yaml
version: 2.1
jobs:
  build:
    parameters: {target: {type: string, default: all}}
    docker: [{image: "cimg/base:2024.01"}]
    steps: [{run: make << parameters.traget >>}]
workflows: {main: {jobs: [build]}}
```

Good:

```yaml
version: 2.1
jobs:
  build:
    parameters: {target: {type: string, default: all}}
    docker: [{image: "cimg/base:2024.01"}]
    steps: [{run: make << parameters.target >>}]
workflows: {main: {jobs: [build]}}
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.circleci.syntax.model import Config, Definition, JobUse, read_config
from mlci.vendors.circleci.syntax.references import PIPELINE, Reference, references
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile

ID = "circleci-undefined-value"
SEVERITY: Severity = "error"
KINDS = ("circleci", "circleci-orb", "circleci-orb-part")
CONTEXTS = ("parameters", "pipeline", "matrix")


def check(file: SourceFile) -> Iterator[Finding]:
    config = file.once(read_config)
    for one in file.once(references):
        found = judge(config, one)
        if found is not None:
            said, known = found
            mark = file.mark_within(one.node, one.literal)
            yield Finding(mark, said, ID, SEVERITY, hint(file, one.name, known) or listed(known))


def listed(known: Iterable[str]) -> str | None:
    names = list(known)
    return f"here one can use {', '.join(names[:12])}" if names else None


def judge(config: Config, one: Reference) -> tuple[str, list[str]] | None:
    """Say what is wrong with an expression, and what could have been meant; None when nothing is."""
    context, _, rest = one.name.partition(".")
    if context == "pipeline" and rest.startswith("parameters."):
        return pipeline_parameter(config, one.name)
    if context == "pipeline" and rest:
        return pipeline_value(one.name, rest)
    if context == "parameters" and rest:
        return parameter(one)
    if context == "matrix" and rest:
        return matrix(one)
    if not rest or not is_near(context):
        return None
    return f"unknown context '{context}'", [f"{name}.{rest}" for name in CONTEXTS]


@lru_cache(maxsize=1024)
def is_near(context: str) -> bool:
    """Tell whether a word is a misspelt context."""
    return suggest(context[:40], CONTEXTS) is not None


def pipeline_parameter(config: Config, name: str) -> tuple[str, list[str]] | None:
    """Judge `pipeline.parameters.x`; an orb's pipeline is its user's, and so is that of a packed part."""
    if name.split(".", 2)[2] in config.parameters or config.file.kind.id != "circleci" or config.partial:
        return None
    known = [f"pipeline.parameters.{one}" for one in config.parameters]
    return f"the pipeline has no parameter '{name.rpartition('.')[2]}'", known


def pipeline_value(name: str, rest: str) -> tuple[str, list[str]] | None:
    first, _, inner = rest.partition(".")
    known = PIPELINE.get(first)
    if known is None:
        return f"unknown pipeline value '{name}'", [f"pipeline.{one}" for one in PIPELINE]
    if ("*" in known and inner) or inner in known or (not known and not inner):
        return None
    return f"unknown pipeline value '{name}'", [f"pipeline.{first}.{one}" for one in known]


def parameter(one: Reference) -> tuple[str, list[str]] | None:
    if not isinstance(one.owner, Definition):
        return "a workflow has no parameters; pipeline parameters are << pipeline.parameters.… >>", []
    name = one.name.split(".")[1]
    if name in one.owner.parameters:
        return None
    said = f"the {one.owner.part} '{one.owner.name}' declares no parameter '{name}'"
    return said, [f"parameters.{known}" for known in one.owner.parameters]


def matrix(one: Reference) -> tuple[str, list[str]] | None:
    if isinstance(one.owner, Definition):
        return "matrix values exist only in workflows; hand them on as parameters", []
    if not isinstance(one.owner, JobUse):
        return "matrix values exist only in the jobs of a workflow", []
    axes = [entry.name for entry in one.owner.matrix()]
    if not axes:
        return f"the job '{one.owner.name}' has no matrix", []
    if one.name.partition(".")[2] in axes:
        return None
    return f"the matrix has no parameter '{one.name.partition('.')[2]}'", [f"matrix.{axis}" for axis in axes]
