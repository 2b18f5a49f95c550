"""Inside `steps` and `post` stands one step after another: calls, and no other Groovy.

Variables, conditions, loops and calls on objects go into a `script` block. `stage`, `properties` and, next
to other steps, `parallel` are refused there.

Bad:

```groovy
steps {
    def tag = "v${BUILD_NUMBER}"
    if (isUnix()) {
        sh 'make'
    }
    docker.build('model')
    deleteDir
}
```

Good:

```groovy
steps {
    script {
        def tag = "v${BUILD_NUMBER}"
        if (isUnix()) {
            sh 'make'
        }
        docker.build('model')
    }
    deleteDir()
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#declarative-steps
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Broken, Call, Closure, Literal, Name, Statement
from mlci.vendors.jenkins.syntax.layout import described, linked
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, block
from mlci.vendors.jenkins.syntax.signatures import STEPS
from mlci.yaml.source import SourceFile

ID = "jenkins-step"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)
IN_SCRIPT = "put Groovy inside script { … }"
BLOCKED = {
    "stage": "stages cannot stand among steps",
    "properties": "use the sections options, parameters and triggers",
}


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for body in step_blocks(tree):
        alone = len(body) == 1
        for statement in body:
            yield from check_statement(tree, statement, alone)


def step_blocks(tree: Jenkinsfile) -> Iterator[tuple[Statement, ...]]:
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            yield block(holder.section("steps"))
            for post in holder.post:
                yield block(post.call)


def check_statement(tree: Jenkinsfile, statement: Statement, alone: bool) -> Iterator[Finding]:
    """Yield what is wrong with one statement, and with those in its block."""
    left: list[tuple[Statement, bool]] = [(statement, alone)]
    while left:
        one, single = left.pop()
        if isinstance(one, Broken) or (isinstance(one, Call) and linked(tree, one)):
            continue
        if not isinstance(one, Call) or one.target is not None or not one.name:
            yield from no_step(tree, one)
            continue
        yield from check_step(tree, one, single)
        if one.name not in ("script", "expression"):
            left.extend((inner, False) for inner in reversed(inside(one)))


def inside(call: Call) -> tuple[Statement, ...]:
    """Return the statements of a step's block, or of the branches of a `parallel` step."""
    if call.name != "parallel":
        return block(call)
    bodies = [one.value.body for one in call.arguments if one.key and isinstance(one.value, Closure)]
    return tuple(statement for body in bodies for statement in body)


def no_step(tree: Jenkinsfile, statement: Statement) -> Iterator[Finding]:
    if isinstance(statement, Name):
        help = (
            f"write {statement.name}()"
            if statement.name in STEPS
            else f"write {statement.name}(), or remove it"
        )
        yield tree.finding(statement, f"'{statement.name}' alone is no step", ID, help=help)
    elif isinstance(statement, Call):
        message = f"'{tree.text(statement)}' is a call on an object, which only a script block allows"
        yield tree.finding(statement, message, ID, help=IN_SCRIPT)
    else:
        yield tree.finding(statement, f"{described(tree, statement)} is no step", ID, help=IN_SCRIPT)


def check_step(tree: Jenkinsfile, call: Call, alone: bool) -> Iterator[Finding]:
    """Yield what is wrong with one step, apart from its arguments' names and types."""
    if call.name in BLOCKED:
        yield tree.finding(call, f"the step '{call.name}' is not allowed here", ID, help=BLOCKED[call.name])
    elif call.name == "parallel":
        yield from check_parallel(tree, call, alone)
    elif call.name == "script" and call.closure is None:
        yield tree.finding(call, "'script' needs a block: script { … }", ID)


def check_parallel(tree: Jenkinsfile, call: Call, alone: bool) -> Iterator[Finding]:
    """Yield what is wrong with a `parallel` step."""
    if not alone:
        message = "the step 'parallel' must be the only one of its stage"
        yield tree.finding(call, message, ID, help="use a stage with a 'parallel' section, or a script block")
        return
    if not any(one.key is not None and isinstance(one.value, Closure) for one in call.arguments):
        yield tree.finding(
            call, "'parallel' has no branches", ID, help="write parallel(name: { … }, other: { … })"
        )
    for one in call.arguments:
        if one.key == "failFast":
            if not (isinstance(one.value, Literal) and isinstance(one.value.value, bool)):
                yield tree.finding(one.value, "'failFast' takes true or false", ID)
        elif one.key is not None and not isinstance(one.value, Closure):
            message = f"the branch '{one.key}' is no block; only 'failFast' has another value"
            yield tree.finding(one, message, ID)
