"""`shell` names a shell that GitHub does not know, or that the job's runner lacks.

GitHub knows bash, sh, pwsh, python, and on Windows cmd and powershell; any other command is given with
`{0}` where the script's file goes. The step fails.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: make
        shell: fish
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: make
        shell: fish {0}
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.labels import system_of
from mlci.vendors.github.syntax.model import Part
from mlci.vendors.github.syntax.runners import System
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile

ID = "github-shell"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")
SIGNS = ("shell",)


EVERYWHERE = ("bash", "pwsh", "python")
SHELLS: dict[System | None, tuple[str, ...]] = {
    None: (*EVERYWHERE, "sh", "cmd", "powershell"),
    "linux": (*EVERYWHERE, "sh"),
    "macos": (*EVERYWHERE, "sh"),
    "windows": (*EVERYWHERE, "cmd", "powershell"),
}


def check(file: SourceFile) -> Iterable[Finding]:
    workflow = file.once(model.read_workflow)
    yield from check_node(file, default(workflow), None)
    for job in workflow.jobs:
        system = system_of(job)
        yield from check_node(file, default(job), system)
        for step in job.steps:
            yield from check_node(file, step.value("shell"), system)


def default(part: Part) -> Node | None:
    return part.inner("defaults").inner("run").value("shell")


def check_node(file: SourceFile, node: Node | None, system: System | None) -> Iterator[Finding]:
    if node is None or node.id != "scalar" or not node.value or "${{" in node.value or "{0}" in node.value:
        return
    name = node.value.lower()
    known = SHELLS[system]
    if name in known:
        return
    where = f" on {NAMES[system]}" if system and name in SHELLS[None] else ""
    said = f"there is no shell '{node.value}'{where}; there is {', '.join(known)}"
    other = f"any other command takes the script's file as {{0}}: '{node.value} {{0}}'"
    yield Finding(file.mark(node), said, ID, SEVERITY, None if where else suggest(name, known) or other)


NAMES: dict[System, str] = {"linux": "Linux", "macos": "macOS", "windows": "Windows"}
