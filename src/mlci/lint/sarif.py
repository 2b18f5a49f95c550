"""Findings as SARIF 2.1.0, with what GitHub code scanning asks for: what each rule is about, and its help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from mlci import __version__
from mlci.findings import Finding
from mlci.lint import registry
from mlci.lint.rule import Rule
from mlci.release import REPOSITORY

DOCS = f"https://github.com/{REPOSITORY}/blob/main/docs/reference/rules.md"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def log(findings: Sequence[Finding]) -> dict[str, Any]:
    ids = sorted({found.rule for found in findings})
    known = {rule.ID: (pack.id, rule) for pack, rule in registry.every_rule()} if ids else {}
    rules = [own(*known[id]) if id in known else others(id) for id in ids]
    driver = {
        "name": "mlci",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": DOCS,
        "rules": rules,
    }
    seen: Counter[str] = Counter()
    results = [result(found, ids.index(found.rule), seen) for found in findings]
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def own(pack: str, rule: Rule) -> dict[str, Any]:
    """Describe a rule of ours by its documentation."""
    from inspect import cleandoc

    doc = cleandoc(rule.__doc__ or "")
    about = doc.partition("\n\nBad:")[0]
    said = described(rule.ID, about.partition("\n")[0], about, doc, f"{DOCS}#{rule.ID}")
    return {
        **said,
        "defaultConfiguration": {"level": LEVELS[rule.SEVERITY]},
        "properties": {"tags": [pack]},
    }


def others(id: str) -> dict[str, Any]:
    """Describe a rule of another tool; its finding has the link."""
    tool, _, name = id.partition("/")
    said = f"{name} of {tool}."
    return {**described(id, said, said, said, DOCS), "properties": {"tags": ["partners", tool]}}


def described(id: str, short: str, full: str, help: str, link: str) -> dict[str, Any]:
    """Return the parts that every rule's description has."""
    words = id.replace("/", "-").split("-")
    name = {"name": "".join(map(str.capitalize, words))} if len(words) > 1 else {}
    return {
        "id": id,
        **name,
        "shortDescription": {"text": short},
        "fullDescription": {"text": full},
        "help": {"text": help, "markdown": help},
        "helpUri": link,
    }


def result(found: Finding, index: int, seen: Counter[str]) -> dict[str, Any]:
    mark = found.mark
    region = {
        "startLine": max(1, mark.line),
        "startColumn": mark.column,
        "endColumn": mark.column + mark.length,
    }
    base = {} if mark.file.startswith("/") else {"uriBaseId": "%SRCROOT%"}
    place = {"artifactLocation": {"uri": uri(mark.file), **base}, "region": region}
    return {
        "ruleId": found.rule,
        "ruleIndex": index,
        "level": LEVELS[found.severity],
        "message": {"text": sentence(f"{found.message}. {found.help}" if found.help else found.message)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"mlci/v1": fingerprint(found, seen)},
    }


def sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def uri(name: str) -> str:
    from urllib.parse import quote

    return PurePosixPath(name).as_uri() if name.startswith("/") else quote(name)


def fingerprint(found: Finding, seen: Counter[str]) -> str:
    """Return a digest that stays when lines are only moved; `seen` counts what is found more than once."""
    from hashlib import sha256

    said = f"{found.mark.file}\0{found.rule}\0{found.message}"
    seen[said] += 1
    return sha256(f"{said}\0{seen[said]}".encode("utf-8", "surrogatepass")).hexdigest()[:40]
