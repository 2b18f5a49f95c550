"""SSH is told to trust any host.

Without checking the host's key, whoever stands between runner and server takes the connection: he gets
what is deployed, and may send commands back. Keep the server's key in the repository or a secret, as a
`known_hosts` file. What `ssh-keyscan` fetches in the same job is as unchecked.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: ssh -o StrictHostKeyChecking=no deploy@models.example.com ./reload
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: ssh -o UserKnownHostsFile=deploy/known_hosts deploy@models.example.com ./reload
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "host-key-checking"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED

PATTERN = lazy(
    r"StrictHostKeyChecking[ =]+[\"']?(?:no|off|accept-new)\b|UserKnownHostsFile[ =]+[\"']?/dev/null"
    r"|ANSIBLE_HOST_KEY_CHECKING[ =:]+[\"']?(?:False|no|0)\b"
    r"|(?P<scan>\bssh-keyscan\b[^\n>]{0,300}>>?[^\n]{0,100}known_hosts)",
    re.IGNORECASE,
)


WORDS = ("hostkey", "host_key", "knownhosts", "known_hosts", "anyhosts")
"""One of these is in every file that turns the check off."""


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at each script, at variables, and at what the vendor's own steps are told."""
    lower = file.text.lower()
    if not any(sign in lower for sign in WORDS):
        return
    view = file.once(jobs.view)
    yield from (Finding(mark, UNCHECKED, ID, SEVERITY, HELP) for mark in view.unchecked_hosts)
    texts = [script.text for script in view.scripts]
    texts += [one.value for one in (*view.env, *(one for job in view.jobs for one in job.env))]
    for text in texts:
        for found in PATTERN.finditer(text.value):
            scanned = found["scan"] is not None
            said = "the host's key is taken from the network unseen" if scanned else UNCHECKED
            mark = text.mark(found.start(), len(found[0]))
            yield Finding(mark, said, ID, "info" if scanned else SEVERITY, HELP)


UNCHECKED = "the host's key is not checked"
HELP = "give the key as a file: -o UserKnownHostsFile=known_hosts"
