"""Rules for Dockerfiles: that they can be built at all."""

from __future__ import annotations

from mlci.lint.dockerfile import exec_form, instruction, stage
from mlci.lint.rule import Rule

RULES: tuple[Rule, ...] = (instruction, stage, exec_form)
