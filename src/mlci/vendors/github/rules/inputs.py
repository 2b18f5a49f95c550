"""An input, output or secret of `workflow_dispatch` or `workflow_call` is declared the wrong way.

An unknown type or key makes GitHub refuse the file; a default that is none of the options, or not of the
input's type, fails when the workflow starts; a default of a required input is never used.

Bad:

```yaml
on:
  workflow_dispatch:
    inputs:
      target:
        type: choice
        default: prod
        options: [staging, production]
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```

Good:

```yaml
on:
  workflow_dispatch:
    inputs:
      target:
        type: choice
        default: production
        options: [staging, production]
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity, suggest
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.form.walk import called
from mlci.vendors.github.syntax.model import Part, absent, keyed, listed, texts
from mlci.yaml.document import Node
from mlci.yaml.hints import hint
from mlci.yaml.nodes import BOOL, FLOAT, INT, STR
from mlci.yaml.source import SourceFile

ID = "github-input"
SEVERITY: Severity = "error"
KINDS: tuple[str, ...] = ("github-workflow",)


DISPATCH_TYPES = ("string", "choice", "boolean", "number", "environment")
CALL_TYPES = ("boolean", "number", "string")
SECTIONS = {"workflow_dispatch": ("inputs",), "workflow_call": ("inputs", "outputs", "secrets")}
DISPATCH_KEYS = ("description", "deprecationMessage", "required", "default", "type", "options")
KEYS = {
    "inputs": ("description", "deprecationMessage", "required", "default", "type"),
    "outputs": ("description", "value"),
    "secrets": ("description", "required"),
}
MOST = 25
"""Inputs of `workflow_dispatch` that GitHub takes."""


def check(file: SourceFile) -> Iterable[Finding]:
    """Look at what both events declare."""
    workflow = file.once(model.read_workflow)
    for event, sections in SECTIONS.items():
        pair = workflow.events.get(event)
        node = None if pair is None else pair[1]
        if node is None or absent(node):
            continue
        if node.id != "mapping":
            yield Finding(file.mark(node), f"'{event}' must be a mapping, not {called(node)}", ID, SEVERITY)
        for name, (key, value) in keyed(node).items():
            if name in sections:
                yield from check_section(file, event, name, value)
            else:
                said = f"unknown key '{name}' in '{event}'; expected {', '.join(sections)}"
                yield Finding(file.mark(key), said, ID, SEVERITY, suggest(name, sections))


def check_section(file: SourceFile, event: str, section: str, node: Node) -> Iterator[Finding]:
    """Look at the inputs, outputs or secrets of an event."""
    if node.id != "mapping":
        said = f"'{section}' must be a mapping, not {called(node)}"
        yield Finding(file.mark(node), said, ID, "warning" if absent(node) else SEVERITY)
        return
    if event == "workflow_dispatch" and len(node.value) > MOST:
        extra = node.value[MOST][0]
        yield Finding(file.mark(extra), f"GitHub takes {MOST} inputs at most", ID, SEVERITY)
    for name, (key, value) in keyed(node).items():
        if value.id != "mapping" and not absent(value):
            said = f"'{name}' must be a mapping, not {called(value)}"
            yield Finding(file.mark(value), said, ID, SEVERITY)
            continue
        part = Part(value)
        known = DISPATCH_KEYS if event == "workflow_dispatch" else KEYS[section]
        yield from check_keys(file, section, part, known)
        if section == "inputs":
            yield from check_input(file, event, name, key, part)
        elif section == "outputs" and "value" not in part.keys:
            yield Finding(file.mark(key), f"the output '{name}' lacks 'value'", ID, SEVERITY)


def check_keys(file: SourceFile, section: str, part: Part, known: tuple[str, ...]) -> Iterator[Finding]:
    """Look at the keys of one entry."""
    for name, (key, value) in part.keys.items():
        if name not in known:
            said = f"unknown key '{name}' in '{section}'; expected one of {', '.join(known)}"
            yield Finding(file.mark(key), said, ID, SEVERITY, hint(file, name, known))
        elif name in ("description", "deprecationMessage") and value.id != "scalar":
            yield Finding(file.mark(value), f"'{name}' must be text, not {called(value)}", ID, SEVERITY)
        elif name == "required" and value.tag != BOOL:
            said = f"'required' must be true or false, not {called(value)}"
            yield Finding(file.mark(value), said, ID, SEVERITY)


def check_input(file: SourceFile, event: str, name: str, key: Node, part: Part) -> Iterator[Finding]:
    """Look at one input's type and default."""
    types = DISPATCH_TYPES if event == "workflow_dispatch" else CALL_TYPES
    node = part.value("type")
    if node is None:
        if event == "workflow_call":
            yield Finding(file.mark(key), f"the input '{name}' lacks 'type'", ID, SEVERITY)
        kind = "string"
    elif node.id != "scalar" or node.value not in types:
        said = f"'type' must be one of {', '.join(types)}, not {called(node)}"
        yield Finding(file.mark(node), said, ID, SEVERITY, hint(file, str(node.value), types))
        return
    else:
        kind = node.value
    yield from check_options(file, name, key, kind, part)
    default = part.value("default")
    if default is not None:
        yield from check_default(file, event, name, kind, default, part)


def check_options(file: SourceFile, name: str, key: Node, kind: str, part: Part) -> Iterator[Finding]:
    """Look at the options of a choice."""
    node = part.value("options")
    if kind != "choice":
        if node is not None:
            said = f"'options' are for the type choice, but '{name}' is a {kind}"
            yield Finding(file.mark(node), said, ID, SEVERITY)
        return
    if node is None:
        yield Finding(file.mark(key), f"the choice '{name}' lacks 'options'", ID, SEVERITY)
    elif node.id != "sequence" or not node.value:
        yield Finding(file.mark(node), f"'options' must be a list, not {called(node)}", ID, SEVERITY)
    seen: set[str] = set()
    for item in listed(node):
        if item.id != "scalar":
            yield Finding(file.mark(item), f"an option must be text, not {called(item)}", ID, SEVERITY)
        elif item.value in seen:
            yield Finding(file.mark(item), f"the option '{item.value}' stands twice", ID, "warning")
        else:
            seen.add(item.value)


def check_default(
    file: SourceFile, event: str, name: str, kind: str, node: Node, part: Part
) -> Iterator[Finding]:
    """Compare a default with its input's type."""
    mark = file.mark(node)
    if part.text("required") == "true" and event == "workflow_call":
        yield Finding(mark, f"'{name}' is required, so its default is never used", ID, "warning")
    if node.id != "scalar" or "${{" in node.value:
        if node.id != "scalar":
            yield Finding(mark, f"a default must be a plain value, not {called(node)}", ID, SEVERITY)
        return
    options = texts(listed(part.value("options")))
    if kind == "choice" and options and node.value not in options:
        said = f"the default '{node.value}' of '{name}' is none of its options"
        yield Finding(mark, said, ID, SEVERITY, hint(file, node.value, options))
    elif kind == "boolean" and node.tag != BOOL:
        said = f"'{name}' is a boolean; its default must be true or false, not {called(node)}"
        yield Finding(mark, said, ID, "warning" if node.value in ("true", "false") else SEVERITY)
    elif kind == "number" and not is_number(node):
        yield Finding(mark, f"'{name}' is a number; its default must be one, too", ID, SEVERITY)
    elif kind == "string" and node.tag == BOOL:
        yield Finding(mark, f"'{name}' is a string, but its default is a boolean", ID, "warning", "quote it")


def is_number(node: Node) -> bool:
    """Tell whether a default is a number, perhaps quoted."""
    if node.tag in (INT, FLOAT):
        return True
    try:
        float(node.value)
    except ValueError:
        return False
    return bool(node.tag == STR)
