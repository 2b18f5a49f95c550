"""What must be set at a vendor, each setting named once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.planning.vendor import Setting


def once(found: Iterable[Setting], *, every_reason: bool = False) -> Iterator[Setting]:
    reasons: dict[Setting, list[str]] = {}
    for one in found:
        reasons.setdefault(one._replace(why=""), []).append(one.why)
    for setting, why in reasons.items():
        yield setting._replace(why=", ".join(dict.fromkeys(why)) if every_reason else why[0])
