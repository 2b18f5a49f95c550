"""The stages of a DVC pipeline, dvc.yaml, as stages of mlci.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from mlci.errors import InputError
from mlci.init.scripts import FoundStage, meets
from mlci.yaml.document import read_document

FILE = "dvc.yaml"
PARAMS = "params.yaml"


def dvc_stages(folder: Path, notes: list[str]) -> Iterator[FoundStage]:
    """Yield the stages of dvc.yaml, each after those whose outputs it reads; note what is left out."""
    try:
        held = read_document(folder / FILE, FILE).data
    except InputError as error:
        notes.append(f"{FILE} cannot be read: {error}")
        return
    stages = held.get("stages") if isinstance(held, dict) else None
    found: list[FoundStage] = []
    for name, said in stages.items() if isinstance(stages, dict) else ():
        reason = refusal(said)
        if reason:
            notes.append(f"stage '{name}' of {FILE} is left out: {reason}")
        else:
            found.append(stage(str(name), said))
    yield from in_order(found, notes)


def refusal(said: Any) -> str:
    """Say why a stage cannot be taken over; "" when it can."""
    if not isinstance(said, dict) or not said.get("cmd"):
        return "it has no cmd" if not isinstance(said, dict) or "foreach" not in said else "it has foreach"
    if "matrix" in said:
        return "it has a matrix; write it as `matrix:` of a stage"
    if "${" in str(said):
        return "it is a template, ${…}; write its values in"
    outside = [path for key in ("deps", "outs", "metrics", "plots") for path in paths(said, key) if bad(path)]
    return f"'{outside[0]}' lies outside the repository" if outside else ""


def bad(path: str) -> bool:
    """Tell whether a path leads out of the repository."""
    return path.startswith(("/", "~")) or ".." in PurePosixPath(path).parts or ":" in path


def stage(name: str, said: Mapping[str, Any]) -> FoundStage:
    wdir = str(said.get("wdir", "")).strip("./")
    cmd = said["cmd"]
    command = "\n".join(map(str, cmd)) if isinstance(cmd, list) else str(cmd)
    metrics = located(wdir, [path for path in paths(said, "metrics") if path.endswith(".json")])
    rest = [path for path in paths(said, "metrics") if not path.endswith(".json")]
    outputs = located(wdir, [*paths(said, "outs"), *paths(said, "plots"), *rest])
    inputs = located(wdir, [*paths(said, "deps"), *params_files(said)])
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")
    plain = plain if re.match(r"[A-Za-z_]", plain) else f"stage-{plain}"
    return FoundStage(plain[:64], command, inputs, outputs, metrics, folder=wdir, why=FILE)


def paths(said: Mapping[str, Any], key: str) -> list[str]:
    """Return the paths of `deps`, `outs`, …: each a text, or a mapping with options."""
    held = said.get(key) or []
    listed = held if isinstance(held, list) else [held]
    return [str(next(iter(each))) if isinstance(each, dict) and each else str(each) for each in listed]


def params_files(said: Mapping[str, Any]) -> list[str]:
    held = said.get("params") or []
    listed = held if isinstance(held, list) else [held]
    names = [str(name) for each in listed if isinstance(each, dict) for name in each]
    if any(not isinstance(each, dict) for each in listed):
        names.append(PARAMS)
    return list(dict.fromkeys(names))


def located(wdir: str, found: list[str]) -> tuple[str, ...]:
    """Return paths as seen from the top of the repository, each once."""
    return tuple(dict.fromkeys(f"{wdir}/{path}" if wdir else path for path in found))


def in_order(stages: list[FoundStage], notes: list[str]) -> Iterator[FoundStage]:
    """Yield the stages so that each comes after those whose outputs it reads."""
    waiting = list(stages)
    while waiting:
        ready = next((one for one in waiting if not needs(one, waiting)), None)
        if ready is None:
            notes.append(
                f"the stages of {FILE} wait for each other: {', '.join(one.name for one in waiting)}"
            )
            return
        waiting.remove(ready)
        yield ready


def needs(one: FoundStage, others: list[FoundStage]) -> bool:
    """Tell whether a stage reads what another of these makes."""
    return any(
        meets(given, made)
        for other in others
        if other is not one
        for made in (*other.outputs, *other.metrics)
        for given in one.inputs
    )
