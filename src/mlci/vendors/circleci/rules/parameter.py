"""A parameter is declared wrongly.

The default does not fit the type, or is none of the enum's values; an enum has no values; a pipeline
parameter has no default; a job's parameter has a name that workflows use for something else. CircleCI
refuses the configuration.

Bad:

```yaml
version: 2.1
parameters:
  deploy: {type: boolean, default: "no thanks"}
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows: {main: {jobs: [build]}}
```

Good:

```yaml
version: 2.1
parameters:
  deploy: {type: boolean, default: false}
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows: {main: {jobs: [build]}}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.model import Parameter, read_config
from mlci.vendors.circleci.syntax.types import mismatch, type_of
from mlci.yaml.source import SourceFile

ID = "circleci-parameter"
SEVERITY: Severity = "error"
KINDS = ("circleci", "circleci-orb", "circleci-orb-part")
TAKEN = ("name", "requires", "context", "type", "filters", "matrix")


def check(file: SourceFile) -> Iterator[Finding]:
    config = file.once(read_config)
    for parameter in config.parameters.values():
        yield from declaration(file, parameter)
        if parameter.required:
            said = f"the pipeline parameter '{parameter.name}' needs a default"
            yield Finding(file.mark(parameter.key), said, ID, SEVERITY)
    for definition in config.scope.definitions():
        for parameter in definition.parameters.values():
            yield from declaration(file, parameter)
            if definition.part == "job" and parameter.name in TAKEN:
                said = f"a job's parameter cannot be called '{parameter.name}': workflows give it a meaning"
                yield Finding(file.mark(parameter.key), said, ID, SEVERITY, "choose another name")


def declaration(file: SourceFile, parameter: Parameter) -> Iterator[Finding]:
    if parameter.type == "enum" and not type_of(parameter).choices:
        said = f"the parameter '{parameter.name}' of type enum needs a list `enum` of its values"
        yield Finding(file.mark(parameter.key), said, ID, SEVERITY)
    elif parameter.default is not None and "<<" not in str(parameter.default.value):
        wrong = mismatch(parameter.default, parameter, {}, {})
        if wrong is not None:
            said = f"the default of '{parameter.name}': {wrong}"
            yield Finding(file.mark(parameter.default), said, ID, SEVERITY)
    if parameter.type != "enum" and parameter.enum is not None:
        said = f"the parameter '{parameter.name}' has a list `enum` but the type '{parameter.type}'"
        yield Finding(file.mark(parameter.key), said, ID, SEVERITY, "write `type: enum`")
