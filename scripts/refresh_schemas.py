"""Refresh the schemas of other projects under src/mlci/lint/schemas from the installed check-jsonschema.

Each is stripped of what a verdict does not need (titles, descriptions, examples), given readable names for
its patterns (`x-form`) and rid of patterns that take exponential time. NOTICE beside them says so; their
licences lie beside them, too.

    python scripts/refresh_schemas.py
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[1] / "src/mlci/lint/schemas"
ANNOTATIONS = {"$comment", "$id", "title", "description", "default", "examples", "markdownDescription"}
ANNOTATIONS |= {"defaultSnippets", "doNotSuggest", "deprecationMessage", "tsType"}
MAPS = ("properties", "patternProperties", "definitions", "dependencies")
FORMS = {
    r"\.ya?ml$": (None, "the name of a .yml file"),
    r"\w\.ya?ml$": (r"\.ya?ml$", "the name of a .yml file"),
    r"^https?://.+\.ya?ml$": (None, "the URL of a .yml file"),
    r"^(https?://.+|\$[A-Za-z]+)": (None, "a URL"),
    r"^https?://": (None, "a URL"),
    r"^\w+://": (None, "a URL"),
    r"(?:\S/\S|\$\S+)": (None, "a path of a project, such as group/name"),
    r"^/.+/$": (None, "a regular expression between slashes"),
}


def main() -> None:
    """Write every schema, its licence and the notice."""
    spec = find_spec("check_jsonschema")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("install check-jsonschema first: the schemas are taken from it")
    vendor = Path(spec.submodule_search_locations[0]) / "builtin_schemas" / "vendor"
    for name in SCHEMAS:
        schema = strip(json.loads((vendor / f"{name}.json").read_text("utf-8")))
        text = json.dumps(schema, separators=(",", ":"), ensure_ascii=False)
        (OUT / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    for licence in ("schemastore", "gitlab"):
        shutil.copyfile(vendor / "licenses" / f"LICENSE.{licence}", OUT / f"LICENSE.{licence}")


def strip(node: Any) -> Any:
    """Return a schema without annotations; the keys of a map of schemas are names, and stay."""
    if isinstance(node, list):
        return [strip(one) for one in node]
    if not isinstance(node, dict):
        return node
    out = {}
    for key, value in node.items():
        if key in MAPS and isinstance(value, dict):
            out[key] = {name: strip(one) for name, one in value.items()}
        elif key in ("enum", "const", "required"):
            out[key] = value
        elif key not in ANNOTATIONS and not key.startswith("x-"):
            out[key] = strip(value)
    return readable(out)


def readable(part: dict[str, Any]) -> dict[str, Any]:
    """Give a pattern a name, and in place of one that can take exponential time its equal."""
    pattern = part.get("pattern")
    if isinstance(pattern, str):
        better, form = FORMS.get(pattern, (None, None))
        part["pattern"] = better or re.sub(r"\\p\{[^}]*\}", "", pattern)
        if form:
            part["x-form"] = form
    return part


SCHEMAS = ("dependabot", "gitlab-ci")

if __name__ == "__main__":
    main()
