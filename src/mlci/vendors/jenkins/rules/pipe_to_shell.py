"""What is downloaded is not run unseen.

`curl … | sh` runs whatever the server, or anyone in between, sends at that moment, with the build's
credentials at hand; a connection that breaks off runs half a script.

Bad:

```groovy
sh 'curl -sSL https://example.com/install.sh | bash'
```

Good:

```groovy
sh '''
    curl -sSLo install.sh https://example.com/1.4/install.sh
    echo "2c26b46b68ffc68ff99b453c1d304134  install.sh" | sha256sum --check
    bash install.sh
'''
```

Reference: https://www.jenkins.io/doc/book/pipeline/pipeline-best-practices/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.shell import shell_scripts
from mlci.yaml.source import SourceFile

ID = "jenkins-pipe-to-shell"
SEVERITY: Severity = "warning"
KINDS = ("jenkinsfile",)
SHELLS = r"(?:ba|z|da|k)?sh|python3?|perl|ruby|node"
PIPED = re.compile(
    rf"\b(?:curl|wget)\b[^\n|;&]{{0,400}}\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:{SHELLS})\b"
    rf"|\b(?:{SHELLS}|source|eval|\.)\s+(?:-c\s+)?[\"']?(?:<|\$)\(\s*(?:curl|wget)\b"
    r"|\b(?:iex|Invoke-Expression)\b[^\n;]{0,200}\b(?:iwr|irm|curl|Invoke-WebRequest|Invoke-RestMethod|DownloadString)\b"
    r"|\b(?:iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b[^\n;|]{0,200}\|\s*(?:iex|Invoke-Expression)\b",
    re.IGNORECASE,
)
HELP = "download a fixed version, check its digest, then run it"


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every download that goes straight into an interpreter."""
    tree = file.once(tree_of)
    for script in shell_scripts(tree):
        masked = script.masked()
        line, before = 1, 0
        for found in PIPED.finditer(masked.replace("\\\n", "  ")):
            line += masked.count("\n", before, found.start())
            before = found.start()
            yield Finding(script.mark(tree, line), "a download is run unseen", ID, SEVERITY, HELP)
