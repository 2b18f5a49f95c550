"""Options are calls of known names, without blocks, and a stage takes fewer of them than a pipeline.

A pipeline's options are Jenkins' own, properties of the job, and steps with a block that need no agent,
written without their block. A stage takes only such steps and a few of Jenkins' own.

Bad:

```groovy
options {
    timeout 1
    buildDiscarder {
        numToKeepStr '5'
    }
    echo 'starting'
}
```

Good:

```groovy
options {
    timeout(time: 1, unit: 'HOURS')
    buildDiscarder(logRotator(numToKeepStr: '5'))
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#options
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.arguments import check_call
from mlci.vendors.jenkins.syntax.entries import check_entries
from mlci.vendors.jenkins.syntax.groovy.tree import Call
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, Pipeline, block
from mlci.vendors.jenkins.syntax.plugins import OPTION_NAMES, STAGE_OPTION_NAMES
from mlci.vendors.jenkins.syntax.signatures import FUNCTIONS, OPTIONS, STEPS
from mlci.yaml.source import SourceFile

ID = "jenkins-option"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            whole = isinstance(holder, Pipeline)
            for call in check_entries(tree, block(holder.section("options")), "an option", ID):
                if isinstance(call, Finding):
                    yield call
                else:
                    yield from check_option(tree, call, whole)


def check_option(tree: Jenkinsfile, call: Call, whole: bool) -> Iterator[Finding]:
    """Yield what is wrong with one option of a pipeline, or of a stage."""
    known = OPTION_NAMES if whole else STAGE_OPTION_NAMES
    if call.name in ("parameters", "triggers", "pipelineTriggers"):
        section = "parameters" if call.name == "parameters" else "triggers"
        yield tree.finding(call, f"'{call.name}' is no option", ID, help=f"use the section '{section}'")
    elif call.name in known:
        if call.name in OPTIONS:
            yield from check_call(tree, call, OPTIONS[call.name], ID)
        for argument in call.arguments:
            inner = argument.value
            if isinstance(inner, Call) and inner.target is None and inner.name in FUNCTIONS:
                yield from check_call(tree, inner, FUNCTIONS[inner.name], ID)
    elif call.name in OPTION_NAMES:
        message = f"the option '{call.name}' is for a whole pipeline, not for a stage"
        yield tree.finding(call, message, ID, help="move it to the options of the pipeline")
    elif call.name in STEPS:
        message = f"'{call.name}' is a step, not an option"
        yield tree.finding(
            call, message, ID, help="only steps with a block that need no agent can be options"
        )
    else:
        help = suggest(call.name, known) or "it may belong to a plugin this rule does not know"
        yield tree.finding(call, f"unknown option '{call.name}'", ID, help=help)
