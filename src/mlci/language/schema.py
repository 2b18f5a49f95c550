"""The JSON Schema of `mlci.yaml`, derived from the language's dataclasses, for editors."""

from __future__ import annotations

import json
from typing import Any

from mlci.language.config import LANGUAGE
from mlci.language.model import STEPS


def schema() -> dict[str, Any]:
    step = STEPS.schema()["items"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mlci.yaml",
        "description": "An ML pipeline: stages, workflows, targets, runners.",
        **LANGUAGE.schema(),
        "$defs": {"step": step},
    }


def text() -> str:
    """Return it as it is written into a repository: a line for each key, for readable differences.

    Not indented by `json`, which does that in Python and would take longer than rendering the pipeline.
    """
    whole = schema()
    properties = whole.pop("properties")
    lines = [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in whole.items()]
    inner = [
        f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in properties.items()
    ]
    lines.append('"properties": {\n' + ",\n".join(inner) + "\n}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
