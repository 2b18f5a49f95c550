"""An `if` is always true or always false.

An `if` is an expression as a whole. With text around `${{ }}`, even a space or the line end of a block,
it becomes a non-empty string, and that is true whatever stands inside. A constant says that the step
never runs, or always does.

Bad:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: make deploy
        if: ${{ github.ref == 'refs/heads/main' }} && ${{ success() }}
```

Good:

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: make deploy
        if: github.ref == 'refs/heads/main' && success()
```
"""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding, Severity
from mlci.vendors.github.rules.problems import Expressions, Read
from mlci.vendors.github.rules.problems import walk as walk_file
from mlci.vendors.github.syntax.embedded_expressions import is_whole
from mlci.vendors.github.syntax.expression.tree import Call, Context, Expression, walk
from mlci.vendors.github.syntax.form.walk import Site
from mlci.yaml.source import SourceFile

ID = "github-condition"
SEVERITY: Severity = "warning"
KINDS: tuple[str, ...] = ("github-workflow", "github-action")


IMPURE = frozenset({"always", "success", "failure", "cancelled", "hashfiles"})


def check(file: SourceFile) -> Iterable[Finding]:
    for site in file.once(walk_file).sites:
        if site.condition and surrounded(site):
            said = "this 'if' is always true: there is text around '${{ }}'"
            yield Finding(file.mark(site.node), said, ID, "error", HELP)
    for one in file.once(Expressions).read:
        if one.site.condition and is_only(one) and is_constant(one.tree):
            said = f"this 'if' is a constant: {one.piece.text.strip()[:60]}"
            yield Finding(file.mark(one.site.node), said, ID, SEVERITY, "drop the 'if', or the step")


HELP = "write the whole condition without '${{ }}', or all of it within one"


def surrounded(site: Site) -> bool:
    """Tell whether text stands around the expressions of an `if`."""
    text = site.node.value
    return "${{" in text and not is_whole(text)


def is_only(one: Read) -> bool:
    return one.piece.start == 0 and one.piece.end == len(one.site.node.value)


def is_constant(tree: Expression) -> bool:
    """Tell whether an expression depends on nothing."""
    for node in walk(tree):
        if isinstance(node, Context) or (isinstance(node, Call) and node.name.lower() in IMPURE):
            return False
    return True
