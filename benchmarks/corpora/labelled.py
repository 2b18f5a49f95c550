"""Scoring by file: how many of the files that are wrong are flagged, and how many of those that are right."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mlci.lint.run import check, make
from mlci.lint.settings import Options

PACKS = ("files", "schema")
"""Rules about what a vendor would refuse; security and ML rules have other things to say of any file."""


def entries(corpora: Path, parts: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the entries of some parts of the corpora."""
    for part in parts:
        with (corpora / f"{part}.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def severities(entry: dict[str, Any], packs: Sequence[str]) -> set[str]:
    """Return how bad the findings in one entry are."""
    options = Options(select=(*PACKS, *packs), partners=False)
    return {found.severity for found in check(make(entry["file"], entry["text"], options), options)}


def score(corpora: Path, parts: Sequence[str], packs: Sequence[str], bad: Sequence[str]) -> dict[str, Any]:
    """Count bad files that are flagged, and clean ones.

    Parameters
    ----------
    corpora : the folder of the corpora
    parts : the parts to judge, as `vendor/name`
    packs : the packs of rules about the vendor
    bad : the labels of files in which something is wrong; files that are neither bad nor `ok` are left out

    Returns
    -------
    dict : bad, bad_found, clean, clean_flagged (counts; a warning flags, too), missed and flagged (ids)
    """
    found: dict[str, Any] = {
        "bad": 0,
        "bad_found": 0,
        "clean": 0,
        "clean_flagged": 0,
        "missed": [],
        "flagged": [],
    }
    for entry in entries(corpora, parts):
        hit = bool(severities(entry, packs) & {"error", "warning"})
        if entry["expect"] in bad:
            found["bad"] += 1
            found["bad_found"] += hit
            found["missed"] += [] if hit else [entry["id"]]
        elif entry["expect"] == "ok":
            found["clean"] += 1
            found["clean_flagged"] += hit
            found["flagged"] += [entry["id"]] if hit else []
    return found


def show(result: dict[str, Any]) -> None:
    """Print a score, with what is missed and what is flagged when `--show` is given."""
    print(f"bad {result['bad_found']}/{result['bad']}, ", end="")
    print(f"clean flagged {result['clean_flagged']}/{result['clean']}")
    if "--show" in sys.argv:
        print("missed:", *result["missed"], sep="\n  ")
        print("flagged:", *result["flagged"], sep="\n  ")
