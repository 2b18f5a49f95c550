"""Parallel stages and matrices do not nest, and the stage that holds them has no agent or tools.

A stage inside `parallel` or `matrix`, however deep, cannot have a `parallel` or `matrix` of its own. The
stage around them only holds them, so an agent or tools there would have nothing to act on: each stage
inside says where it runs.

Bad:

```groovy
stage('test') {
    agent any
    parallel {
        stage('unit') {
            steps {
                sh 'make test'
            }
        }
    }
}
```

Good:

```groovy
stage('test') {
    parallel {
        stage('unit') {
            agent any
            steps {
                sh 'make test'
            }
        }
    }
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#parallel
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Literal
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, Stage
from mlci.yaml.source import SourceFile

ID = "jenkins-nesting"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every stage that nests what does not nest, and every misplaced agent, tools or failFast."""
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        left = [(stage, False) for stage in reversed(pipeline.stages)]
        while left:
            stage, inside = left.pop()
            yield from check_stage(tree, stage, inside)
            split = bool(stage.section("parallel") or stage.section("matrix"))
            left.extend((one, inside or split) for one in reversed(stage.inner()))


def check_stage(tree: Jenkinsfile, stage: Stage, inside: bool) -> Iterator[Finding]:
    """Yield what is wrong with one stage."""
    yield from check_fail_fast(tree, stage)
    split = stage.section("parallel") or stage.section("matrix")
    if split is None:
        if inside and len(stage.steps) == 1 and stage.steps[0].name == "parallel":
            message = "the step 'parallel' cannot stand inside parallel or matrix stages"
            yield tree.finding(stage.steps[0].call, message, ID, help="use 'script { parallel(…) }'")
        return
    if inside:
        message = f"'{split.name}' cannot be nested inside the stages of another parallel or matrix"
        yield tree.finding(split, message, ID)
        return
    for name in ("agent", "tools"):
        if section := stage.section(name):
            message = f"'{name}' is not allowed in a stage with '{split.name}'"
            yield tree.finding(section, message, ID, help=f"put it into the stages of '{split.name}'")


def check_fail_fast(tree: Jenkinsfile, stage: Stage) -> Iterator[Finding]:
    """Yield a failFast that is no plain true or false, or has nothing to fail."""
    call = stage.section("failFast")
    if call is None:
        return
    value = call.arguments[0].value if len(call.arguments) == 1 else None
    if not (isinstance(value, Literal) and isinstance(value.value, bool)):
        yield tree.finding(call, "'failFast' takes true or false", ID)
    elif not (stage.section("parallel") or stage.section("matrix")):
        message = "'failFast' does nothing in a stage without 'parallel' or 'matrix'"
        yield tree.finding(call, message, ID, "warning")
