"""Schemas of the vendors' formats: the verdict, the explanation, and the rule that joins them."""

from __future__ import annotations

from mlci.lint.rule import Rule
from mlci.lint.schema import rule

RULES: tuple[Rule, ...] = (rule,)
