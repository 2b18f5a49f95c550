"""What the rules about undefined names share: the finding, with the nearest name that is defined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.circleci.syntax.model import Part, Scope, read_config
from mlci.vendors.circleci.syntax.uses import fault, known
from mlci.yaml.document import Node
from mlci.yaml.hints import hint
from mlci.yaml.source import SourceFile


def severity(file: SourceFile) -> Severity:
    """Return how bad an undefined name is: in a part of a whole, unseen parts may define it."""
    config = file.once(read_config)
    alone = file.kind.id == "circleci-orb-part" and config.scope.beside is None
    return "info" if alone or config.partial else "error"


def plain(
    file: SourceFile, rule: str, part: Part, scope: Scope, key: Node, more: Iterable[str] = ()
) -> Finding | None:
    """Make the finding about a name without an orb that means nothing; None when it means something."""
    name = str(key.value)
    said = None if "<<" in name or "/" in name else fault(scope, part, name)
    if said is None:
        return None
    own = known(scope, part, name)
    help = hint(file, name, [*own, *more]) or defined(part, own)
    return Finding(file.mark(key), said, rule, severity(file), help)


def unknown(
    file: SourceFile, rule: str, part: Part, uses: Iterable[tuple[Scope, Node]], more: Iterable[str] = ()
) -> Iterator[Finding]:
    """Yield every use of a name without an orb that means nothing."""
    return filter(None, (plain(file, rule, part, scope, key, more) for scope, key in uses))


def defined(part: Part, names: list[str]) -> str:
    if not names:
        return f"this file defines no {part}"
    return f"the {part}s are {', '.join(names[:12])}{' …' * (len(names) > 12)}"
