"""A matrix's axes are named like environment variables and list literal strings.

Jenkins lays out the cells before the run, so neither name nor values can depend on it. An axis has exactly
`name` and `values`; in an exclude it may have `notValues` instead, and names an axis of the matrix.

Bad:

```groovy
axes {
    axis {
        name 'python-version'
        values "${params.PYTHON}", ['3.11']
    }
}
```

Good:

```groovy
axes {
    axis {
        name 'PYTHON_VERSION'
        values '3.11', '3.12'
    }
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#declarative-matrix
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.jenkins.rules.environment import NAME
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Broken, Call, Literal, Node, Statement, text_of
from mlci.vendors.jenkins.syntax.layout import described, linked, tidy
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, Matrix, block
from mlci.vendors.jenkins.syntax.reader import calls
from mlci.yaml.source import SourceFile

ID = "jenkins-axis"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            if isinstance(holder, Matrix):
                yield from check_list(tree, holder.section("axes"), "axis")
                yield from check_list(tree, holder.section("excludes"), "exclude")
                yield from check_matrix(tree, holder)


def check_list(tree: Jenkinsfile, call: Call | None, wanted: str) -> Iterator[Finding]:
    for statement in block(call):
        if isinstance(statement, Broken) or (isinstance(statement, Call) and linked(tree, statement)):
            continue
        proper = isinstance(statement, Call) and statement.target is None and statement.closure is not None
        if call and not (proper and isinstance(statement, Call) and statement.name == wanted):
            message = f"'{call.name}' holds only '{wanted} {{ … }}', not {described(tree, statement)}"
            yield tree.finding(statement, message, ID)


def check_matrix(tree: Jenkinsfile, matrix: Matrix) -> Iterator[Finding]:
    """Yield what is wrong with each axis of a matrix and of its excludes."""
    names = {axis.name for axis in matrix.axes if axis.name}
    for axis in matrix.axes:
        yield from check_axis(tree, axis.call, ("name", "values"))
    for exclude in calls(block(matrix.section("excludes"))):
        if exclude.name != "exclude":
            continue
        yield from check_list(tree, exclude, "axis")
        for call in calls(block(exclude)):
            yield from check_axis(tree, call, ("name", "values", "notValues"))
    for excluded in matrix.excludes:
        for axis in excluded:
            if axis.name and names and axis.name not in names:
                message = f"the matrix has no axis '{axis.name}' to exclude"
                yield tree.finding(axis.call, message, ID, "warning", suggest(axis.name, names))


def check_axis(tree: Jenkinsfile, call: Call, allowed: tuple[str, ...]) -> Iterator[Finding]:
    """Yield what is wrong with one axis."""
    body = block(call)
    if call.name != "axis" or not tidy(tree, body):
        return
    for statement in body:
        yield from check_setting(tree, statement, allowed)
    given = [statement.name for statement in body if isinstance(statement, Call)]
    lists = [name for name in given if name in ("values", "notValues")]
    if "name" not in given:
        yield tree.finding(call, "the axis lacks its required 'name'", ID)
    if not lists:
        needed = " or ".join(f"'{name}'" for name in allowed[1:])
        yield tree.finding(call, f"the axis lacks its required {needed}", ID)
    elif len(set(lists)) > 1 and "notValues" in allowed:
        yield tree.finding(call, "the axis has both 'values' and 'notValues'", ID)


def check_setting(tree: Jenkinsfile, statement: Statement, allowed: tuple[str, ...]) -> Iterator[Finding]:
    """Yield what is wrong with the name or the values of an axis."""
    if not isinstance(statement, Call) or statement.target is not None or statement.name not in allowed:
        yield tree.finding(statement, f"{described(tree, statement)} is no setting of an axis", ID)
    elif not statement.arguments:
        yield tree.finding(statement, f"'{statement.name}' has no value", ID)
    elif statement.name == "name":
        yield from check_name(tree, statement)
    else:
        for argument in statement.arguments:
            yield from check_literal(tree, argument.value)


def check_name(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    """Yield a name that is no name for an environment variable."""
    value = call.arguments[0].value
    name = text_of(value)
    if len(call.arguments) > 1:
        yield tree.finding(call, "an axis has one name", ID)
    elif name is None or not isinstance(value, Literal):
        yield tree.finding(value, f"the name of an axis is a literal string, not '{tree.text(value)}'", ID)
    elif not NAME.match(name):
        message = f"'{name}' is no name for an axis"
        help = "a name has letters, digits and underscores, and does not begin with a digit"
        yield tree.finding(value, message, ID, help=help)


def check_literal(tree: Jenkinsfile, value: Node) -> Iterator[Finding]:
    """Yield a value that only the run can tell."""
    if isinstance(value, Literal) and value.value is not None:
        return
    message = f"an axis takes literal strings, not '{tree.text(value)}'"
    yield tree.finding(value, message, ID, help="the cells are laid out before the run")
