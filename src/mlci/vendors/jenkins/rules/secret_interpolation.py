"""Credentials reach a script through the environment, not through Groovy's `${…}`.

Groovy would put the secret into the text of the script, which shows in the process list and in logs of the
shell, and a quote in the secret would break out of it. Jenkins itself warns of this when it runs.

Bad:

```groovy
environment {
    SERVICE = credentials('service')
}
stages {
    stage('fetch') {
        steps {
            sh "curl -u ${SERVICE_USR}:${SERVICE_PSW} https://service.example.com"
        }
    }
}
```

Good:

```groovy
environment {
    SERVICE = credentials('service')
}
stages {
    stage('fetch') {
        steps {
            sh 'curl -u "$SERVICE" https://service.example.com'
        }
    }
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#interpolation-of-sensitive-environment-
variables
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import walk
from mlci.vendors.jenkins.syntax.secrets import credential_variables, property_of
from mlci.vendors.jenkins.syntax.shell import shell_scripts
from mlci.yaml.source import SourceFile

ID = "jenkins-secret-interpolation"
SEVERITY: Severity = "warning"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every credential that Groovy pastes into a script."""
    tree = file.once(tree_of)
    secret = credential_variables(tree)
    if not secret:
        return
    for script in shell_scripts(tree):
        for expression in script.expressions:
            for node in walk(expression):
                owner, name = property_of(node)
                if owner in ("", "env") and name in secret:
                    message = (
                        f"the credential '{name}' is pasted into the text of the {script.language} script"
                    )
                    help = f'use single quotes, and let the shell read the variable: "${name}"'
                    yield tree.finding(expression, message, ID, SEVERITY, help)
                    break
