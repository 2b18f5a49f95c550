"""A section that stands there must hold something.

Jenkins refuses empty `environment`, `options`, `parameters`, `triggers`, `tools`, `libraries`, `post`,
`when`, `stages`, `parallel`, `steps`, `axes` and `excludes` blocks.

Bad:

```groovy
stage('build') {
    environment {
    }
    steps {
    }
}
```

Good:

```groovy
stage('build') {
    steps {
        sh 'make'
    }
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#declarative-sections
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.grammar import ALL
from mlci.vendors.jenkins.syntax.groovy.tree import Call
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, Matrix, block
from mlci.vendors.jenkins.syntax.reader import BEFORE, calls
from mlci.yaml.source import SourceFile

ID = "jenkins-empty-section"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)
HOLDS = {
    "stages": "a stage",
    "parallel": "a stage",
    "steps": "a step",
    "axes": "an axis",
    "excludes": "an exclude",
    "exclude": "an axis",
    "when": "a condition",
    "post": "a condition",
    "environment": "a variable",
    "libraries": "a library",
    "options": "an option",
    "parameters": "a parameter",
    "tools": "a tool",
    "triggers": "a trigger",
}


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every section without content."""
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            for call in holder.sections():
                if call.name in ALL and call.name not in ("agent", "input", "matrix"):
                    yield from check_block(tree, call)
            for condition in holder.post:
                yield from check_block(tree, condition.call, "a step")
            if isinstance(holder, Matrix):
                for exclude in calls(block(holder.section("excludes"))):
                    yield from check_block(tree, exclude)


def check_block(tree: Jenkinsfile, call: Call, holds: str | None = None) -> Iterator[Finding]:
    if call.closure is None:
        return
    body = block(call)
    if call.name == "when":
        body = tuple(one for one in body if not (isinstance(one, Call) and one.name in BEFORE))
    if not body:
        needs = holds or HOLDS.get(call.name, "something")
        yield tree.finding(call, f"'{call.name}' is empty; it needs {needs}", ID, help="fill it or remove it")
