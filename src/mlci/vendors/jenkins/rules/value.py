"""Values outside script blocks are ones that Jenkins can hold: no bare `${…}`, no number beyond 64 bits.

`${name}` has its meaning only inside double quotes; elsewhere Groovy takes it for a call of something
named `$`.

Bad:

```groovy
steps {
    sh ${COMMAND}
    sleep 9223372036854775808
}
```

Good:

```groovy
steps {
    sh "${COMMAND}"
    sleep 60
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#string-interpolation
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Call, Closure, Literal, Node, Statement, children
from mlci.vendors.jenkins.syntax.layout import declarative_blocks
from mlci.vendors.jenkins.syntax.model import Jenkinsfile
from mlci.yaml.source import SourceFile

ID = "jenkins-value"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)
LONG_MAX = 2**63 - 1


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every value that Jenkins cannot hold."""
    tree = file.once(tree_of)
    for call, body in declarative_blocks(tree):
        if call.name != "environment":
            for statement in body:
                yield from check_statement(tree, statement)


def check_statement(tree: Jenkinsfile, statement: Statement) -> Iterator[Finding]:
    """Yield what is wrong with the values of one statement, leaving blocks aside."""
    left: list[Node] = [statement]
    while left:
        node = left.pop()
        if isinstance(node, Call) and node.target is None and node.name == "$" and node.closure:
            yield tree.finding(
                node, "'${…}' has a meaning only inside double quotes", ID, help='write "${…}"'
            )
        elif isinstance(node, Literal) and type(node.value) is int and node.value > LONG_MAX:
            yield tree.finding(node, f"the number {node.raw} is too large; the largest is {LONG_MAX}", ID)
        elif not isinstance(node, Closure):
            left.extend(children(node))
