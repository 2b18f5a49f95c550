"""Secrets do not stand in a Jenkinsfile: whoever can read the repository has them, for good.

Reported are variables named like a secret with a literal value, and defaults of password parameters. What has
the form of a known token, `plain-secret` finds anywhere.

Bad:

```groovy
environment {
    DB_PASSWORD = 'hunter2hunter2'
}
```

Good:

```groovy
environment {
    DB = credentials('database')
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#handling-credentials
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.lint.security.credentials import tokens
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Assign, Call, Literal, text_of, walk
from mlci.vendors.jenkins.syntax.model import Jenkinsfile
from mlci.yaml.source import SourceFile

ID = "jenkins-plain-secret"
SEVERITY: Severity = "warning"
KINDS = ("jenkinsfile",)
HELP = "keep it in Jenkins' credentials: NAME = credentials('id')"
SECRET_NAME = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY)\d*$"
)
CAMEL_NAME = re.compile(
    r"(?:[a-z](?:Password|Passphrase|Secret|Token|ApiKey|AccessKey|PrivateKey)|^(?:password|secret|token|apiKey))$"
)
NO_SECRET = re.compile(r"(?:true|false|none|null|x+|\*+|<.*>|changeme|\d{1,3})?\Z", re.IGNORECASE)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every literal that is, or is meant as, a secret."""
    tree = file.once(tree_of)
    for node in tree.nodes:
        if isinstance(node, Assign):
            yield from check_assignment(tree, node)
        elif isinstance(node, Call) and node.name == "withEnv":
            yield from check_with_env(tree, node)
        elif isinstance(node, Call) and node.name in ("password", "nonStoredPassword"):
            yield from check_default(tree, node)


def check_assignment(tree: Jenkinsfile, node: Assign) -> Iterator[Finding]:
    """Yield a secret's name that is given a literal."""
    name = getattr(node.target, "name", "")
    value = text_of(node.value) if isinstance(node.value, Literal) else None
    if value is not None and looks_secret(name, value):
        yield tree.finding(node.value, f"the secret '{name}' stands here in plain text", ID, SEVERITY, HELP)


def looks_secret(name: str, value: str) -> bool:
    """Tell whether a name calls for a secret and its value could be one; a token is told elsewhere."""
    if not SECRET_NAME.search(name) and not CAMEL_NAME.search(name):
        return False
    if NO_SECRET.match(value) or "$" in value or " " in value.strip():
        return False
    return not any(tokens(value))


def check_with_env(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    """Yield secrets among the `NAME=value` strings of a withEnv."""
    for node in walk(*call.plain):
        text = text_of(node) if isinstance(node, Literal) else None
        if text and looks_secret(*text.partition("=")[::2]):
            name = text.partition("=")[0]
            yield tree.finding(node, f"the secret '{name}' stands here in plain text", ID, SEVERITY, HELP)


def check_default(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    """Yield a password parameter with a default."""
    for argument in call.arguments:
        value = text_of(argument.value)
        if argument.key in ("defaultValue", "defaultValueAsSecret") and value:
            message = "the default of a password parameter stands here in plain text"
            yield tree.finding(argument.value, message, ID, SEVERITY, "leave the default empty")
