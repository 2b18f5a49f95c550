"""A path that holds credentials is handed on or kept as an artifact.

Artifacts and workspaces can be downloaded by everybody who may read the project, long after the run: a
key written into a folder that is handed on leaks with it. Write secrets outside of what is handed on, or
set them anew in each job.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: echo "$DEPLOY_KEY" > out/key.pem
      - persist_to_workspace:
          root: .
          paths: [out]
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: make out
      - persist_to_workspace:
          root: .
          paths: [out]
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.lint.security.credentials import secret_paths
from mlci.lint.security.secret_in_log import secrets
from mlci.yaml.source import SourceFile

ID = "secret-in-artifact"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED


WHOLE = frozenset((".", "./", "*", "**", "**/*", "/", "~/project", "~"))


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at the paths each job hands on, and at what it writes there."""
    for job in file.once(jobs.view).jobs:
        for text in job.artifacts:
            for path, start in secret_paths(text.value):
                said = f"'{path}' holds credentials, and is handed on"
                yield Finding(
                    text.mark(start, len(path)), said, ID, SEVERITY, "name what others need, and no more"
                )
        if job.artifacts:
            yield from written(job)


def written(job: jobs.Job) -> Iterator[Finding]:
    kept = [path.strip() for text in job.artifacts for path in text.value.split("\n") if path.strip()]
    for script in job.scripts:
        for command in script.commands if ">" in script.text.value else ():
            secret = next(secrets(command), None)
            target = destination([word.plain for word in command.words])
            if secret is not None and target and is_kept(target, kept):
                said = f"the secret '{secret[0]}' is written to '{target}', which is handed on"
                mark = script.text.mark(command.start, command.end - command.start)
                yield Finding(
                    mark, said, ID, SEVERITY, "write it where nothing is handed on from, or delete it"
                )


def destination(words: list[str]) -> str:
    """Return the file a command writes to."""
    for index, word in enumerate(words):
        if word in (">", ">>", "1>") and index + 1 < len(words):
            return words[index + 1]
        if word.startswith(">") and not word.startswith(">&"):
            return word.lstrip(">")
    return ""


def is_kept(target: str, kept: list[str]) -> bool:
    """Tell whether a file lies in a path that is handed on."""
    if target.startswith(("/", "$", "~", "&")):
        return False
    target = target.removeprefix("./")
    return any(
        one in WHOLE or target == one or target.startswith(f"{one.removeprefix('./').rstrip('/*')}/")
        for one in kept
    )
