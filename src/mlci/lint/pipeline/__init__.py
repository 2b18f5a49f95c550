"""The rule for mlci.yaml: what loading it reports."""

from __future__ import annotations

from mlci.lint.pipeline import rule
from mlci.lint.rule import Rule

RULES: tuple[Rule, ...] = (rule,)
