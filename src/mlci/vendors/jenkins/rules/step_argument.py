"""Jenkins' own steps are given the arguments they take, with values of the right type.

Jenkins checks a declarative pipeline's steps before it runs them: an unknown or missing argument, a string
where a number belongs, several unnamed arguments. Steps of plugins and shared libraries are left alone.

Bad:

```groovy
steps {
    timeout(5, 'MINUTES') {
        sh command: 'make'
    }
    sleep '10'
}
```

Good:

```groovy
steps {
    timeout(time: 5, unit: 'MINUTES') {
        sh script: 'make'
    }
    sleep 10
}
```

Reference: https://www.jenkins.io/doc/pipeline/steps/
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.arguments import check_call
from mlci.vendors.jenkins.syntax.model import Step
from mlci.vendors.jenkins.syntax.signatures import STEPS
from mlci.yaml.source import SourceFile

ID = "jenkins-step-argument"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield what is wrong with the arguments of each known step outside script blocks."""
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            left: list[Step] = [
                *getattr(holder, "steps", ()),
                *(one for post in holder.post for one in post.steps),
            ]
            while left:
                step = left.pop()
                if step.name in STEPS and step.call.name == step.name:
                    yield from check_call(tree, step.call, STEPS[step.name], ID)
                left.extend(step.steps)
