"""Text from outside is never pasted into a shell script by Groovy.

In `sh "… ${params.X} …"` Groovy puts the text into the script before the shell reads it, so a branch, a
title or a parameter with a quote and a semicolon in it runs as a command. In single quotes the shell reads
the variable itself and the text stays text.

Bad:

```groovy
steps {
    sh "git checkout ${params.BRANCH}"
}
```

Good:

```groovy
steps {
    sh 'git checkout "$BRANCH"'
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#string-interpolation
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.secrets import outside, parameters
from mlci.vendors.jenkins.syntax.shell import shell_scripts
from mlci.yaml.source import SourceFile

ID = "jenkins-script-injection"
SEVERITY: Severity = "warning"
KINDS = ("jenkinsfile",)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every piece of outside text that Groovy pastes into a script."""
    tree = file.once(tree_of)
    declared = parameters(tree)
    for script in shell_scripts(tree):
        for expression in script.expressions:
            name = outside(expression, declared)
            if name is None:
                continue
            variable = name.rpartition(".")[2]
            message = (
                f"'{name}' is pasted into the {script.language} script, and whoever sets it can run commands"
            )
            help = f'use single quotes, and let the shell read the variable: "${variable}"'
            yield tree.finding(expression, message, ID, SEVERITY, help)
