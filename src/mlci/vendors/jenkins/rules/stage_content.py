"""A stage has exactly one of steps, stages, parallel and matrix.

A stage without any does nothing, and of two Jenkins could not tell which comes first; it refuses both.

Bad:

```groovy
stage('test') {
    steps {
        sh 'make test'
    }
    parallel {
        stage('lint') {
            steps {
                sh 'make lint'
            }
        }
    }
}
```

Good:

```groovy
stage('test') {
    parallel {
        stage('unit') {
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
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#sequential-stages
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.grammar import CONTENT, SECTIONS
from mlci.vendors.jenkins.syntax.layout import tidy
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, Stage
from mlci.yaml.source import SourceFile

ID = "jenkins-stage-content"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for stage in pipeline.all_stages():
            if tidy(tree, stage.body):
                yield from check_stage(tree, stage)


def check_stage(tree: Jenkinsfile, stage: Stage) -> Iterator[Finding]:
    """Yield what is wrong with one stage."""
    found = [call for call in stage.sections() if call.name in CONTENT]
    names = list(dict.fromkeys(call.name for call in found))
    title = f"stage '{stage.name}'" if stage.name else "this stage"
    unknown = [call.name for call in stage.sections() if call.name not in SECTIONS["stage"]]
    if not names and not any(suggest(name, CONTENT) for name in unknown):
        message = f"{title} needs one of {', '.join(CONTENT)}"
        yield tree.finding(stage.call, message, ID)
    elif len(names) > 1:
        second = next(call for call in found if call.name != names[0])
        message = (
            f"{title} has both '{names[0]}' and '{names[1]}'; only one of {', '.join(CONTENT)} is allowed"
        )
        yield tree.finding(second, message, ID)
