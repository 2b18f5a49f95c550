"""Which kinds of file the rules of this pack look at."""

from __future__ import annotations

from mlci.lint.jobs import VIEWED

SHARED = tuple(kind for kind in VIEWED if kind != "jenkinsfile")
"""Kinds whose scripts are looked at here; Jenkins has rules of its own, which know what Groovy pastes in."""
