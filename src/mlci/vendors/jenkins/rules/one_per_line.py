"""In a declarative block each statement stands on its own line.

Groovy reads `axis { … } axis { … }` as one chained call, `axis(…).axis(…)`, so the first is lost and
Jenkins reports something else entirely. Two settings on one line, `name 'OS' values 'linux'`, go the same
way.

Bad:

```groovy
matrix {
    axes {
        axis {
            name 'OS' values 'linux'
        }
    }
    stages {
        stage('test') {
            steps {
                sh 'make test'
            }
        }
    }
}
```

Good:

```groovy
matrix {
    axes {
        axis {
            name 'OS'
            values 'linux'
        }
    }
    stages {
        stage('test') {
            steps {
                sh 'make test'
            }
        }
    }
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#declarative-pipeline
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.layout import declarative_blocks, sharing
from mlci.yaml.source import SourceFile

ID = "jenkins-one-per-line"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for call, body in declarative_blocks(tree):
        for _, start, word in sharing(tree, body):
            mark = tree.source.mark(start, start + len(word))
            message = f"'{word}' cannot follow another statement of '{call.name}' on the same line"
            yield Finding(mark, message, ID, "error", "put each statement on its own line")
