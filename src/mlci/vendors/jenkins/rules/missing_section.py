"""A pipeline needs an agent and stages; a matrix needs axes and stages.

Jenkins refuses the file when one is missing. `agent none` is an agent too: it says that each stage brings
its own.

Bad:

```groovy
pipeline {
    stages {
        stage('build') {
            steps {
                sh 'make'
            }
        }
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

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#agent
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.grammar import REQUIRED
from mlci.vendors.jenkins.syntax.layout import tidy
from mlci.vendors.jenkins.syntax.model import Jenkinsfile
from mlci.yaml.source import SourceFile

ID = "jenkins-missing-section"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)
HELP = {
    "agent": "add 'agent any', or 'agent none' when every stage has its own",
    "stages": "add 'stages { stage('…') { steps { … } } }'",
    "axes": "add 'axes { axis { name '…'; values '…' } }' with each setting on its own line",
}


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            if not tidy(tree, holder.body):
                continue
            where = holder.call.name
            for name in REQUIRED[where]:
                if not holder.section(name) and not written(tree, holder.body, name):
                    message = f"the {where} lacks its required section '{name}'"
                    yield tree.finding(holder.call, message, ID, help=HELP[name])


def written(tree: Jenkinsfile, body: tuple[object, ...], name: str) -> bool:
    """Tell whether the section's bare name stands there, which is another rule's to report."""
    return any(getattr(statement, "name", None) == name for statement in body)
