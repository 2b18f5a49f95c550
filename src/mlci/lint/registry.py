"""All rules, in packs; a rule is imported when a file of its pack's kinds is linted: a start stays cheap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import NamedTuple

from mlci.errors import InputError
from mlci.findings import suggest
from mlci.lint.kinds import EVERY, KINDS
from mlci.lint.rule import Rule
from mlci.lint.settings import RENAMED, selects
from mlci.registry import LINTED


class Pack(NamedTuple):
    """Rules that belong together, and where they are listed; a vendor may add to a pack that all share."""

    id: str
    listed: str
    """A package and its list of the rules, each the name of a module in it, or the rule itself."""
    kinds: tuple[str, ...]
    """The kinds of file that any of its rules looks at."""


LISTED = "`mlci lint --explain all` lists them"

WITH_SCHEMA = tuple(kind.id for kind in KINDS if kind.schema)


def own_packs() -> Iterator[Pack]:
    """Yield the rules of each vendor's own, and what it adds to the security rules that all share."""
    for entry in LINTED:
        kinds = tuple(kind.id for kind in KINDS if kind.vendor == entry.id)
        yield Pack(OWN.get(entry.id, entry.id), f"{entry.where}:RULES", kinds)
        if hasattr(entry.load(), "SECURITY"):
            yield Pack("security", f"{entry.where}:SECURITY", kinds)


OWN = {"mlci": "pipeline"}
"""Packs that are not called as whose files they look at."""

PACKS: tuple[Pack, ...] = (
    Pack("files", "mlci.lint.reading:RULES", EVERY),
    *own_packs(),
    Pack("schema", "mlci.lint.schema:RULES", WITH_SCHEMA),
    Pack("security", "mlci.lint.security:RULES", EVERY),
    Pack("ml", "mlci.lint.ml:RULES", EVERY),
)


def rules_of(pack: Pack) -> tuple[Rule, ...]:
    return rules_named(pack.listed)


@cache
def rules_named(where: str) -> tuple[Rule, ...]:
    """Load the rules of a list, `package:NAME`: names of modules in the package, or rules themselves."""
    package, _, name = where.partition(":")
    listed: tuple[str | Rule, ...] = getattr(import_module(package), name)
    return tuple(import_module(f"{package}.{one}") if isinstance(one, str) else one for one in listed)


@cache
def rules_for(kind: str) -> tuple[tuple[str, Rule], ...]:
    packs = [pack for pack in PACKS if kind in pack.kinds]
    return tuple((pack.id, rule) for pack in packs for rule in rules_of(pack) if kind in rule.KINDS)


def every_rule() -> Iterator[tuple[Pack, Rule]]:
    """Yield all rules with their packs; imports them all."""
    for pack in PACKS:
        for rule in rules_of(pack):
            yield pack, rule


def find(rule_id: str) -> Rule:
    """Return the rule of an id.

    Raises
    ------
    InputError : there is none; says the nearest
    """
    known = {rule.ID: rule for _, rule in every_rule()}
    rule_id = RENAMED.get(rule_id, rule_id)
    if rule_id not in known:
        raise InputError(f"there is no rule '{rule_id}'", help=suggest(rule_id, known) or LISTED)
    return known[rule_id]


def explain(rule_id: str) -> str:
    """Return a rule's documentation: its id, severity, kinds of file, docstring; of `all` a line each.

    Raises
    ------
    InputError : there is no such rule
    """
    from inspect import cleandoc

    if rule_id == "all":
        rules = sorted((rule.ID, rule.SEVERITY, cleandoc(rule.__doc__ or "")) for _, rule in every_rule())
        return "\n".join(f"{id:30} {severity:8} {doc.splitlines()[0]}" for id, severity, doc in rules)
    rule = find(rule_id)
    kinds = ", ".join(kind.title for kind in KINDS if kind.id in rule.KINDS)
    return f"{rule.ID} ({rule.SEVERITY})\nLooks at: {kinds}\n\n{cleandoc(rule.__doc__ or '')}\n"


def check_selectors(selectors: Iterable[str]) -> None:
    """Refuse selectors that select nothing: each is a rule's id, a pack's id, or a pattern.

    Raises
    ------
    InputError : one of them matches no rule
    """
    asked = tuple(selectors)
    rules = [(pack.id, rule.ID) for pack, rule in every_rule()] if asked else []
    for selector in asked:
        if not any(selects((selector,), pack, rule) for pack, rule in rules) and not is_partner(selector):
            known = [rule for _, rule in rules] + [pack.id for pack in PACKS]
            raise InputError(f"no rule is called '{selector}'", help=suggest(selector, known) or LISTED)


def is_partner(selector: str) -> bool:
    """Tell whether a selector means rules of partner tools: `partners`, `shellcheck/SC2086`, `zizmor/*`."""
    from mlci.lint.partners import PACK, PARTNERS

    return selector == PACK or selector.partition("/")[0] in {partner.ID for partner in PARTNERS}
