"""A job waits for a job that does not exist, twice for the same one, or for itself by a detour.

GitHub refuses the file. Ids of jobs are compared without regard to case.

Bad:

```yaml
on: push
jobs:
  test:
    needs: [biuld]
    runs-on: ubuntu-24.04
    steps: [{run: make test}]
  build:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```

Good:

```yaml
on: push
jobs:
  test:
    needs: [build]
    runs-on: ubuntu-24.04
    steps: [{run: make test}]
  build:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.model import Job, Workflow
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile

ID = "github-needs"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow",)


def check(file: SourceFile) -> Iterable[Finding]:
    workflow = file.once(model.read_workflow)
    if workflow.is_action:
        return
    for job in workflow.jobs:
        yield from check_job(file, workflow, job)
    yield from check_cycle(file, workflow)


def check_job(file: SourceFile, workflow: Workflow, job: Job) -> Iterator[Finding]:
    """Look at the names one job waits for."""
    seen: set[str] = set()
    for node in job.needs:
        name = node.value.lower()
        if "${{" in name or not name:
            continue
        if name == job.id.lower():
            yield Finding(file.mark(node), f"job '{job.id}' needs itself", ID, SEVERITY)
        elif name in seen:
            yield Finding(file.mark(node), f"job '{job.id}' needs '{node.value}' twice", ID, SEVERITY)
        elif name not in workflow.by_id:
            said = f"job '{job.id}' needs '{node.value}', which is no job of this workflow"
            yield Finding(file.mark(node), said, ID, SEVERITY, hint(file, name, workflow.by_id))
        seen.add(name)


def check_cycle(file: SourceFile, workflow: Workflow) -> Iterator[Finding]:
    cycle = find_cycle({name: edges(workflow, job) for name, job in workflow.by_id.items()})
    if cycle:
        path = " → ".join(f"'{workflow.by_id[name].id}'" for name in [*cycle, cycle[0]])
        first = min((workflow.by_id[name] for name in cycle), key=lambda job: job.number)
        yield Finding(file.mark(first.key), f"these jobs wait for each other: {path}", ID, SEVERITY)


def edges(workflow: Workflow, job: Job) -> list[str]:
    """Return the ids of the other jobs one job waits for."""
    names = [node.value.lower() for node in job.needs]
    return [name for name in names if name in workflow.by_id and name != job.id.lower()]


def find_cycle(graph: dict[str, list[str]]) -> list[str]:
    """Return the names on one cycle, in order; [] when there is none."""
    state: dict[str, int] = {}
    for start in graph:
        path: list[tuple[str, int]] = [(start, 0)] if start not in state else []
        while path:
            name, index = path.pop()
            state[name] = 1
            if index == len(graph[name]):
                state[name] = 2
                continue
            path.append((name, index + 1))
            following = graph[name][index]
            if state.get(following) == 1:
                names = [one for one, _ in path]
                return names[names.index(following) :]
            if following not in state:
                path.append((following, 0))
    return []
