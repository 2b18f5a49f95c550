"""Something is defined that nothing uses.

It is a leftover, or its use is misspelt. An orb that is imported and not used is fetched all the same.

Bad:

```yaml
version: 2.1
orbs: {node: circleci/node@5.2.0}
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows: {main: {jobs: [build]}}
```

Good:

```yaml
version: 2.1
orbs: {node: circleci/node@5.2.0}
jobs:
  build: {executor: node/default, steps: [checkout]}
workflows: {main: {jobs: [build]}}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.model import Config, Definition, read_config
from mlci.vendors.circleci.syntax.references import BARE, references
from mlci.vendors.circleci.syntax.uses import executor_uses, step_uses
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, scalars, text

ID = "circleci-unused"
SEVERITY: Severity = "warning"
KINDS = ("circleci",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield unused jobs and orbs as warnings, unused commands, executors and parameters as notes."""
    config = file.once(read_config)
    if config.partial:
        return
    used = names(file, config)
    for definition in config.scope.definitions():
        if definition.scope is config.scope:
            yield from of_definition(file, definition, used)
    for orb in config.scope.orbs.values():
        if not any(name.startswith(f"{orb.name}/") for name in used):
            yield Finding(file.mark(orb.key), f"the orb '{orb.name}' is not used", ID, SEVERITY, "drop it")
    yield from parameters(file, config)


def of_definition(file: SourceFile, definition: Definition, used: set[str]) -> Iterator[Finding]:
    """Yield that a job, command or executor is unused; `build` runs by itself when there are no workflows."""
    if definition.name in used or definition.key is None:
        return
    if definition.name == "build" and not file.once(read_config).workflows:
        return
    severity: Severity = "warning" if definition.part == "job" else "info"
    said = f"the {definition.part} '{definition.name}' is not used"
    yield Finding(file.mark(definition.key), said, ID, severity, "use it, or drop it")


def names(file: SourceFile, config: Config) -> set[str]:
    """Return every name that something is used by; texts count, for a parameter may carry one."""
    used = {use.step.name for use in file.once(step_uses)}
    used |= {use.name for use in file.once(executor_uses)}
    for workflow in config.all_workflows():
        for job in workflow.jobs:
            used.add(job.job)
            other = text(get(job.arguments, "override-with"))
            used.update([other] if other else [])
            used.update(short(job.arguments))
    for definition in config.scope.definitions():
        used.update(short(get(definition.node, "parameters")))
        used.update(value for value in short(get(definition.node, "steps")) if "/" in value)
    return used


def short(node: Node | None) -> Iterator[str]:
    """Yield the texts beneath a node that could be names."""
    return (one.value for one in scalars(node) if len(one.value) < 100)


def parameters(file: SourceFile, config: Config) -> Iterator[Finding]:
    """Yield the pipeline parameters no expression names."""
    if not config.parameters:
        return
    used = {one.name for one in file.once(references)}
    used |= {name for node in scalars(file.root_node) for name in BARE.findall(node.value)}
    for parameter in config.parameters.values():
        if f"pipeline.parameters.{parameter.name}" not in used:
            said = f"the pipeline parameter '{parameter.name}' is not used"
            yield Finding(file.mark(parameter.key), said, ID, "info", "use it, or drop it")
