"""A tools block lists `tool 'version'`, with the name of the installation as Jenkins' administrators gave it.

Bad:

```groovy
tools {
    maven
    jdk 'temurin-21', 'temurin-17'
}
```

Good:

```groovy
tools {
    maven 'maven-3.9'
    jdk 'temurin-21'
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#tools
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Broken, Call, Closure, Literal, Name, Statement
from mlci.vendors.jenkins.syntax.layout import described, linked
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, block
from mlci.vendors.jenkins.syntax.plugins import TOOL_NAMES
from mlci.yaml.source import SourceFile

ID = "jenkins-tool"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            for statement in block(holder.section("tools")):
                yield from check_statement(tree, statement)


def check_statement(tree: Jenkinsfile, statement: Statement) -> Iterator[Finding]:
    """Yield what is wrong with one statement of a tools block."""
    if isinstance(statement, Broken) or (isinstance(statement, Call) and linked(tree, statement)):
        return
    if isinstance(statement, Name):
        yield tree.finding(statement, f"the tool '{statement.name}' lacks its version", ID)
        return
    if not isinstance(statement, Call) or len(statement.arguments) != 1 or statement.target is not None:
        message = f"{described(tree, statement)} is no tool with one version"
        yield tree.finding(statement, message, ID, help="write maven 'maven-3.9'")
        return
    value = statement.arguments[0]
    if value.key is not None or isinstance(value.value, Closure):
        yield tree.finding(value, f"the version of '{statement.name}' must be a string", ID)
    elif isinstance(value.value, Literal) and not isinstance(value.value.value, str):
        message = f"the version of '{statement.name}' must be a string, not {tree.text(value)}"
        yield tree.finding(value, message, ID)
    if statement.name not in TOOL_NAMES and statement.name.isalpha():
        help = suggest(statement.name, TOOL_NAMES) or "a plugin's tool may go by the full name of its class"
        yield tree.finding(statement, f"unknown tool '{statement.name}'", ID, help=help)
