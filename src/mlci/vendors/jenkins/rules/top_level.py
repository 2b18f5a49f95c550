"""A `pipeline` block stands at the top of the file, once, and has a block.

Jenkins does not find it inside another block, and runs only one in a build.

Bad:

```groovy
timeout(60) {
    pipeline {
        agent any
        stages {
            stage('build') {
                steps {
                    sh 'make'
                }
            }
        }
    }
}
```

Good:

```groovy
pipeline {
    agent any
    options {
        timeout(time: 60, unit: 'MINUTES')
    }
    stages {
        stage('build') {
            steps {
                sh 'make'
            }
        }
    }
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#declarative-pipeline
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Call, Name, Statement
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, block
from mlci.vendors.jenkins.syntax.reader import calls
from mlci.yaml.source import SourceFile

ID = "jenkins-top-level"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every pipeline that is misplaced, repeated or without a block."""
    tree = file.once(tree_of)
    if tree.source.broken:
        return
    top = [call for call in calls(tree.source.statements) if call.name == "pipeline"]
    for statement in tree.source.statements:
        if getattr(statement, "name", "") == "pipeline" and is_bare(statement):
            yield tree.finding(statement, "'pipeline' needs a block: pipeline { … }", ID)
    blocks = [call for call in top if call.closure]
    for call in blocks[1:]:
        line = tree.mark(blocks[0]).line
        message = f"only one pipeline can run in a build; the first is on line {line}"
        yield tree.finding(call, message, ID)
    if not top:
        for call in nested(tree):
            message = "'pipeline' must stand at the top of the file, not inside another block"
            yield tree.finding(call, message, ID)


def is_bare(statement: Statement) -> bool:
    """Tell whether a statement is a word or a call without a block."""
    return isinstance(statement, Name) or (isinstance(statement, Call) and statement.closure is None)


def nested(tree: Jenkinsfile) -> Iterator[Call]:
    """Yield the pipelines inside other blocks."""
    left = list(reversed(list(calls(tree.source.statements))))
    while left:
        call = left.pop()
        for inner in calls(block(call)):
            if inner.name == "pipeline" and inner.closure and not inner.plain:
                yield inner
            left.append(inner)
