"""`stages` and `parallel` hold stages and nothing else; a stage has a name and a block.

Bad:

```groovy
stages {
    stage {
        steps {
            sh 'make'
        }
    }
    stage "test" {
        steps {
            sh 'make test'
        }
    }
}
```

Good:

```groovy
stages {
    stage('build') {
        steps {
            sh 'make'
        }
    }
    stage('test') {
        steps {
            sh 'make test'
        }
    }
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#stage
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Broken, Call, Literal, Name, Statement
from mlci.vendors.jenkins.syntax.layout import described, linked
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, block
from mlci.yaml.source import SourceFile

ID = "jenkins-stage"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            for name in ("stages", "parallel"):
                for statement in block(holder.section(name)):
                    yield from check_statement(tree, name, statement)


def check_statement(tree: Jenkinsfile, where: str, statement: Statement) -> Iterator[Finding]:
    """Yield what is wrong with one statement of a `stages` or `parallel` block."""
    if isinstance(statement, Broken) or (isinstance(statement, Call) and linked(tree, statement)):
        return
    if not isinstance(statement, Call) or statement.target is not None or statement.name != "stage":
        message = f"'{where}' holds only stages, not {described(tree, statement)}"
        yield tree.finding(statement, message, ID, help="wrap it: stage('…') { steps { … } }")
    elif not statement.plain:
        yield from without_name(tree, statement)
    elif len(statement.plain) > 1 or statement.plain[0].key is not None:
        yield tree.finding(statement, "a stage has one argument, its name, and then its block", ID)
    else:
        yield from check_name(tree, statement)


def without_name(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    """Report a stage without a name, or with nothing at all."""
    yield tree.finding(call, "the stage has no name", ID, help="write stage('name') { … }")


def check_name(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    name = call.plain[0].value
    if isinstance(name, Call) and name.closure:
        message = "Groovy gives this block to the name, not to the stage"
        yield tree.finding(name, message, ID, help="put the name in parentheses: stage('name') { … }")
    elif not (isinstance(name, Name) or (isinstance(name, Literal) and isinstance(name.value, str))):
        message = f"a stage's name must be a plain string, not '{tree.text(name)}'"
        yield tree.finding(name, message, ID, help="it cannot depend on the run")
    elif call.closure is None:
        yield tree.finding(call, "the stage has no block", ID, help="write stage('name') { … }")
