"""Something GitLab has deprecated.

`image`, `services`, `cache`, `before_script` and `after_script` at the top belong under `default`; `types` is
`stages`, `type` is `stage`; `only` and `except` are `rules`.

Bad:

```yaml
# .gitlab-ci.yml
image: python:3.12
check: {script: pytest}
```

Good:

```yaml
# .gitlab-ci.yml
default: {image: "python:3.12"}
check: {script: pytest}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.gitlab.syntax.model import read_pipeline
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import entry, items

ID = "gitlab-deprecated"
SEVERITY: Severity = "info"
KINDS = ("gitlab",)
TOP = {
    **dict.fromkeys(
        ("image", "services", "cache", "before_script", "after_script"), "put it under `default`"
    ),
    "types": "call it `stages`",
}


def check(file: SourceFile) -> Iterator[Finding]:
    for one in items(file.root_node):
        if one.name in TOP:
            said = f"'{one.name}' at the top of the file is deprecated"
            yield Finding(file.mark(one.key), said, ID, SEVERITY, TOP[one.name])
    for job in file.once(read_pipeline).jobs.values():
        found = entry(job.node, "type")
        if found is not None:
            yield Finding(
                file.mark(found.key), "'type' of a job is deprecated", ID, SEVERITY, "call it `stage`"
            )
