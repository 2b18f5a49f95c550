"""An mlci.yaml that no command accepts: what loading it reports.

Bad:

```yaml
# mlci.yaml
version: 1
name: demo
vendors: [github]
stages:
  build: {rnu: make}
workflows:
  main: {on: {push: true}, stages: [build]}
```

Good:

```yaml
# mlci.yaml
version: 1
name: demo
vendors: [github]
stages:
  build: {run: make}
workflows:
  main: {on: {push: true}, stages: [build]}
```
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mlci.errors import InputError
from mlci.findings import Finding, Mark, Severity
from mlci.yaml.neighbours import is_file
from mlci.yaml.source import SourceFile

ID = "pipeline"
SEVERITY: Severity = "error"
KINDS = ("mlci",)


def check(file: SourceFile) -> Iterable[Finding]:
    """Return what loading the file reports; what is wrong with it as YAML is said elsewhere."""
    from mlci.planning.repository import parse

    if file.document is None or file.document.problems:
        return []
    try:
        parse(file.document, folder(file))
    except InputError as error:
        found = error.findings or (Finding(Mark(file.name), str(error), ID, SEVERITY, error.help),)
        return [one._replace(rule=ID) for one in found]
    return []


def folder(file: SourceFile) -> Path | None:
    """Return where the pipeline's inputs must lie; None for a text that is no file."""
    path = (file.root or Path()) / file.name
    return path.parent if is_file(path) else None
