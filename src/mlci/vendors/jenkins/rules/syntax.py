"""A Jenkinsfile must be Groovy: every bracket, string and comment ends, and strings hold known escapes.

Jenkins compiles the file before it runs anything, so a missing brace fails the build at once, with the
Groovy compiler's place of trouble: often the end of the file. This rule says which bracket was left open,
and where.

Bad:

```groovy
pipeline {
    agent any
    stages {
        stage('build') {
            steps {
                sh "awk '{print $1}' log"
        }
    }
}
```

Good:

```groovy
pipeline {
    agent any
    stages {
        stage('build') {
            steps {
                sh 'awk "{print \\$1}" log'
            }
        }
    }
}
```

Reference: https://groovy-lang.org/syntax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import (
    Assign,
    Broken,
    Closure,
    Control,
    Declare,
    Labelled,
    Method,
)
from mlci.vendors.jenkins.syntax.layout import declarative_blocks, glued, sharing
from mlci.vendors.jenkins.syntax.model import Jenkinsfile
from mlci.yaml.source import SourceFile

ID = "jenkins-syntax"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for problem in tree.source.problems:
        mark = tree.source.mark(problem.start, problem.end)
        yield Finding(mark, problem.message, ID, "error", problem.help)
    if not tree.source.broken:
        yield from check_rubble(tree)
        yield from check_blocks(tree)


def check_rubble(tree: Jenkinsfile) -> Iterator[Finding]:
    """Yield what is no Groovy although its brackets match, unless another rule says it better."""
    known = {start for _, body in declarative_blocks(tree) for _, start, _ in sharing(tree, body)}
    known |= {rest.start for rest in glued(tree)}
    for node in tree.nodes:
        if not isinstance(node, Broken) or node.start in known:
            continue
        if node.start < node.end:
            yield tree.finding(node, f"'{tree.text(node)}' cannot be read as Groovy here", ID)
        else:
            mark = tree.source.mark(max(0, node.start - 1), node.start)
            yield Finding(mark, "a value is missing here", ID)


def check_blocks(tree: Jenkinsfile) -> Iterator[Finding]:
    """Yield blocks that belong to nothing, unless they stand where other rules look."""
    seen = {one.start for _, body in declarative_blocks(tree) for one in body}
    inside = (node.body for node in tree.nodes if isinstance(node, (Closure, Control, Method)))
    for body in (tree.source.statements, *inside):
        for before, one in zip((None, *body), body, strict=False):
            alone = isinstance(one, Closure) and not one.has_parameters and one.start not in seen
            if alone and not isinstance(before, (Assign, Declare, Labelled)):
                mark = tree.source.mark(one.start, one.start + 1)
                yield Finding(mark, "a block cannot stand alone; what it belongs to is missing", ID)
