"""An expression hands over all secrets at once.

`toJSON(secrets)` gives a step every secret of the repository, and a secret whose name is computed makes
GitHub send them all to the runner. Name each secret that is used.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: ./deploy.sh
        env:
          SECRETS: ${{ toJSON(secrets) }}
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: ./deploy.sh
        env:
          DEPLOY_KEY: ${{ secrets.DEPLOY_KEY }}
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.github.rules.problems import Expressions
from mlci.vendors.github.syntax.expression.tree import Call, Context, Expression, Filter, Index, Literal, walk
from mlci.yaml.places import within
from mlci.yaml.source import SourceFile

ID = "all-secrets"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")
SIGNS = ("secrets",)


def check(file: SourceFile) -> Iterable[Finding]:
    for read in file.once(Expressions).read:
        if "secrets" in read.piece.text.lower():
            for part, said in wholesale(read.tree):
                start = read.piece.inner + part.start
                mark = within(file.name, file.lines, read.site.node, start, part.end - part.start)
                yield Finding(mark, said, ID, SEVERITY, "name each secret that is used")


def wholesale(tree: Expression) -> Iterator[tuple[Expression, str]]:
    for node in walk(tree):
        if isinstance(node, Call) and any(is_secrets(argument) for argument in node.arguments):
            yield node, f"'{node.name}(secrets)' hands over all secrets"
        elif isinstance(node, Filter) and is_secrets(node.receiver):
            yield node, "'secrets.*' hands over all secrets"
        elif isinstance(node, Index) and is_secrets(node.receiver) and not isinstance(node.key, Literal):
            yield node, "a secret whose name is computed makes GitHub hand over all secrets"


def is_secrets(node: Expression) -> bool:
    return isinstance(node, Context) and node.name.lower() == "secrets"
