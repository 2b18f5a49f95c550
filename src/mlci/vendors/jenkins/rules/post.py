"""A post block holds conditions with steps in them: always, success, failure and the others Jenkins knows.

Bad:

```groovy
post {
    echo 'done'
    sucess {
        echo 'well'
    }
}
```

Good:

```groovy
post {
    always {
        echo 'done'
    }
    success {
        echo 'well'
    }
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#post
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.grammar import POST_CONDITIONS
from mlci.vendors.jenkins.syntax.groovy.tree import Broken, Call, Statement
from mlci.vendors.jenkins.syntax.layout import described, linked
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, Post, block
from mlci.yaml.source import SourceFile

ID = "jenkins-post"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            for statement in block(holder.section("post")):
                yield from check_statement(tree, statement)
            for post in holder.post:
                yield from check_nested(tree, post)


def check_statement(tree: Jenkinsfile, statement: Statement) -> Iterator[Finding]:
    if isinstance(statement, Broken) or (isinstance(statement, Call) and linked(tree, statement)):
        return
    known = ", ".join(POST_CONDITIONS)
    if not isinstance(statement, Call) or statement.target is not None or statement.closure is None:
        message = f"{described(tree, statement)} is no condition with a block"
        yield tree.finding(statement, message, ID, help=f"put steps inside one of {known}")
    elif statement.name not in POST_CONDITIONS:
        help = suggest(statement.name, POST_CONDITIONS) or f"the conditions are {known}"
        yield tree.finding(statement, f"unknown condition '{statement.name}' in 'post'", ID, help=help)
    elif statement.plain:
        yield tree.finding(statement, f"the condition '{statement.name}' takes no arguments", ID)


def check_nested(tree: Jenkinsfile, post: Post) -> Iterator[Finding]:
    """Yield conditions that stand inside another, where Jenkins takes them for steps."""
    for step in post.steps:
        if step.name in POST_CONDITIONS and step.call.closure:
            message = f"'{step.name}' stands inside '{post.condition}', where it is no condition"
            yield tree.finding(step.call, message, ID, help="close the block before it")
