"""Rules for Dockerfiles: that they can be built at all."""

from __future__ import annotations

RULES = (
    "instruction",
    "stage",
    "exec_form",
)
