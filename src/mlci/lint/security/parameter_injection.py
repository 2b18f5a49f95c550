"""Text that others write becomes part of a command.

CircleCI pastes `<< pipeline.git.branch >>` and Azure `$(Build.SourceBranchName)` into a script before the
shell sees it, and `eval` or `sh -c` reads a variable as code again: a branch called `$(curl … | sh)`
runs. Use the environment variable, in double quotes, and no `eval`.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: ./deploy.sh << pipeline.git.branch >>
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker:
      - image: cimg/python:3.11.9
    steps:
      - run: ./deploy.sh "$CIRCLE_BRANCH"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from mlci.findings import Finding, Severity
from mlci.lint import jobs
from mlci.lint.commands import Command, Word
from mlci.lint.security import pasting
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

ID = "parameter-injection"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = jobs.VIEWED


VARIABLES = (
    r"CIRCLE_(?:BRANCH|TAG|PR_\w+|USERNAME)|TRAVIS_(?:BRANCH|COMMIT_MESSAGE|PULL_REQUEST_BRANCH|TAG)"
    r"|CI_COMMIT_(?:REF_NAME|BRANCH|TAG|MESSAGE|TITLE|DESCRIPTION|AUTHOR)"
    r"|CI_MERGE_REQUEST_(?:TITLE|DESCRIPTION|SOURCE_BRANCH_NAME|LABELS)|CI_EXTERNAL_PULL_REQUEST_\w+"
    r"|BUILD_SOURCE(?:BRANCHNAME|BRANCH|VERSIONMESSAGE)|SYSTEM_PULLREQUEST_SOURCEBRANCH"
    r"|CODEBUILD_WEBHOOK_(?:HEAD_REF|BASE_REF|TRIGGER)|GITHUB_HEAD_REF|GITHUB_REF_NAME"
    r"|BRANCH_NAME|TAG_NAME|CHANGE_(?:AUTHOR\w*|BRANCH|TITLE)|GIT_BRANCH|ghprb(?:CommentBody|PullTitle|SourceBranch)"
)


@cache
def pasted() -> re.Pattern[str]:
    """Return what a vendor pastes into a script, and whose text it is."""
    return re.compile(
        r"<<\s*pipeline\.(?:git\.(?:branch|tag)|trigger_parameters\.[\w.]*(?:branch|title|message|ref)"
        r"|event\.[\w.]*(?:title|body|ref|message))\s*>>"
        r"|\$\((?:Build\.SourceBranch(?:Name)?|Build\.SourceVersionMessage|System\.PullRequest\.SourceBranch)\)",
    )


EVALUATED = lazy(rf"\$\{{?(?:{VARIABLES})\b")
"""A variable whose text others write."""


PASTED = ("pipeline.", "(Build.", "(System.")
"""One of these is in every script that a vendor pastes others' text into."""


HELP = "hand it over as an environment variable, and use that in double quotes"


def check(file: SourceFile) -> Iterable[Finding]:
    for place in (*file.once(jobs.view).pasted, *pasting.pasted(file, pasted())):
        yield Finding(place.mark, place.said, ID, place.severity, HELP)
    for script in file.once(jobs.view).scripts:
        text = script.text.value
        for found in pasted().finditer(text) if any(sign in text for sign in PASTED) else ():
            said = f"'{found[0]}' is pasted into the script: the name of a branch can be a command"
            yield Finding(script.text.mark(found.start(), len(found[0])), said, ID, SEVERITY, HELP)
        if "$" in text and ("eval" in text or "-c" in text):
            yield from evaluations(script)


def evaluations(script: jobs.Script) -> Iterator[Finding]:
    for command in script.commands:
        for word in code(command):
            found = None if word.raw.startswith("'") else EVALUATED.search(word.raw)
            if found is not None:
                said = f"'{command.name}' runs what '{found[0].strip('${')}' holds, which others write"
                mark = script.text.mark(word.start + found.start(), len(found[0]))
                yield Finding(mark, said, ID, SEVERITY, 'hand it over as an argument, and use "$1"')


def code(command: Command) -> tuple[Word, ...]:
    """Return the words of a command that are read as code once more."""
    if command.name == "eval":
        return command.words[1:]
    if command.name in ("sh", "bash", "zsh"):
        plain = [word.plain for word in command.words]
        if "-c" in plain:
            at = plain.index("-c") + 1
            return command.words[at : at + 1]
    return ()
