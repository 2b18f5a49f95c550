"""A cache key has a template that CircleCI does not know.

It is left as it stands, or the step fails: the cache is never found again.

Bad:

```yaml
version: 2.1
jobs:
  build:
    docker: [{image: "cimg/base:2024.01"}]
    steps:
      - restore_cache: {key: 'v1-{{ .Brnch }}'}
workflows: {main: {jobs: [build]}}
```

Good:

```yaml
version: 2.1
jobs:
  build:
    docker: [{image: "cimg/base:2024.01"}]
    steps:
      - restore_cache: {key: 'v1-{{ .Branch }}'}
workflows: {main: {jobs: [build]}}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.circleci.syntax.uses import step_uses
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, words

ID = "circleci-cache-key"
SEVERITY: Severity = "error"
KINDS = ("circleci", "circleci-orb", "circleci-orb-part")
TEMPLATE = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")
NAMES = (".Branch", ".BuildNum", ".Revision", ".CheckoutKey", ".Environment", "checksum", "epoch", "arch")


def check(file: SourceFile) -> Iterator[Finding]:
    for use in file.once(step_uses):
        if use.step.name not in ("save_cache", "restore_cache"):
            continue
        for place in ("key", "keys"):
            for node in words(get(use.step.arguments, place)):
                for found in TEMPLATE.finditer(node.value):
                    fault = wrong(found[1])
                    if fault is not None:
                        said, help = fault
                        yield Finding(file.mark_within(node, found[0]), said, ID, SEVERITY, help)


def wrong(inner: str) -> tuple[str, str | None] | None:
    """Say what is wrong with the inside of a template, and how to mend it."""
    if "<<" in inner or "|" in inner or inner.startswith("/*"):
        return None
    name = re.match(r"\.?\w*", inner)
    word = name[0] if name else inner
    if word not in NAMES:
        return f"unknown template '{inner[:40]}'", suggest(word, NAMES) or f"there are {', '.join(NAMES)}"
    if word == "checksum" and not re.fullmatch(r"checksum\s+(\"[^\"]+\"|`[^`]+`|\.Environment\.\w+)", inner):
        return "`checksum` takes the name of a file in double quotes", 'write {{ checksum "file" }}'
    if word == ".Environment" and not re.fullmatch(r"\.Environment\.\w+", inner):
        return "`.Environment` takes the name of a variable", "write {{ .Environment.NAME }}"
    return None
