"""A script is downloaded and run at once.

Nobody sees what runs: whoever controls the server, or a broken-off download, decides. Download it to a
file, compare its digest, then run it; or install the tool as a package.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: curl -sSL https://example.com/install.sh | bash
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: |
          curl -sSLo install.sh https://example.com/install.sh
          echo "$INSTALL_SHA256  install.sh" | sha256sum --check
          bash install.sh
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "pipe-to-shell"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED


LOADERS = frozenset(("curl", "wget", "fetch"))
RUNNERS = frozenset(
    ("sh", "bash", "zsh", "dash", "ksh", "python", "python3", "perl", "ruby", "node", "source", ".", "eval")
)

INNER = lazy(r"(?:<\(|\$\(|`)\s*(?:curl|wget)\b")
"""A download within another command: `<(curl …)`, `$(curl …)`, backquotes, PowerShell's iex."""

WINDOWS = lazy(
    r"\b(?:iex|Invoke-Expression)\b[^\n|]{0,200}\b(?:DownloadString|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b"
    r"|\b(?:iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b[^\n|]{0,200}\|\s*(?:iex|Invoke-Expression)\b"
    r"|\b(?:curl|wget)\b[^\n|]{0,200}\|\s*(?:bash|sh|python3?|perl|ruby|node)\b",
    re.IGNORECASE,
)


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at each script that loads something."""
    for script in file.once(jobs.view).scripts:
        for start, length in places(script):
            said = "a script is downloaded and run unseen"
            yield Finding(script.text.mark(start, length), said, ID, SEVERITY, HELP)


HELP = "download it to a file, compare its digest, then run it"


def places(script: jobs.Script) -> Iterator[tuple[int, int]]:
    """Yield where a download is run: offset and length."""
    text = script.text.value
    if "curl" in text or "wget" in text:
        commands = script.commands
        for index, command in enumerate(commands):
            last = index
            while (
                command.joint in ("|", "|&")
                and commands[last].joint in ("|", "|&")
                and last + 1 < len(commands)
            ):
                last += 1
                if (
                    command.name in LOADERS
                    and commands[last].name in RUNNERS
                    and runs_input(commands[last].run)
                ):
                    yield command.start, commands[last].end - command.start
                    break
            if command.name in RUNNERS and any(INNER.search(word.raw) for word in command.words):
                yield command.start, command.end - command.start
    if script.dialect in ("pwsh", "powershell", "cmd"):
        yield from ((found.start(), found.end() - found.start()) for found in WINDOWS.finditer(text))


def runs_input(words: list[str]) -> bool:
    """Tell whether an interpreter runs what it reads: `bash -s`, `python -`, not `python -m json.tool`."""
    return not any(word in ("-m", "-c", "-e", "-p", "-pe", "-ne") for word in words[1:])
