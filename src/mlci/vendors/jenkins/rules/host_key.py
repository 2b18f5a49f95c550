"""SSH checks whom it talks to.

`StrictHostKeyChecking=no` accepts any host that answers under the name, so a deploy, with the key and the
files it carries, can go to a stranger. The known host's key belongs in the repository or in Jenkins'
credentials.

Bad:

```groovy
sh 'ssh -o StrictHostKeyChecking=no deploy@example.com ./restart'
```

Good:

```groovy
sh 'ssh -o UserKnownHostsFile=deploy/known_hosts deploy@example.com ./restart'
```

Reference: https://man.openbsd.org/ssh_config#StrictHostKeyChecking
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Argument, Assign, Literal
from mlci.vendors.jenkins.syntax.shell import shell_scripts
from mlci.yaml.source import SourceFile

ID = "jenkins-host-key"
SEVERITY: Severity = "warning"
KINDS = ("jenkinsfile",)
UNCHECKED = re.compile(
    r"StrictHostKeyChecking[ =]+[\"']?(?:no|off)\b|UserKnownHostsFile[ =]+[\"']?/dev/null"
    r"|ANSIBLE_HOST_KEY_CHECKING=[\"']?(?:false|no|0)\b",
    re.IGNORECASE,
)
SCANNED = re.compile(r"\bssh-keyscan\b[^\n>]{0,300}>>?[^\n]{0,100}known_hosts")
HELP = "give it the host's key: -o UserKnownHostsFile=deploy/known_hosts"
MESSAGE = "the host's key is not checked, so any server can answer in its name"


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every place that turns the check of host keys off."""
    tree = file.once(tree_of)
    for script in shell_scripts(tree):
        for line, text in enumerate(script.masked().splitlines(), 1):
            if UNCHECKED.search(text):
                yield Finding(script.mark(tree, line), MESSAGE, ID, SEVERITY, HELP)
            elif SCANNED.search(text):
                message = "the host's key is taken from the network unseen"
                yield Finding(script.mark(tree, line), message, ID, "info", HELP)
    for node in tree.nodes:
        if isinstance(node, (Argument, Assign)) and named(node) == "allowAnyHosts" and is_true(node.value):
            yield tree.finding(node.value, MESSAGE, ID, SEVERITY, HELP)


def named(node: Argument | Assign) -> str | None:
    """Return the name of an argument, or of what is assigned to."""
    return node.key if isinstance(node, Argument) else getattr(node.target, "name", None)


def is_true(node: object) -> bool:
    """Tell whether a node is the literal true."""
    return isinstance(node, Literal) and node.value is True
