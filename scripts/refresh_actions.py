"""Writes src/mlci/vendors/github/syntax/popular.json: what well-known actions take and give.

The names are those of each action's own `action.yml`. They are asked of actionlint (MIT licence), which
gathers them with each of its releases: a workflow is made that gives every action an input nobody has, and
the answers say which there are. Needs the `lint` extra. Run it after updating that extra.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parents[1] / "src/mlci/vendors/github/syntax/popular.json"
MAJORS = range(1, 16)
NOBODY = "input-nobody-has"
QUOTED = re.compile(r'"([^"]+)"')


def ask(steps: list[str]) -> dict[int, list[str]]:
    """Return actionlint's messages by line, for a workflow of these steps."""
    head = "on: push\njobs:\n  all:\n    runs-on: ubuntu-latest\n    steps:\n"
    command = [
        str(Path(sys.executable).with_name("actionlint")),
        "-shellcheck=",
        "-pyflakes=",
        "-format",
        "{{json .}}",
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "all.yml")
        path.write_text(head + "".join(steps), encoding="utf-8")
        done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False, cwd=folder)
    found: dict[int, list[str]] = {}
    for one in json.loads(done.stdout):
        found.setdefault(one["line"], []).append(one["message"])
    return found


def gather(names: list[str]) -> dict[str, dict[str, Any]]:
    """Return what is known of each release of each action: `name@vN` -> inputs, required, outputs."""
    refs = [f"{name}@v{major}" for name in names for major in MAJORS]
    steps = [
        f"      - uses: {ref}\n        id: s{number}\n        with: {{{NOBODY}: x}}\n"
        f"      - run: echo ${{{{ steps.s{number}.outputs.{NOBODY} }}}}\n"
        for number, ref in enumerate(refs)
    ]
    said = ask(steps)
    known = {}
    for number, ref in enumerate(refs):
        first = 6 + 4 * number
        messages = [one for line in range(first, first + 4) for one in said.get(line, ())]
        entry = read(messages)
        if entry is not None:
            known[ref] = entry
    return known


def read(messages: list[str]) -> dict[str, Any] | None:
    """Return what the messages about one release tell; None when it is not known."""
    inputs = next((one for one in messages if NOBODY in one and "available inputs" in one), None)
    if inputs is None:
        return None
    outputs = next((one for one in messages if NOBODY in one and "object type {" in one), None)
    required = [QUOTED.findall(one)[0] for one in messages if one.startswith("missing input")]
    return {
        "inputs": sorted(QUOTED.findall(inputs.partition("available inputs")[2])),
        "required": sorted(required),
        "outputs": None if outputs is None else sorted(re.findall(r"([\w-]+):", outputs.partition("{")[2])),
    }


def add_deprecated(known: dict[str, dict[str, Any]]) -> None:
    """Add which inputs are deprecated, and what their actions say of them."""
    refs = list(known)
    steps, place = [], {}
    line = 6
    for ref in refs:
        names = known[ref]["inputs"]
        place[ref] = range(line, line + 2 + len(names))
        line += 2 + len(names)
        given = "".join(f"          {name}: x\n" for name in names)
        steps.append(f"      - uses: {ref}\n        with:\n{given}")
    said = ask(steps)
    for ref in refs:
        known[ref]["deprecated"] = {}
        for number in place[ref]:
            for one in said.get(number, ()):
                if one.startswith("avoid using deprecated input"):
                    name = QUOTED.findall(one)[0]
                    known[ref]["deprecated"][name] = one.partition('": ')[2] or "its action says no more"


def fold(known: dict[str, dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the table by action, with releases that are alike put together."""
    table: dict[str, list[dict[str, Any]]] = {}
    for ref, entry in known.items():
        name, _, major = ref.partition("@v")
        for other in table.setdefault(name, []):
            if {key: other[key] for key in entry} == entry:
                other["majors"].append(int(major))
                break
        else:
            table[name].append({"majors": [int(major)], **entry})
    return dict(sorted(table.items()))


def main() -> None:
    """Ask for the actions that are named on standard input, or else for those of the table."""
    named = [] if sys.stdin.isatty() else sys.stdin.read().split()
    names = named or list(json.loads(TABLE.read_text("utf-8")))
    known = gather(names)
    add_deprecated(known)
    lines = [f'"{name}": {json.dumps(entries, ensure_ascii=False)}' for name, entries in fold(known).items()]
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
