"""docs/reference/rules.md, from the linter's rules: their docstrings are their documentation."""

from __future__ import annotations

from mlci.derive.page import page, table
from mlci.lint import registry
from mlci.lint.rule import Rule

OPENING = """
Every rule of `mlci lint`; `mlci lint --explain RULE` prints one. A finding is silenced where it stands by
`# mlci: ignore[rule] why`, or for files in `pyproject.toml` or `.mlci-lint.yaml`.
"""


def files() -> dict[str, str]:
    found = list(registry.every_rule())
    overview = table(
        ("rule", "pack", "severity", "what"),
        [(f"[{rule.ID}](#{rule.ID})", pack.id, rule.SEVERITY, summary(rule)) for pack, rule in found],
    )
    parts = [f"## {rule.ID}\n\n{registry.explain(rule.ID)}" for _, rule in found]
    return {"docs/reference/rules.md": page("Lint rules", OPENING, overview, *parts)}


def summary(rule: Rule) -> str:
    return (rule.__doc__ or "").strip().partition("\n")[0]
