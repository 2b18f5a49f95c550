"""Rules for Travis CI: what its own validation reports, written from its build config reference."""

from __future__ import annotations

from mlci.vendors.travis.rules.messages import RULES

__all__ = ["RULES"]
