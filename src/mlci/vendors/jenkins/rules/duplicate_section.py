"""A section stands at most once in a pipeline, a stage, a matrix or an input.

Jenkins refuses the second one; it never merges the two.

Bad:

```groovy
pipeline {
    agent any
    environment {
        A = '1'
    }
    environment {
        B = '2'
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

Good:

```groovy
pipeline {
    agent any
    environment {
        A = '1'
        B = '2'
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

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#declarative-sections
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Call, Statement
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, block
from mlci.vendors.jenkins.syntax.reader import calls
from mlci.yaml.source import SourceFile

ID = "jenkins-duplicate-section"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            yield from repeated(tree, holder.call.name, holder.body)
            if holder.input:
                yield from repeated(tree, "input", block(holder.input.call))
            for exclude in calls(block(holder.section("excludes"))):
                yield from axes(tree, exclude)
            if axes_call := holder.section("axes"):
                yield from axes(tree, axes_call)


def axes(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    for axis in calls(block(call)):
        yield from repeated(tree, "axis", block(axis))


def repeated(tree: Jenkinsfile, where: str, body: tuple[Statement, ...]) -> Iterator[Finding]:
    seen: dict[str, Call] = {}
    for call in calls(body):
        if call.name not in seen:
            seen[call.name] = call
            continue
        first = tree.mark(seen[call.name]).line
        yield tree.finding(call, f"'{call.name}' stands twice in this {where}, first on line {first}", ID)
