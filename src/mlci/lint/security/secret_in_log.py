"""A secret is printed to the log.

Logs are read by more people than secrets are, and kept longer. Vendors mask the values they know, but not
what is made of them: encoded, cut, or a line of a longer one. `set -x` prints each command with its
variables put in, `env` prints them all.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: echo "token is $DEPLOY_TOKEN"
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: echo "$DEPLOY_TOKEN" | docker login --username ci --password-stdin
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.lint.commands import Command
from mlci.lint.security.credentials import hints_at_secret, names_secret
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "secret-in-log"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED


PRINTERS = frozenset(("echo", "printf", "print", "Write-Host", "Write-Output"))

REFERENCE = lazy(r"\$\{?(\w+)|\$\{\{\s*secrets\.([\w-]+)[^}]*\}\}|\$env:(\w+)")
"""A variable's use, or a secret's in an expression."""

EVERYTHING = lazy(r"\benv\b|\bprintenv\b|\bexport\s+-p\b")
"""The commands that print all variables."""


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at each job that uses a secret, or prints all variables."""
    view = file.once(jobs.view)
    for one in view.printed:
        yield Finding(one.place, printing(one.by, one.name), ID, SEVERITY)
    for job in view.jobs:
        if any(may_print(script.text.value, view.credentials) for script in job.scripts):
            yield from check_job(job, view.credentials)


def printing(by: str, name: str) -> str:
    return f"'{by}' prints the secret '{name}' to the log"


def may_print(text: str, known: frozenset[str]) -> bool:
    """Tell whether a script may print a secret; to look at its commands takes longer."""
    if "$" in text and (hints_at_secret(text) or any(name in text for name in known)):
        return True
    return ("env" in text or "export" in text) and EVERYTHING.search(text) is not None


def check_job(job: jobs.Job, known: frozenset[str]) -> Iterator[Finding]:
    traced = False
    for script in job.scripts:
        traced = traced and job.one_shell
        text = script.text.value
        if "$" in text or "env" in text or "set" in text:
            found, traced = check_script(script, known, traced=traced)
            yield from found


def check_script(script: jobs.Script, known: frozenset[str], *, traced: bool) -> tuple[list[Finding], bool]:
    """Look at the commands that print; return whether commands are traced at the end, too."""
    found = []
    for command in script.commands:
        name = command.name
        secret = next(secrets(command, known), None)
        if name == "set" and len(command.words) > 1:
            traced = tracing(command, traced)
        elif secret is not None and name in PRINTERS and not goes_elsewhere(command):
            mark = script.text.mark(secret[1], secret[2])
            found.append(Finding(mark, printing(name, secret[0]), ID, SEVERITY))
        elif secret is not None and traced:
            said = f"'set -x' prints this command with the secret '{secret[0]}' put in"
            mark = script.text.mark(secret[1], secret[2])
            found.append(Finding(mark, said, ID, SEVERITY, "put 'set +x' before it"))
        elif prints_all(command):
            said = f"'{command.words[0].plain}' prints all variables, secrets among them"
            mark = script.text.mark(command.start, command.end - command.start)
            found.append(Finding(mark, said, ID, "info"))
    return found, traced


def tracing(command: Command, before: bool) -> bool:
    """Tell whether commands are traced after a `set`."""
    for word in command.run[1:]:
        if (word.startswith("-") and not word.startswith("--") and "x" in word) or word == "xtrace":
            return True
        if word.startswith("+") and "x" in word:
            return False
    return before


def secrets(command: Command, known: frozenset[str] = frozenset()) -> Iterator[tuple[str, int, int]]:
    """Yield the secrets a command uses: name, offset, length."""
    for word in command.words:
        if word.raw.startswith("'"):
            continue
        for found in REFERENCE.finditer(word.raw):
            name = found[1] or found[2] or found[3]
            if found[2] or (name and (name in known or names_secret(name))):
                yield name, word.start + found.start(), found.end() - found.start()


def goes_elsewhere(command: Command) -> bool:
    """Tell whether what a command prints goes to a file or to another command."""
    if command.joint in ("|", "|&"):
        return True
    words = [word.raw for word in command.words]
    if any(">" in word and not word.startswith(("'", '"', "2>", ">&2", "1>&2")) for word in words):
        return True
    return any("::add-mask::" in word for word in words)


def prints_all(command: Command) -> bool:
    words = [word.plain for word in command.words]
    return words in (["env"], ["printenv"], ["export", "-p"]) and command.joint not in ("|", "|&")
