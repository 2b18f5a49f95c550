"""A filter of branches or tags does not do what it seems to.

A regular expression stands between slashes and must be valid; CircleCI runs a job for a tag only if the job
and all it requires have a filter for tags.

Bad:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
  deploy: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  main:
    jobs:
      - build
      - deploy: {requires: [build], filters: {tags: {only: /^v.*/}}}
```

Good:

```yaml
version: 2.1
jobs:
  build: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
  deploy: {docker: [{image: "cimg/base:2024.01"}], steps: [checkout]}
workflows:
  main:
    jobs:
      - build: {filters: {tags: {only: /.*/}}}
      - deploy: {requires: [build], filters: {tags: {only: /^v.*/}}}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.model import JobUse, Workflow, read_config
from mlci.vendors.circleci.syntax.names import Names, named, requirements
from mlci.vendors.circleci.syntax.pattern import between_slashes, fault_of
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, words

ID = "circleci-filter"
SEVERITY: Severity = "warning"
KINDS = ("circleci",)


def check(file: SourceFile) -> Iterator[Finding]:
    for workflow in file.once(read_config).all_workflows():
        for job in workflow.jobs:
            for part in ("branches", "tags"):
                for side in ("only", "ignore"):
                    for node in words(get(job.arguments, "filters", part, side)):
                        yield from pattern(file, node)
    for workflow, names in file.once(named):
        yield from tags(file, workflow, names)


def pattern(file: SourceFile, node: Node) -> Iterator[Finding]:
    text: str = node.value
    if "<<" in text or not text.startswith("/"):
        return
    regex = between_slashes(text)
    if regex is None:
        said = f"'{text[:60]}' begins with a slash but does not end with one: it is taken as a plain name"
        yield Finding(file.mark(node), said, ID, SEVERITY, "close the regular expression with '/'")
        return
    fault = fault_of(regex)
    if fault is not None:
        yield Finding(file.mark(node), fault, ID, "error")


def tags(file: SourceFile, workflow: Workflow, names: Names) -> Iterator[Finding]:
    """Yield requirements that keep a job with a filter for tags from ever running for one."""
    for job in workflow.jobs:
        if not for_tags(job):
            continue
        for key, _ in requirements(job):
            meant = names.fixed.get(key.value, [])
            if meant and not any(for_tags(one) or by_expression(one) for one in meant):
                said = (
                    f"'{job.name}' filters tags, but '{key.value}', which it requires, never runs for a tag"
                )
                help = f"give '{key.value}' a filter for tags, too: `filters: {{tags: {{only: /.*/}}}}`"
                yield Finding(file.mark(key), said, ID, SEVERITY, help)


def for_tags(job: JobUse) -> bool:
    """Tell whether a job's filters let some tags through."""
    filters = get(job.arguments, "filters")
    if get(filters, "tags", "only") is not None:
        return True
    ignored = {node.value for node in words(get(filters, "tags", "ignore"))}
    return bool(ignored) and not ignored & {"/.*/", "/^.*$/", "/.+/"}


def by_expression(job: JobUse) -> bool:
    """Tell whether an expression decides when a job runs, for tags too."""
    filters = get(job.arguments, "filters")
    return filters is not None and filters.id == "scalar"
