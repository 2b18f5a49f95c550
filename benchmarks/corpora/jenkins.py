"""How many of the Jenkins corpora's faulty pipelines the rules find, and how many sound ones they flag.

    python benchmarks/corpora/jenkins.py PATH_OF_THE_CORPORA

A file counts as found, or as flagged, when any rule reports an error in it; warnings count for nothing.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlci.findings import Finding
from mlci.lint import kinds, registry
from mlci.yaml.source import SourceFile

FILES = ("errors.jsonl", "ok-strict.jsonl")
OUT_OF_REACH = {
    "errors/agentUnknownParamForType": "an agent type of the plugin's own tests",
    "errors/optionValidatorContributor": "a validator of the plugin's own tests",
    "errors/scriptSecurityRejectionInSteps": "the sandbox decides while it runs",
}
"""Files labelled as faulty in which nothing can be found without a running Jenkins, and why."""


def samples(corpora: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each sample with the name of its corpus."""
    for name in FILES:
        path = corpora / "jenkins" / name
        for line in path.read_text(encoding="utf-8").splitlines():
            yield name.removesuffix(".jsonl"), json.loads(line)


def score(corpora: Path) -> dict[str, Any]:
    """Measure the rules.

    Parameters
    ----------
    corpora : the folder that holds `jenkins/errors.jsonl` and its neighbours

    Returns
    -------
    dict : for each corpus `bad`, `found`, `out_of_reach`, `ok`, `flagged` (counts), `missed` and `false`
        (ids), and `milliseconds` for a file
    """
    table: dict[str, Any] = {}
    for corpus, sample in samples(corpora):
        empty = {"bad": 0, "found": 0, "out_of_reach": 0, "ok": 0, "flagged": 0, "missed": [], "false": []}
        row = table.setdefault(corpus, {**empty, "milliseconds": 0.0})
        start = time.perf_counter()
        errors = [found for found in check(sample["text"], sample["file"]) if found.severity == "error"]
        row["milliseconds"] += (time.perf_counter() - start) * 1000
        count(row, sample, bool(errors))
    for row in table.values():
        row["milliseconds"] = round(row["milliseconds"] / max(1, row["bad"] + row["ok"]), 2)
    return table


def check(text: str, name: str) -> list[Finding]:
    """Return what the rules for Jenkinsfiles say of a text."""
    file = SourceFile(name, text, kinds.BY_ID["jenkinsfile"])
    rules = [rule for pack, rule in registry.rules_for("jenkinsfile") if pack == "jenkins"]
    return [found for rule in rules for found in rule.check(file)]


def count(row: dict[str, Any], sample: dict[str, Any], flagged: bool) -> None:
    """Enter one sample into its corpus' row."""
    name = sample["id"].removeprefix("jenkins/")
    if sample["expect"] == "ok":
        row["ok"] += 1
        row["flagged"] += flagged
        row["false"] += [name] * flagged
        return
    row["bad"] += 1
    row["found"] += flagged
    if not flagged and name in OUT_OF_REACH:
        row["out_of_reach"] += 1
    elif not flagged:
        row["missed"].append(name)


def main() -> None:
    """Print the table, then what was missed and what was flagged wrongly."""
    table = score(Path(sys.argv[1]))
    print(f"{'corpus':10} {'found':>9} {'out of reach':>12} {'flagged ok':>10} {'ms a file':>9}")
    for corpus, row in table.items():
        found, flagged = f"{row['found']}/{row['bad']}", f"{row['flagged']}/{row['ok']}"
        print(f"{corpus:10} {found:>9} {row['out_of_reach']:>12} {flagged:>10} {row['milliseconds']:>9}")
    for corpus, row in table.items():
        for what in ("missed", "false"):
            for name in row[what]:
                print(f"{what}: {corpus} {name}")


if __name__ == "__main__":
    main()
