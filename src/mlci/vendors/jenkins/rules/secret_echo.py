"""Credentials are not printed.

Jenkins masks a secret in the log only as long as it appears letter for letter: encoded, cut or quoted
otherwise, it shows. What is never printed needs no masking.

Bad:

```groovy
environment {
    DEPLOY_TOKEN = credentials('deploy-token')
}
stages {
    stage('deploy') {
        steps {
            sh 'echo "token is $DEPLOY_TOKEN"'
        }
    }
}
```

Good:

```groovy
environment {
    DEPLOY_TOKEN = credentials('deploy-token')
}
stages {
    stage('deploy') {
        steps {
            sh 'printf %s "$DEPLOY_TOKEN" | docker login --username ci --password-stdin'
        }
    }
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#handling-credentials
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Call, Hole, Template, walk
from mlci.vendors.jenkins.syntax.model import Jenkinsfile
from mlci.vendors.jenkins.syntax.secrets import credential_variables, property_of
from mlci.vendors.jenkins.syntax.shell import shell_scripts
from mlci.yaml.source import SourceFile

ID = "jenkins-secret-echo"
SEVERITY: Severity = "warning"
KINDS = ("jenkinsfile",)
PRINTING = re.compile(
    r"(?:^|[;&|]|\bdo|\bthen)\s*(?:echo|printf|Write-Host|Write-Output)\b(?P<rest>[^\n;&|>]*)(?P<end>[|>]?)"
)
VARIABLE = re.compile(r"\$(?:env:)?\{?([A-Za-z_]\w*)|%([A-Za-z_]\w*)%")
HELP = "do not print it; pipe it to the program that needs it"


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every step that prints a credential."""
    tree = file.once(tree_of)
    secret = credential_variables(tree)
    if not secret:
        return
    for script in shell_scripts(tree):
        for line, text in enumerate(script.masked().splitlines(), 1):
            for name in printed(text, secret):
                message = f"the credential '{name}' is printed to the log"
                yield Finding(script.mark(tree, line), message, ID, SEVERITY, HELP)
    for node in tree.nodes:
        if isinstance(node, Call) and node.target is None and node.name in ("echo", "println", "print"):
            yield from check_echo(tree, node, secret)


def printed(text: str, secret: frozenset[str]) -> Iterator[str]:
    """Yield the secrets that a line of shell prints, neither piped nor redirected."""
    for found in PRINTING.finditer(text):
        if found.group("end"):
            continue
        for variable in VARIABLE.finditer(found.group("rest")):
            name = variable.group(1) or variable.group(2)
            if name in secret:
                yield name


def check_echo(tree: Jenkinsfile, call: Call, secret: frozenset[str]) -> Iterator[Finding]:
    """Yield secrets in the text of an echo step."""
    for template in walk(*call.plain):
        if not isinstance(template, Template):
            continue
        for part in template.parts:
            name = property_of(part.value)[1] if isinstance(part, Hole) else ""
            if isinstance(part, Hole) and name in secret:
                yield tree.finding(part, f"the credential '{name}' is printed to the log", ID, SEVERITY, HELP)
