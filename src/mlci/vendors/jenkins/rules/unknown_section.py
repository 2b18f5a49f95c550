"""A pipeline, a stage and a matrix hold only the sections Jenkins knows, each in its place.

Anything else is refused before the build starts: a misspelt section, a step outside `steps`, a section that
belongs to another level, a name that early releases used.

Bad:

```groovy
pipeline {
    agent any
    stage('build') {
        sh 'make'
    }
}
```

Good:

```groovy
pipeline {
    agent any
    stages {
        stage('build') {
            steps {
                sh 'make'
            }
        }
    }
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#declarative-sections
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.grammar import ALL, RENAMED, SECTIONS, WITHOUT_BLOCK
from mlci.vendors.jenkins.syntax.groovy.tree import Broken, Call, Name, Statement
from mlci.vendors.jenkins.syntax.layout import described, linked
from mlci.vendors.jenkins.syntax.model import Jenkinsfile
from mlci.vendors.jenkins.syntax.signatures import STEPS
from mlci.yaml.source import SourceFile

ID = "jenkins-unknown-section"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every statement that is no section of where it stands, or lacks its block."""
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            for statement in holder.body:
                if isinstance(statement, Broken) or (isinstance(statement, Call) and linked(tree, statement)):
                    continue
                yield from check_section(tree, holder.call.name, statement)


def check_section(tree: Jenkinsfile, where: str, statement: Statement) -> Iterator[Finding]:
    """Yield what is wrong with one statement of a pipeline, stage or matrix."""
    if isinstance(statement, Name) and statement.name in SECTIONS[where]:
        yield tree.finding(statement, f"'{statement.name}' has nothing behind it", ID)
    elif not isinstance(statement, Call) or statement.target is not None:
        message = f"{described(tree, statement)} is no section of a {where}"
        yield tree.finding(statement, message, ID, help=expected(where))
    elif statement.name not in SECTIONS[where]:
        message, help = misplaced(where, statement.name)
        yield tree.finding(statement, message, ID, help=help)
    elif statement.name not in WITHOUT_BLOCK and statement.closure is None:
        message = f"'{statement.name}' needs a block: {statement.name} {{ … }}"
        yield tree.finding(statement, message, ID)


def misplaced(where: str, name: str) -> tuple[str, str | None]:
    """Say why a section cannot stand here, and what to do about it."""
    if name in RENAMED and where == "pipeline":
        return f"the section '{name}' no longer exists", f"use '{RENAMED[name]}'"
    if name == "stage":
        return f"'stage' cannot stand directly in a {where}", "put it inside 'stages { … }'"
    if name in ALL:
        places = " or ".join(place for place, allowed in SECTIONS.items() if name in allowed)
        return f"'{name}' is no section of a {where}", f"it belongs in a {places}"
    if name in STEPS and where == "stage":
        return f"the step '{name}' cannot stand directly in a stage", "put it inside 'steps { … }'"
    return f"unknown section '{name}' in a {where}", suggest(name, SECTIONS[where]) or expected(where)


def expected(where: str) -> str:
    return f"a {where} has {', '.join(sorted(SECTIONS[where]))}"
