"""An action's metadata names a file that does not exist beside it.

`main`, `pre` and `post` of a JavaScript action, and the Dockerfile of a container action, are paths from
the folder of its `action.yml`. A step that uses the action fails.

Bad:

```yaml
name: Greet
description: Says hello.
runs:
  using: node24
  main: ./no-such-file.js
```

Good:

```yaml
name: Greet
description: Says hello.
runs:
  using: composite
  steps:
    - run: echo hello
      shell: bash
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import interfaces, model
from mlci.yaml.neighbours import is_file
from mlci.yaml.source import SourceFile

ID = "github-action-files"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-action",)


SCRIPTS = ("main", "pre", "post")


def check(file: SourceFile) -> Iterable[Finding]:
    """Look for each file that `runs` names."""
    runs = file.once(model.read_workflow).inner("runs")
    folder = interfaces.inside(file.root, file.name.rpartition("/")[0])
    if folder is None or file.name.startswith("/"):
        return
    for key in (*SCRIPTS, "image"):
        node = runs.value(key)
        path = runs.text(key)
        if not path or "${{" in path or (key == "image" and path.startswith("docker://")):
            continue
        if ".." not in path.split("/") and not is_file(folder / path):
            yield Finding(file.mark(node), f"there is no file '{path}' beside this one", ID, SEVERITY)
