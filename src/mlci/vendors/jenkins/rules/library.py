"""A libraries block lists `lib('name@version')`.

Bad:

```groovy
libraries {
    library 'deploy@1.4'
}
```

Good:

```groovy
libraries {
    lib('deploy@1.4')
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/shared-libraries/#using-libraries
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.entries import check_entries
from mlci.vendors.jenkins.syntax.groovy.tree import Call, Closure, Literal
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, block
from mlci.yaml.source import SourceFile

ID = "jenkins-library"
SEVERITY: Severity = "error"
KINDS = ("jenkinsfile",)
USAGE = "write lib('name@version')"


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every line of a libraries block that is no `lib('…')`."""
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for call in check_entries(tree, block(pipeline.section("libraries")), "a library", ID):
            if isinstance(call, Finding):
                yield call
            else:
                yield from check_library(tree, call)


def check_library(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    if call.name != "lib":
        yield tree.finding(call, f"'{call.name}' is no library", ID, help=USAGE)
        return
    value = call.arguments[0] if len(call.arguments) == 1 else None
    plain = value is not None and value.key is None and not isinstance(value.value, Closure)
    if not plain or (value and isinstance(value.value, Literal) and not isinstance(value.value.value, str)):
        yield tree.finding(call, "'lib' takes one string", ID, help=USAGE)
