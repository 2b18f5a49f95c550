"""A shared library is loaded at a version that does not move.

Library code runs with the build's credentials, trusted code even outside the sandbox. `@main`, or no
version where Jenkins' default is a branch, runs whatever was pushed last.

Bad:

```groovy
@Library('deploy@main') _
```

Good:

```groovy
@Library('deploy@v1.4.2') _
```

Reference: https://www.jenkins.io/doc/book/pipeline/shared-libraries/#library-versions
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Annotation, Call, Expression, text_of
from mlci.vendors.jenkins.syntax.model import Jenkinsfile
from mlci.vendors.jenkins.syntax.reader import values
from mlci.yaml.source import SourceFile

ID = "jenkins-unpinned-library"
SEVERITY: Severity = "warning"
KINDS = ("jenkinsfile",)
BRANCHES = frozenset({"main", "master", "trunk", "develop", "dev", "head", "latest"})


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every library loaded at a branch."""
    tree = file.once(tree_of)
    for node in tree.nodes:
        if isinstance(node, Annotation) and node.name == "Library":
            for argument in node.arguments:
                for value in values(argument.value):
                    yield from check_library(tree, value)
        elif (
            isinstance(node, Call)
            and node.target is None
            and node.name in ("library", "lib")
            and node.arguments
        ):
            yield from check_library(tree, node.arguments[0].value)


def check_library(tree: Jenkinsfile, value: Expression) -> Iterator[Finding]:
    name, _, version = (text_of(value) or "").partition("@")
    if version.lower() in BRANCHES:
        message = f"the library '{name}' is loaded from the branch '{version}', which moves"
        yield tree.finding(value, message, ID, SEVERITY, "name a tag or a commit")
