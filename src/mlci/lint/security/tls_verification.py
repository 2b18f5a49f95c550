"""A download does not check who it comes from.

With verification off, whoever stands between can put anything in its place. Add the certificate that is
missing instead of trusting all.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: curl -k https://example.com/model.tar.gz -o model.tar.gz
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: curl --cacert ca.pem https://example.com/model.tar.gz -o model.tar.gz
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.yaml.source import SourceFile

ID = "tls-verification"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED


SWITCHES = {
    "curl": ("-k", "--insecure"),
    "wget": ("--no-check-certificate",),
    "pip": ("--trusted-host",),
    "pip3": ("--trusted-host",),
}


@cache
def settings() -> re.Pattern[str]:
    return re.compile(
        r"\bNODE_TLS_REJECT_UNAUTHORIZED[ =:]+[\"']?0\b|\bPYTHONHTTPSVERIFY[ =:]+[\"']?0\b"
        r"|\bGIT_SSL_NO_VERIFY[ =:]+[\"']?(?:1|true)\b|http\.sslVerify[ =]+[\"']?false\b"
        r"|strict-ssl[ =]+false\b"
    )


SETTINGS = ("VERIFY", "REJECT_UNAUTHORIZED", "sslVerify", "strict-ssl")
SIGNS = ("curl", "wget", "pip", *SETTINGS)


def check(file: SourceFile) -> Iterable[Finding]:
    for script in file.once(jobs.view).scripts:
        for start, length in places(script):
            said = "the certificate of what is downloaded is not checked"
            yield Finding(
                script.text.mark(start, length),
                said,
                ID,
                SEVERITY,
                "give the authority's certificate instead",
            )


def places(script: jobs.Script) -> Iterator[tuple[int, int]]:
    """Yield where verification is turned off: offset and length."""
    text = script.text.value
    if any(sign in text for sign in SETTINGS):
        for found in settings().finditer(text):
            yield found.start(), len(found[0])
    if not any(switch in text for switches in SWITCHES.values() for switch in switches):
        return
    for command in script.commands:
        switches = SWITCHES.get(command.name, ())
        for word in command.words[1:]:
            bundled = command.name == "curl" and re.fullmatch(r"-[a-zA-Z]*k[a-zA-Z]*", word.raw)
            if word.plain in switches or bundled:
                yield word.start, len(word.raw)
