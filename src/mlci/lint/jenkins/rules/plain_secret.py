"""Secrets do not stand in a Jenkinsfile: whoever can read the repository has them, for good.

Reported are variables named like a secret with a literal value, defaults of password parameters, passwords
inside URLs, and anything that has the form of a known token.

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
from mlci.lint.groovy.tree import Assign, Call, Hole, Literal, Template, text_of, walk
from mlci.lint.jenkins.model import Jenkinsfile

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
TOKENS = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|AIza[0-9A-Za-z_-]{35}"
    r"|sk_live_[0-9a-zA-Z]{24}"
    r"|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,}|hf_[A-Za-z0-9]{34}"
)
IN_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/:@$'\"{}<>]+:(?P<word>[^\s/:@$'\"{}<>%]{3,})@")
NO_SECRET = re.compile(r"(?:true|false|none|null|x+|\*+|<.*>|changeme|\d{1,3})?\Z", re.IGNORECASE)


def check(tree: Jenkinsfile) -> Iterator[Finding]:
    """Yield every literal that is, or is meant as, a secret."""
    for node in tree.nodes:
        if isinstance(node, Assign):
            yield from check_assignment(tree, node)
        elif isinstance(node, (Literal, Template)):
            yield from check_text(tree, node)
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
    """Tell whether a name calls for a secret and its value could be one."""
    if not SECRET_NAME.search(name) and not CAMEL_NAME.search(name):
        return False
    return not NO_SECRET.match(value) and "$" not in value and " " not in value.strip()


def check_text(tree: Jenkinsfile, node: Literal | Template) -> Iterator[Finding]:
    """Yield a known kind of token, and a password in a URL."""
    texts = (
        [node.value]
        if isinstance(node, Literal)
        else [part for part in node.parts if not isinstance(part, Hole)]
    )
    for text in texts:
        if not isinstance(text, str):
            continue
        if found := TOKENS.search(text):
            shown = found.group()[:6]
            yield tree.finding(
                node, f"an access token ('{shown}…') stands here in plain text", ID, SEVERITY, HELP
            )
        elif (found := IN_URL.search(text)) and not NO_SECRET.match(found.group("word")):
            yield tree.finding(node, "a password stands here in a URL, in plain text", ID, SEVERITY, HELP)


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
