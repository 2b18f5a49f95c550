"""Text that strangers write is pasted into a script.

GitHub puts the value of `${{ }}` into the script before any shell sees it: a pull request titled `"; curl
… | sh; "` runs as code, with the job's token and secrets. Hand the value over in an environment variable
and quote that.

Bad:

```yaml
on: pull_request_target
jobs:
  greet:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "${{ github.event.pull_request.title }}"
```

Good:

```yaml
on: pull_request_target
jobs:
  greet:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "$TITLE"
        env:
          TITLE: ${{ github.event.pull_request.title }}
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.github.rules.problems import Expressions, Read
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.expression.tree import Expression, chain
from mlci.vendors.github.syntax.model import Step, Workflow
from mlci.vendors.github.syntax.untrusted import flows, is_inputs, source
from mlci.yaml.document import Node
from mlci.yaml.places import within
from mlci.yaml.source import SourceFile

ID = "template-injection"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")
SIGNS = ("${{",)


SINKS = {
    "actions/github-script": ("script",),
    "azure/cli": ("inlinescript",),
    "azure/powershell": ("inlinescript",),
    "appleboy/ssh-action": ("script",),
    "nick-fields/retry": ("command", "on_retry_command"),
    "addnab/docker-run-action": ("run",),
    "cypress-io/github-action": ("command", "start", "build"),
}
"""Inputs of actions that are run as code."""
PRIVILEGED = frozenset(
    ("pull_request_target", "issues", "issue_comment", "discussion", "discussion_comment", "workflow_run")
)
"""Events that strangers cause, and that run with the repository's secrets."""
HELP = "hand it over in 'env' and use the variable, in double quotes"


def check(file: SourceFile) -> Iterable[Finding]:
    workflow = file.once(model.read_workflow)
    nodes = {id(node) for node in code(workflow)}
    for read in file.once(Expressions).read:
        if id(read.site.node) in nodes:
            for part in flows(read.tree):
                yield from judge(file, workflow, read, part)


def code(workflow: Workflow) -> Iterator[Node]:
    for job in workflow.jobs:
        for step in job.steps:
            if step.run is not None:
                yield step.run
            yield from inputs(step)


def inputs(step: Step) -> Iterator[Node]:
    names = SINKS.get(step.uses.partition("@")[0].lower(), ())
    for name, (_, node) in step.given.keys.items():
        if name.lower() in names and node.id == "scalar":
            yield node


def judge(file: SourceFile, workflow: Workflow, read: Read, part: Expression) -> Iterator[Finding]:
    """Say of one value whose text it is, if it is not the repository's own."""
    names = chain(part)
    if names is None:
        return
    written = source(names)
    if written is not None:
        severity: Severity = "error" if PRIVILEGED & set(workflow.events) else SEVERITY
        said = f"'{written}' is written by whoever opens a pull request or issue, and runs here as code"
    elif is_inputs(names) and is_text(workflow, names[-1]):
        severity = SEVERITY if workflow.is_action else "info"
        said = f"the input '{names[-1]}' is pasted into code; whoever starts this can run anything"
    else:
        return
    start = read.piece.inner + part.start
    mark = within(file.name, file.lines, read.site.node, start, part.end - part.start)
    yield Finding(mark, said, ID, severity, HELP)


def is_text(workflow: Workflow, name: str) -> bool:
    """Tell whether an input may be any text: no boolean, number, choice or environment."""
    if workflow.is_action:
        return True
    for event in ("workflow_dispatch", "workflow_call"):
        for key, (_, node) in workflow.event(event).inner("inputs").keys.items():
            if key.lower() == name:
                return model.Part(node).text("type") in ("", "string")
    return False
