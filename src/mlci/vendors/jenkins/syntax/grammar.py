"""Which section may stand where, from Jenkins' Pipeline Syntax reference.

https://www.jenkins.io/doc/book/pipeline/syntax/
"""

from __future__ import annotations

COMMON = ("agent", "environment", "options", "post", "tools")
SECTIONS: dict[str, tuple[str, ...]] = {
    "pipeline": (*COMMON, "libraries", "parameters", "stages", "triggers"),
    "stage": (
        *COMMON,
        "failFast",
        "input",
        "matrix",
        "parallel",
        "stages",
        "steps",
        "when",
    ),
    "matrix": (*COMMON, "axes", "excludes", "input", "stages", "when"),
}
REQUIRED: dict[str, tuple[str, ...]] = {
    "pipeline": ("agent", "stages"),
    "stage": (),
    "matrix": ("axes", "stages"),
}

CONTENT = ("steps", "stages", "parallel", "matrix")
"""A stage has exactly one of these."""

WITHOUT_BLOCK = frozenset({"agent", "failFast"})
"""Sections that need no block of their own."""

RENAMED = {
    "jobProperties": "options",
    "notifications": "post",
    "postBuild": "post",
    "properties": "options",
    "wrappers": "options",
}
"""What sections of the first releases are called now."""

ALL = frozenset(section for allowed in SECTIONS.values() for section in allowed)

POST_CONDITIONS = (
    "always",
    "changed",
    "fixed",
    "regression",
    "aborted",
    "failure",
    "success",
    "unstable",
    "unsuccessful",
    "notBuilt",
    "cleanup",
)
