"""A when block holds conditions Jenkins knows, with the arguments they take.

`allOf`, `anyOf` and `not` hold other conditions and take no arguments; `not` holds exactly one.
`expression` holds Groovy. A bare comparison is no condition.

Bad:

```groovy
when {
    branch == 'main'
    not {
        changeRequest()
        tag 'v*'
    }
    environment name: 'DEPLOY'
}
```

Good:

```groovy
when {
    branch 'main'
    not {
        anyOf {
            changeRequest()
            tag 'v*'
        }
    }
    environment name: 'DEPLOY', value: 'true'
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#when
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.arguments import check_call
from mlci.vendors.jenkins.syntax.groovy.tree import Broken, Call, Literal, Statement, text_of
from mlci.vendors.jenkins.syntax.layout import described, linked, tidy
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, block, find_argument
from mlci.vendors.jenkins.syntax.reader import BEFORE
from mlci.vendors.jenkins.syntax.signatures import COMPARATORS, CONDITIONS, NESTING
from mlci.yaml.source import SourceFile

ID = "jenkins-when"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)
KNOWN = (*CONDITIONS, *NESTING, "expression")


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield what is wrong with the conditions of each stage."""
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            left = list(reversed(block(holder.section("when"))))
            while left:
                statement = left.pop()
                yield from check_statement(tree, statement)
                if isinstance(statement, Call) and statement.name in NESTING:
                    left.extend(reversed(block(statement)))


def check_statement(tree: Jenkinsfile, statement: Statement) -> Iterator[Finding]:
    """Yield what is wrong with one statement of a when block."""
    if isinstance(statement, Broken) or (isinstance(statement, Call) and linked(tree, statement)):
        return
    if not isinstance(statement, Call) or statement.target is not None:
        message = f"{described(tree, statement)} is no condition"
        yield tree.finding(statement, message, ID, help="put Groovy inside expression { … }")
    elif statement.name in BEFORE:
        yield from check_flag(tree, statement)
    elif statement.name in NESTING:
        yield from check_nesting(tree, statement)
    elif statement.name == "expression":
        if statement.closure is None or statement.plain:
            yield tree.finding(statement, "'expression' takes a block and nothing else", ID)
    elif statement.name not in CONDITIONS:
        help = suggest(statement.name, KNOWN) or f"the conditions are {', '.join(sorted(KNOWN))}"
        yield tree.finding(statement, f"unknown condition '{statement.name}' in 'when'", ID, help=help)
    else:
        yield from check_condition(tree, statement)


def check_flag(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    """Yield a beforeAgent and the like that is no plain true or false."""
    value = call.arguments[0].value if len(call.arguments) == 1 else None
    if not (isinstance(value, Literal) and isinstance(value.value, bool)):
        yield tree.finding(call, f"'{call.name}' takes true or false", ID)


def check_nesting(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    """Yield what is wrong with a condition that holds others."""
    inside = block(call)
    wanted = NESTING[call.name]
    if call.plain or call.closure is None:
        message = f"'{call.name}' takes conditions in a block, and no arguments"
        yield tree.finding(call, message, ID, help=f"write {call.name} {{ … }}")
    elif not tidy(tree, inside):
        return
    elif wanted is not None and len(inside) != wanted:
        message = f"'{call.name}' holds exactly one condition, not {len(inside)}"
        yield tree.finding(call, message, ID, help="join several with allOf { … } or anyOf { … }")
    elif not inside:
        yield tree.finding(call, f"'{call.name}' is empty; it needs a condition", ID)


def check_condition(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    if call.closure is not None:
        yield tree.finding(
            call, f"the condition '{call.name}' holds no others", ID, help="it takes arguments only"
        )
        return
    found = list(check_call(tree, call, CONDITIONS[call.name], ID))
    yield from found
    if not found:
        yield from check_comparator(tree, call)


def check_comparator(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    """Yield an unknown way to compare, and a pattern that is no regular expression."""
    value = find_argument(call.plain, "comparator", None)
    chosen = text_of(value)
    if value is not None and chosen is not None and chosen.upper() not in COMPARATORS.split("|"):
        known = ", ".join(COMPARATORS.split("|"))
        yield tree.finding(value, f"unknown comparator '{chosen}'", ID, help=f"it is one of {known}")
    regular = call.name == "changelog" if chosen is None else chosen.upper() == "REGEXP"
    pattern = find_argument(call.plain, "pattern", 0)
    written = text_of(pattern)
    if pattern is None or written is None or not regular:
        return
    if trouble := regular_trouble(written):
        yield tree.finding(pattern, f"'{written}' is no regular expression: {trouble}", ID)


def regular_trouble(pattern: str) -> str | None:
    """Say what is wrong with a regular expression; None when nothing is, or when only Java could tell."""
    try:
        re.compile(pattern)
    except re.error as error:
        certain = ("unterminated", "missing )", "unbalanced parenthesis", "nothing to repeat")
        return error.msg if error.msg.startswith(certain) else None
    except (RecursionError, OverflowError):
        return None
    return None
