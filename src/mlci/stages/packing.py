"""How a model becomes a package: checked, exported where needed, described."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlci.deploy.package import KERAS_MODEL, Package, check_name, write_package
from mlci.errors import InputError
from mlci.models.framework import pin
from mlci.models.graph import Graph, TensorSpec
from mlci.models.identity import Identity, agree, identify
from mlci.models.loading import find_keras, find_saved_model, no_model, open_keras
from mlci.models.safety import check_keras, check_saved_model
from mlci.stages.blessing import Blessing, read_blessing
from mlci.stages.contract import Case, Outcome, Work
from mlci.stages.summary import table
from mlci.stages.versions import Scheme, choose_version, parent_version

OWN_FILES = ("saved_model.pb", "fingerprint.pb", "keras_metadata.pb")
OWN_FOLDERS = ("variables", "assets")


def pack(
    work: Work, model: Path, name: str, version: int | Scheme, blessing: Path | None, dist: Path
) -> Outcome:
    """Write the package, unless the blessing is missing."""
    check_name(name)
    number = choose_version(work, model, version)
    keras, saved = find_keras(model), find_saved_model(model)
    if keras is None and saved is None:
        raise no_model(model)
    found = check_models(keras, saved)
    word = None if blessing is None else read_blessing(blessing)
    case = None if word is None else blessed_case(word, found)
    if case is not None and not case.passed:
        return Outcome({}, (case,), f"### Not packaged\n\n{case.message}\n")
    with TemporaryDirectory(prefix="mlci-") as temporary:
        folder = Path(temporary) / "model"
        assemble(work, keras, saved, folder)
        made = write_package(folder, describe(name, number, folder, model, word), dist)
    work.say(f"packed {made.archive.name}, {made.archive.stat().st_size:,} bytes")
    return Outcome({}, () if case is None else (case,), summarise(made))


def check_models(keras: Path | None, saved: Path | None) -> dict[str, Identity]:
    """Return the models' identities, each allowed to be loaded, and alike when there are two."""
    found = {}
    if keras is not None:
        check_keras(keras)
        found["keras"] = identify(keras)
    if saved is not None:
        check_saved_model(saved)
        found["savedmodel"] = identify(saved)
    if len(found) == 2 and not agree(found["keras"], found["savedmodel"]):
        raise InputError(
            f"{keras} and the SavedModel in {saved} hold different weights",
            help="write both after training has ended, or only the .keras file",
        )
    return found


def blessed_case(word: Blessing, found: Mapping[str, Identity]) -> Case:
    """Return the case of the blessing: the test passed, and it was this model that was tested."""
    if not word.blessed:
        return Case("model is blessed", False, "the model missed a gate of its test; it is not packaged")
    held = {identity.digest for identity in found.values()}
    return Case("model is blessed", not held.isdisjoint(word.models), "the blessing is for another model")


def assemble(work: Work, keras: Path | None, saved: Path | None, folder: Path) -> None:
    """Lay out a version's folder: the SavedModel, made of the Keras model where there is none, and extras."""
    if saved is not None:
        copy_saved_model(saved, folder)
    elif keras is not None:
        pin(work.seed)
        work.say(f"exporting {keras.name} as a SavedModel")
        open_keras(keras).export(str(folder), format="tf_saved_model", verbose=False)
    extra = folder / KERAS_MODEL
    extra.parent.mkdir(parents=True, exist_ok=True)
    if keras is not None:
        shutil.copyfile(keras, extra)


def copy_saved_model(saved: Path, folder: Path) -> None:
    """Copy the files that make up a SavedModel, and no others that lie beside them."""
    folder.mkdir(parents=True)
    for name in OWN_FILES:
        if (saved / name).is_file():
            shutil.copyfile(saved / name, folder / name)
    for name in OWN_FOLDERS:
        if (saved / name).is_dir():
            shutil.copytree(saved / name, folder / name)


def describe(name: str, version: int, folder: Path, model: Path, word: Blessing | None) -> dict[str, Any]:
    """Return what the manifest says besides the files."""
    identity = identify(folder)
    graph = check_saved_model(folder)
    extra = folder / KERAS_MODEL
    return {
        "name": name,
        "version": version,
        "identity": identity.digest,
        "keras_identity": identify(extra).digest if extra.is_file() else None,
        "parent": parent_version(model) or None,
        "parameters": identity.parameters,
        "signatures": signatures(graph),
        "blessed": None if word is None else word.blessed,
        "metrics": None if word is None else dict(word.metrics),
    }


def signatures(graph: Graph) -> dict[str, Any]:
    """Return what the model can be asked, signature by signature."""
    return {
        name: {"inputs": specs(signature.inputs), "outputs": specs(signature.outputs)}
        for name, signature in sorted(graph.signatures.items())
        if not name.startswith("__")
    }


def specs(side: Mapping[str, TensorSpec]) -> dict[str, Any]:
    """Return one side of a signature as JSON; a size that may vary is null."""
    return {
        name: {
            "dtype": spec.dtype,
            "shape": None if spec.shape is None else [None if size < 0 else size for size in spec.shape],
        }
        for name, spec in sorted(side.items())
    }


def summarise(made: Package) -> str:
    """Return what was packed as Markdown."""
    said = made.manifest
    rows = [
        ("archive", made.archive.name),
        ("version", made.version),
        ("identity", made.identity),
        ("parameters", f"{said['parameters']:,}"),
        ("can be retrained", "yes" if said["keras_identity"] else "no: it has no .keras file"),
        ("blessed", {True: "yes", False: "no", None: "was not asked"}[said["blessed"]]),
    ]
    return f"### Package {made.name}\n\n{table(('what', 'value'), rows)}"
