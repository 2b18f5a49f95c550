"""Names are unique among their neighbours: stages, post conditions, options, triggers, parameters, variables,
tools, axes and their values, branches, named arguments.

Jenkins refuses most duplicates. Of two parameters or tools of one name it silently keeps the last, which is
reported as a warning.

Bad:

```groovy
stages {
    stage('test') {
        steps {
            sh 'make test'
        }
    }
    stage('test') {
        steps {
            sh 'make lint'
        }
    }
}
```

Good:

```groovy
stages {
    stage('unit tests') {
        steps {
            sh 'make test'
        }
    }
    stage('lint') {
        steps {
            sh 'make lint'
        }
    }
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Argument, Call, Node, text_of, walk
from mlci.vendors.jenkins.syntax.model import Axis, Jenkinsfile, Matrix, Pipeline, Stage
from mlci.yaml.source import SourceFile

ID = "jenkins-duplicate-name"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            yield from check_holder(tree, holder)
        yield from check_arguments(tree, pipeline.call)


def check_holder(tree: Jenkinsfile, holder: Pipeline | Stage | Matrix) -> Iterator[Finding]:
    """Yield the duplicates of one pipeline, stage or matrix."""
    groups = [("stage", holder.stages)]
    if isinstance(holder, Stage):
        groups.append(("stage", holder.parallel))
    for what, stages in groups:
        yield from repeated(tree, what, ((one.name, one.call) for one in stages))
    yield from repeated(tree, "condition", ((one.condition, one.call) for one in holder.post))
    yield from repeated(tree, "option", ((one.name, one.call) for one in holder.options))
    yield from repeated(tree, "variable", ((one.name, one.node) for one in holder.environment))
    yield from repeated(tree, "tool", ((one.name, one.call) for one in holder.tools), "warning")
    if isinstance(holder, Pipeline):
        yield from repeated(tree, "trigger", ((one.name, one.call) for one in holder.triggers))
        named = ((one.text("name", None), one.call) for one in holder.parameters)
        yield from repeated(tree, "parameter", named, "warning")
    if isinstance(holder, Matrix):
        yield from check_axes(tree, holder.axes)
        for exclude in holder.excludes:
            yield from check_axes(tree, exclude)


def check_axes(tree: Jenkinsfile, axes: tuple[Axis, ...]) -> Iterator[Finding]:
    yield from repeated(tree, "axis", ((one.name, one.call) for one in axes))
    for axis in axes:
        yield from repeated(tree, "value", ((text_of(value), value) for value in axis.values))


def check_arguments(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    """Yield the named arguments that a call anywhere in the pipeline is given twice."""
    for node in walk(call):
        if isinstance(node, Call):
            named = (
                (one.key, one) for one in node.arguments if one.key != "*" and "${" not in (one.key or "")
            )
            what = "branch" if node.name == "parallel" else "argument"
            yield from repeated(tree, what, named)


def repeated(
    tree: Jenkinsfile, what: str, named: Iterable[tuple[str | None, Node]], severity: Severity = "error"
) -> Iterator[Finding]:
    """Yield every node whose name one before it has."""
    seen: dict[str, Node] = {}
    for name, node in named:
        if not name:
            continue
        if name not in seen:
            seen[name] = node
            continue
        line = tree.mark(seen[name]).line
        mark = (
            tree.source.mark(node.key_start, node.value.start)
            if isinstance(node, Argument)
            else tree.mark(node)
        )
        yield Finding(mark, f"duplicate {what} '{name}', first on line {line}", ID, severity)
