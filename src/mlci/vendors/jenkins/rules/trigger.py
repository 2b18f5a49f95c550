"""Triggers are calls of known names with the arguments they take.

Jenkins has `cron`, `pollSCM` and `upstream`; plugins add others.

Bad:

```groovy
triggers {
    cron()
    pollScm('H * * * *')
    upstream(projects: 'build')
}
```

Good:

```groovy
triggers {
    cron('H 2 * * *')
    pollSCM('H * * * *')
    upstream(upstreamProjects: 'build')
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#triggers
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.arguments import check_call
from mlci.vendors.jenkins.syntax.entries import check_entries
from mlci.vendors.jenkins.syntax.groovy.tree import Call
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, block
from mlci.vendors.jenkins.syntax.plugins import TRIGGER_NAMES
from mlci.vendors.jenkins.syntax.signatures import TRIGGERS
from mlci.yaml.source import SourceFile

ID = "jenkins-trigger"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for call in check_entries(tree, block(pipeline.section("triggers")), "a trigger", ID):
            if isinstance(call, Finding):
                yield call
            else:
                yield from check_trigger(tree, call)


def check_trigger(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    if call.name not in TRIGGER_NAMES:
        help = suggest(call.name, TRIGGER_NAMES) or "it may belong to a plugin this rule does not know"
        yield tree.finding(call, f"unknown trigger '{call.name}'", ID, help=help)
    elif call.name in TRIGGERS:
        yield from check_call(tree, call, TRIGGERS[call.name], ID)
