"""A command in brackets is no JSON, so Docker takes it for a shell command.

The exec form is a JSON list: double quotes, commas. Anything else runs in a shell, brackets and all, and
fails when the container starts.

Bad:

```dockerfile
FROM python:3.12
CMD ['python', '-m', 'app']
```

Good:

```dockerfile
FROM python:3.12
CMD ["python", "-m", "app"]
```
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.lint.dockerfile.model import instructions
from mlci.lint.rule import Edit
from mlci.yaml.source import SourceFile

ID = "docker-exec-form"
SEVERITY: Severity = "error"
KINDS = ("dockerfile",)
TAKE_LISTS = ("CMD", "ENTRYPOINT", "RUN", "SHELL", "VOLUME")


def check(file: SourceFile) -> Iterator[Finding]:
    for one in file.once(instructions):
        text = one.bare
        listed = text.startswith("[") and text.endswith("]")
        test = one.name == "RUN" and text.startswith(("[ ", "[["))  # the shell's own brackets
        if one.name in TAKE_LISTS and listed and not test and not is_list(text):
            said = f"the brackets of {one.name} hold no JSON list, so a shell runs them as they stand"
            yield Finding(one.mark, said, ID, SEVERITY, "use double quotes, and commas between the words")


def fix(file: SourceFile, finding: Finding) -> Iterator[Edit]:
    """Write double quotes for single ones, where that makes a list."""
    number = finding.mark.line
    line = file.lines[number - 1].rstrip()
    opening = line.find("[")
    new = line[opening:].replace("'", '"')
    if opening >= 0 and '"' not in line[opening:] and is_list(new):
        yield Edit(number, opening + 1, number, len(line) + 1, new)


def is_list(text: str) -> bool:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, list) and all(isinstance(one, str) for one in found)
