"""An input block has a message, and its settings are each one `key value`.

Bad:

```groovy
input {
    ok 'Deploy'
    users 'alice'
}
```

Good:

```groovy
input {
    message 'Deploy to production?'
    ok 'Deploy'
    submitter 'alice'
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#input
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Broken, Call, Closure, Statement
from mlci.vendors.jenkins.syntax.layout import described, linked, tidy
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, block
from mlci.vendors.jenkins.syntax.signatures import INPUT
from mlci.yaml.source import SourceFile

ID = "jenkins-input"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            call = holder.section("input")
            if call is not None and call.closure is not None:
                yield from check_input(tree, call)


def check_input(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    body = block(call)
    for statement in body:
        yield from check_setting(tree, statement)
    names = {statement.name for statement in body if isinstance(statement, Call)}
    if "message" not in names and tidy(tree, body):
        yield tree.finding(call, "the input lacks its required 'message'", ID, help="add message '…?'")


def check_setting(tree: Jenkinsfile, statement: Statement) -> Iterator[Finding]:
    if isinstance(statement, Broken) or (isinstance(statement, Call) and linked(tree, statement)):
        return
    if not isinstance(statement, Call) or statement.target is not None:
        yield tree.finding(statement, f"{described(tree, statement)} is no setting of 'input'", ID)
    elif statement.name not in INPUT.parameters:
        help = suggest(statement.name, INPUT.parameters) or f"it takes {', '.join(INPUT.parameters)}"
        yield tree.finding(statement, f"'input' has no setting '{statement.name}'", ID, help=help)
    elif len(statement.arguments) != 1:
        yield tree.finding(statement, f"'{statement.name}' takes exactly one value", ID)
    elif isinstance(statement.arguments[0].value, Closure) != (statement.name == "parameters"):
        needs = "a block" if statement.name == "parameters" else "a value, not a block"
        yield tree.finding(statement, f"'{statement.name}' takes {needs}", ID)
