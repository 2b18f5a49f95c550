"""A step that needs a machine runs in a stage that has one.

Under `agent none` each stage brings its own agent; without one, `sh` and its like fail when they run.

Bad:

```groovy
pipeline {
    agent none
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
    agent none
    stages {
        stage('build') {
            agent { label 'linux' }
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
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, Matrix, Stage, Step
from mlci.yaml.source import SourceFile

ID = "jenkins-no-agent"
SEVERITY: Severity = "warning"
KINDS = ("jenkinsfile",)
NEED_A_MACHINE = frozenset(
    {"sh", "bat", "powershell", "pwsh", "checkout", "git", "stash", "unstash", "archiveArtifacts"}
)
GIVE_A_MACHINE = frozenset({"node", "podTemplate", "dockerNode", "script", "container"})


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield each stage under `agent none` whose steps need an agent it does not have."""
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        if pipeline.agent is None or pipeline.agent.kind != "none":
            continue
        left: list[Stage | Matrix] = list(reversed(pipeline.stages))
        while left:
            holder = left.pop()
            if holder.agent is not None and holder.agent.kind != "none":
                continue
            if isinstance(holder, Stage):
                yield from check_steps(tree, holder)
                left.extend(reversed((*holder.stages, *holder.parallel)))
                if holder.matrix:
                    left.append(holder.matrix)
            else:
                left.extend(reversed(holder.stages))


def check_steps(tree: Jenkinsfile, stage: Stage) -> Iterator[Finding]:
    left: list[Step] = list(reversed(stage.steps))
    while left:
        step = left.pop()
        if step.name in NEED_A_MACHINE:
            message = f"'{step.name}' needs an agent, and neither the stage nor the pipeline has one"
            yield tree.finding(step.call, message, ID, SEVERITY, "give the stage an agent")
            return
        if step.name not in GIVE_A_MACHINE:
            left.extend(reversed(step.steps))
