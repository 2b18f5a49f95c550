"""Schemas of the vendors' formats: the verdict, the explanation, and the rule that joins them."""

from __future__ import annotations

RULES = ("rule",)
