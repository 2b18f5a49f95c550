"""docs/reference/mlci-yaml.md and the JSON Schema, from the language's dataclasses."""

from __future__ import annotations

import inspect
from dataclasses import MISSING, Field
from typing import Any

from mlci.derive.page import page, table
from mlci.language import model, schema
from mlci.language.records import Record, keys, required
from mlci.language.shapes import Shape

SECTIONS: tuple[tuple[str, type], ...] = (
    ("The top level", model.Pipeline),
    ("`stages.NAME`", model.Stage),
    ("`workflows.NAME`", model.Workflow),
    ("`workflows.NAME.on`", model.Trigger),
    ("`on.push` and `on.pull_request`", model.Filter),
    ("`on.manual.inputs.NAME`", model.ManualInput),
    ("`workflows.NAME.stages`: a stage's use", model.UseOptions),
    ("`workflows.NAME.notify`", model.Notify),
    ("`if`", model.Condition),
    ("`runners.NAME`, `runner`", model.Runner),
    ("`services`", model.Service),
    ("`concurrency`", model.Concurrency),
    ("`cache`", model.Cache),
    ("`reports`", model.Reports),
    ("`aws`", model.Aws),
    ("`requirements`", model.Requirements),
)
OPENING = """
Every key of the language. Editors complete and check it by the schema that `mlci init` and `mlci generate`
write to `.mlci/mlci.schema.json`; name it in the file's first line: `# yaml-language-server:
$schema=.mlci/mlci.schema.json`.

In `workflows.NAME.stages`, order is the list's and a nested list is parallel; a list inside a nested list
is a sequence again. `{stage: name}` gives a stage's job a name of its own, `{approve: name}` waits for a
person. In paths, `{job}` stands for the job's name and `{axis}` for a value of the stage's matrix.
"""


def files() -> dict[str, str]:
    parts = [f"## {title}\n\n{described(record)}" for title, record in SECTIONS]
    return {
        "docs/reference/mlci-yaml.md": page("mlci.yaml", OPENING, *parts),
        "docs/reference/mlci.schema.json": schema.text(),
    }


def described(record: type) -> str:
    rows = [
        (f"`{name}`", said.doc, expected(said.shape), default(field))
        for name, (field, said) in keys(record).items()
    ]
    return f"{inspect.getdoc(record)}\n\n" + table(("key", "meaning", "value", "default"), rows)


def expected(shape: Shape) -> str:
    """Say what a value may be; a mapping has a section of its own."""
    return "a mapping" if isinstance(shape, Record) else shape.expects()


def default(field: Field[Any]) -> str:
    """Return a key's default as it would be written."""
    if required(field):
        return "required"
    value = field.default_factory() if field.default_factory is not MISSING else field.default
    if value is None or value in ((), {}, "") or value == model.Requirements():
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
