"""The rule for mlci.yaml: what loading it reports."""

from __future__ import annotations

RULES = ("rule",)
