"""Refresh the schemas of other projects under src/mlci/lint/schemas from the installed check-jsonschema.

Each is stripped of what a verdict does not need (titles, descriptions, examples), given readable names for
its patterns (`x-form`), rid of patterns that take exponential time, and amended where it refuses what the
vendor's documentation allows. NOTICE beside them says so; their licences lie beside them, too.

    python scripts/refresh_schemas.py
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[1] / "src/mlci/lint/schemas"
ANNOTATIONS = {"$comment", "$id", "title", "description", "default", "examples", "markdownDescription"}
ANNOTATIONS |= {"defaultSnippets", "doNotSuggest", "deprecationMessage", "tsType"}
MAPS = ("properties", "patternProperties", "definitions", "dependencies")
EXPRESSION = "an expression ${{ … }}"
FORMS = {
    r"^\$\{\{(.|[\r\n])*\}\}$": (r"^\$\{\{[\s\S]*\}\}$", EXPRESSION),
    r"^.*\$\{\{(.|[\r\n])*\}\}.*$": (r"\$\{\{[\s\S]*\}\}", EXPRESSION),
    r"^(.+\/)+(.+)\.(ya?ml)(@.+)?$": (r"/.*\.ya?ml(@.+)?$|\$\{\{", "a path of a workflow file"),
    r"^[_a-zA-Z][a-zA-Z0-9_-]*$": (None, "a name of letters, digits, '-' and '_'"),
    r"^\d+(\.\d+|\*)?$": (r"^\d+(\.(\d+|\*))?$", "a version such as 2.1 or 2.*"),
    r"\.ya?ml$": (None, "the name of a .yml file"),
    r"\w\.ya?ml$": (r"\.ya?ml$", "the name of a .yml file"),
    r"^https?://.+\.ya?ml$": (None, "the URL of a .yml file"),
    r"^(https?://.+|\$[A-Za-z]+)": (None, "a URL"),
    r"^https?://": (None, "a URL"),
    r"^\w+://": (None, "a URL"),
    r".+:.+(#.+)?": (None, "text such as image:tag"),
    r"(?:\S/\S|\$\S+)": (None, "a path of a project, such as group/name"),
    r"^/.+/$": (None, "a regular expression between slashes"),
}


def main() -> None:
    """Write every schema, its licence and the notice."""
    spec = find_spec("check_jsonschema")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("install check-jsonschema first: the schemas are taken from it")
    vendor = Path(spec.submodule_search_locations[0]) / "builtin_schemas" / "vendor"
    for name, (source, amend) in SCHEMAS.items():
        schema = strip(json.loads((vendor / f"{source}.json").read_text("utf-8")))
        amend(schema)
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


def allow(part: dict[str, Any], *more: dict[str, Any]) -> None:
    """Let a part of a schema take more than it did."""
    was = dict(part)
    part.clear()
    part["anyOf"] = [was, *more]


def amend_workflow(schema: dict[str, Any]) -> None:
    """Allow in GitHub's workflows what its workflow syntax page and its own parser allow."""
    expression, null = {"$ref": "#/definitions/expressionSyntax"}, {"type": "null"}
    parts = schema["definitions"]
    allow(parts["globs"], {"type": "string", "minLength": 1})
    parts["event"]["enum"].append("image_version")
    events = schema["properties"]["on"]["oneOf"][2]["properties"]
    events["image_version"] = {
        "type": ["object", "null"],
        "properties": {"names": parts["globs"], "versions": parts["globs"]},
        "additionalProperties": False,
    }
    call = events["workflow_call"]["oneOf"][1]["properties"]
    for secret in call["secrets"].get("patternProperties", {}).values():
        allow(secret, null)
    job = parts["normalJob"]["properties"]
    allow(job["container"], null)
    allow(job["services"], expression)
    allow(parts["env"]["oneOf"][0]["additionalProperties"], null)
    job["strategy"].pop("required", None)
    job["outputs"]["additionalProperties"] = {"type": ["string", "number", "boolean", "null"]}
    for container in ("jobContainer", "serviceContainer"):
        if "credentials" in parts[container].get("properties", {}):
            allow(parts[container]["properties"]["credentials"], expression)
    for form in parts["snapshot"]["oneOf"]:
        if "properties" in form:
            form["properties"]["if"] = {"type": ["boolean", "number", "string"]}


def keep(schema: dict[str, Any]) -> None:
    """Change nothing."""


SCHEMAS: dict[str, tuple[str, Callable[[dict[str, Any]], None]]] = {
    "github-workflow": ("github-workflows", amend_workflow),
    "github-action": ("github-actions", keep),
    "dependabot": ("dependabot", keep),
    "gitlab-ci": ("gitlab-ci", keep),
}

if __name__ == "__main__":
    main()
