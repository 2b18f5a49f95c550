"""Parameters are calls of known types with a name, and with the arguments their type takes.

Bad:

```groovy
parameters {
    bool(name: 'DEBUG')
    string(defaultValue: 'staging')
    string(name: 'EPOCHS', defaultValue: 5)
}
```

Good:

```groovy
parameters {
    booleanParam(name: 'DEBUG', defaultValue: false)
    string(name: 'TARGET', defaultValue: 'staging')
    string(name: 'EPOCHS', defaultValue: '5')
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/syntax/#parameters
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.arguments import check_call
from mlci.vendors.jenkins.syntax.entries import check_entries
from mlci.vendors.jenkins.syntax.groovy.tree import Call
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, block
from mlci.vendors.jenkins.syntax.plugins import PARAMETER_NAMES
from mlci.vendors.jenkins.syntax.reader import first_of_each
from mlci.vendors.jenkins.syntax.signatures import PARAMETERS
from mlci.yaml.source import SourceFile

ID = "jenkins-parameter"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        sections = [pipeline.section("parameters")]
        for holder in pipeline.holders():
            if holder.input:
                sections.append(first_of_each(block(holder.input.call)).get("parameters"))
        for section in sections:
            for call in check_entries(tree, block(section), "a parameter", ID):
                if isinstance(call, Finding):
                    yield call
                else:
                    yield from check_parameter(tree, call)


def check_parameter(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    if call.name not in PARAMETER_NAMES:
        help = suggest(call.name, PARAMETER_NAMES) or "it may belong to a plugin this rule does not know"
        yield tree.finding(call, f"unknown type of parameter '{call.name}'", ID, help=help)
    elif call.name in PARAMETERS:
        yield from check_call(tree, call, PARAMETERS[call.name], ID)
