"""An environment is a list of `NAME = value` with shell names and simple values.

Jenkins takes a quoted string, a number, strings joined with `+`, or one function call such as
`credentials('id')`. A bare variable, a property or a conditional is refused; inside a double-quoted string
any of them may stand.

Bad:

```groovy
environment {
    1ST = 'a'
    BRANCH = env.BRANCH_NAME
    LEVEL = params.DEBUG ? 'debug' : 'info'
}
```

Good:

```groovy
environment {
    FIRST = 'a'
    BRANCH = "${env.BRANCH_NAME}"
    LEVEL = "${params.DEBUG ? 'debug' : 'info'}"
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#environment
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import (
    Assign,
    Broken,
    Call,
    Chain,
    Closure,
    Labelled,
    Literal,
    Name,
    Statement,
    Template,
)
from mlci.vendors.jenkins.syntax.layout import described
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, block
from mlci.yaml.source import SourceFile

ID = "jenkins-environment"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
NAME_HELP = "a name has letters, digits and underscores, and does not begin with a digit"
IN_STRING = 'put it in a string: "${…}"'


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield what is wrong with each variable."""
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            body = block(holder.section("environment"))
            labelled: Statement | None = None
            for statement, following in zip_longest(body, body[1:]):
                if isinstance(statement, Labelled):
                    labelled = following
                if isinstance(statement, Broken) or (labelled is statement and labelled is not None):
                    continue
                if isinstance(following, Broken) and following.start == statement.end:
                    yield from check_name(tree, statement.start, following)
                else:
                    yield from check_statement(tree, statement)


def check_name(tree: Jenkinsfile, start: int, rest: Broken) -> Iterator[Finding]:
    """Report a name that Groovy reads as two words, such as 1ST."""
    written = tree.source.text[start : rest.end].partition("=")[0].strip()
    mark = tree.source.mark(start, start + len(written))
    yield Finding(mark, f"'{written}' is no name for an environment variable", ID, "error", NAME_HELP)


def check_statement(tree: Jenkinsfile, statement: Statement) -> Iterator[Finding]:
    if not isinstance(statement, Assign) or statement.operator != "=":
        message = f"{described(tree, statement)} is no NAME = value"
        yield tree.finding(statement, message, ID, help="write NAME = 'value'")
        return
    target = statement.target
    if not isinstance(target, Name) or not NAME.match(target.name):
        message = f"'{tree.text(target)}' is no name for an environment variable"
        yield tree.finding(target, message, ID, help=NAME_HELP)
    yield from check_value(tree, statement.value)


def check_value(tree: Jenkinsfile, value: Statement) -> Iterator[Finding]:
    """Yield what is wrong with a variable's value."""
    if isinstance(value, (Literal, Template)):
        return
    if isinstance(value, Call):
        yield from check_function(tree, value)
    elif isinstance(value, Chain):
        yield from check_joined(tree, value)
    else:
        message = f"the value '{tree.text(value)}' must be a quoted string or a function call"
        yield tree.finding(value, message, ID, help=IN_STRING)


def check_function(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    """Yield a `${…}` outside a string, and credentials whose id is no string."""
    if call.name == "$":
        yield tree.finding(call, "'${…}' has a meaning only inside double quotes", ID, help=IN_STRING)
    elif call.target is None and call.name == "credentials":
        for argument in call.arguments:
            if not isinstance(argument.value, (Literal, Template)) or argument.key is not None:
                yield tree.finding(
                    argument.value, "the id of credentials must be a quoted string", ID, help=IN_STRING
                )
    elif isinstance(call.closure, Closure) and call.target is None:
        yield tree.finding(
            call, f"the value '{call.name} {{…}}' must be a quoted string or a function call", ID
        )


def check_joined(tree: Jenkinsfile, chain: Chain) -> Iterator[Finding]:
    """Yield operators other than `+`, and joined parts that are no strings."""
    if set(chain.operators) != {"+"}:
        odd = next(operator for operator in chain.operators if operator != "+")
        message = f"values can only be joined with '+', not '{odd}'"
        yield tree.finding(chain, message, ID, help='put the whole expression in a string: "${…}"')
        return
    for operand in chain.operands:
        if not isinstance(operand, (Literal, Template)):
            message = f"'{tree.text(operand)}' cannot be joined to a value; only quoted strings can"
            yield tree.finding(operand, message, ID, help=IN_STRING)
