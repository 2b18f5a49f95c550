"""How well the linter does on GitHub's files whose verdict is known.

A line that is expected counts as found when any finding stands on it. A clean file counts as flagged when
it has an error. `python benchmarks/corpora/github.py CORPORA [--partners] [--show]` prints the numbers, and
what is missed.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mlci.findings import Finding
from mlci.lint import kinds, partners
from mlci.lint.run import check
from mlci.lint.settings import Options
from mlci.yaml.source import SourceFile

KINDS = {"workflow": "github-workflow", "action": "github-action", "dependabot": "dependabot"}
PARTS = (
    "actionlint-examples",
    "actionlint-ok",
    "schemastore-github-workflow",
    "schemastore-github-action",
    "zizmor-models",
)
Judge = Callable[[list[SourceFile]], dict[str, list[Finding]]]


def entries(corpora: Path, part: str) -> Iterator[dict[str, Any]]:
    """Yield the entries of one part of the corpus."""
    with (corpora / "github" / f"{part}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def own(files: list[SourceFile]) -> dict[str, list[Finding]]:
    """Judge by our own rules alone."""
    options = Options(partners=False)
    return {file.name: list(check(file, options)) for file in files}


def merged(files: list[SourceFile]) -> dict[str, list[Finding]]:
    """Judge by our own rules and the partner tools."""
    options = Options()
    found = own(files)
    partners.add(found, files, options)
    return found


def judge(corpora: Path, part: str, by: Judge) -> list[tuple[dict[str, Any], list[Finding]]]:
    """Return each entry with what is found in it; each lies in a repository of its own."""
    listed = list(entries(corpora, part))
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, entry in enumerate(listed):
            root = Path(folder, str(number))
            name = f"{number}/{entry['file']}"
            path = Path(folder, name)
            path.parent.mkdir(parents=True)
            path.write_text(entry["text"], encoding="utf-8")
            files.append(SourceFile(name, entry["text"], kinds.BY_ID[KINDS[entry["kind"]]], root.parent))
        found = by(files)
    return [(entry, found[file.name]) for entry, file in zip(listed, files, strict=True)]


def score(corpora: Path, by: Judge = own) -> dict[str, Any]:
    """Count expected lines that are found, and clean files that are flagged.

    Parameters
    ----------
    corpora : the folder that holds `github/*.jsonl`
    by : what judges a file

    Returns
    -------
    dict : the counts lines, found, bad, bad_found, clean, clean_flagged; missed and flagged: what, for people
    """
    counts = ("lines", "found", "bad", "bad_found", "clean", "clean_flagged")
    total: dict[str, Any] = {**dict.fromkeys(counts, 0), "missed": [], "flagged": []}
    for part in PARTS:
        for entry, found in judge(corpora, part, by):
            count(total, entry, found)
    return total


def count(total: dict[str, Any], entry: dict[str, Any], found: list[Finding]) -> None:
    """Add one file to the totals."""
    name = entry["id"].partition("/")[2]
    if entry["expect"] == "ok":
        errors = [one for one in found if one.severity == "error"]
        total["clean"] += 1
        total["clean_flagged"] += bool(errors)
        total["flagged"] += [f"{name}:{one.mark.line}: {one.message} [{one.rule}]" for one in errors]
        return
    total["bad"] += 1
    total["bad_found"] += bool(found)
    if not found:
        total["missed"].append(f"{name}: nothing found")
    lines = {one.mark.line for one in found}
    for wanted in entry["findings"]:
        hit = wanted["line"] in lines or (not wanted["line"] and bool(found))
        total["lines"] += 1
        total["found"] += hit
        if not hit:
            total["missed"].append(f"{name}:{wanted['line']}: {wanted['msg'][:150]}")


def main(arguments: list[str]) -> None:
    """Print the score of the corpus in the folder that is named."""
    by = merged if "--partners" in arguments else own
    result = score(Path(arguments[0]), by)
    for key, value in result.items():
        if isinstance(value, int):
            print(f"{key:14} {value}")
        elif "--show" in arguments:
            print(f"{key}:", *value, sep="\n  ")


if __name__ == "__main__":
    main(sys.argv[1:])
