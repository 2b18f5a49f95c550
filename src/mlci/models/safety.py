"""Whether a model from outside may be loaded: a SavedModel is a program, and a `.keras` file can name one."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from mlci.errors import InputError
from mlci.models.graph import Function, Graph, Node, read_graph
from mlci.models.sources import Folder
from mlci.models.wire import Malformed

TABLE = "InitializeTableFromTextFileV2"
FILE_OPS = {
    "SaveV2": (0,),
    "RestoreV2": (0,),
    "MergeV2Checkpoints": (0, 1),
    TABLE: (1,),
}
"""Operations that open files, and which of their inputs name them."""
PATH_OPS = frozenset({"Identity", "Pack", "ShardedFilename", "StringJoin", "Reshape", "ExpandDims"})
"""Operations through which a file's name passes, led by their first input."""
CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})

KERAS_MODULES = ("keras", "keras_hub", "builtins")
CODE = {
    "Lambda": "layer carries Python code",
    "__lambda__": "function carries Python code",
    "TFSMLayer": "layer loads a SavedModel from elsewhere",
    "TorchModuleWrapper": "layer unpickles a PyTorch module",
    "JaxLayer": "layer carries Python code",
    "FlaxLayer": "layer carries Python code",
}
"""Keras classes that bring code along, and how."""
MAX_CONFIG = 64 * 2**20
MAX_MEMBER = 64 * 2**30
MAX_RATIO = 200
"""How far a member of a `.keras` file may unpack, against its packed size."""


@cache
def allowed_ops() -> frozenset[str]:
    """Return the operations that a SavedModel may hold."""
    lines = Path(__file__).with_name("allowed_ops.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


def check_saved_model(folder: Path) -> Graph:
    """Make sure that loading and calling a SavedModel can do nothing but compute.

    Raises
    ------
    InputError : it is malformed, or holds an operation that reaches outside the model
    """
    try:
        graph = read_graph(Folder(folder))
    except (Malformed, OSError) as error:
        raise InputError(f"{folder} is not a SavedModel: {error}", help="export it again") from error
    problems = sorted(set(graph_problems(graph)))
    if problems:
        raise InputError(
            f"the SavedModel {folder} is refused: {'; '.join(problems[:5])}",
            help="a SavedModel is a program; export it again, with `model.export(...)`, from one you trust",
        )
    return graph


def graph_problems(graph: Graph) -> Iterator[str]:
    """Yield what a graph holds that may reach outside the model."""
    for name in graph.assets:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            yield f"the asset '{name}' lies outside the model"
    for function in graph.functions:
        for node in function.nodes:
            if node.op in FILE_OPS:
                yield from file_problems(graph, function, node)
            elif node.op not in allowed_ops():
                yield f"operation {node.op} is not allowed"


def file_problems(graph: Graph, function: Function, node: Node) -> Iterator[str]:
    """Yield why an operation may open a file that its caller did not name."""
    for place in FILE_OPS[node.op]:
        source = leader(function, node.inputs[place]) if place < len(node.inputs) else None
        inside = function.name == "" and isinstance(source, Node) and source.op == "Placeholder"
        if not isinstance(source, int) and not inside:
            yield f"operation {node.op} opens a file of its own choice"
    if node.op == TABLE and function.name and graph.callable.get(function.name, True):
        yield f"operation {node.op} may open a file that is no asset of the model"
    elif node.op != TABLE and function.name:
        yield from caller_problems(graph, function, node)


def leader(function: Function, given: str) -> Node | int | None:
    """Follow a file's name back to where it comes from: an argument's place, or an operation."""
    for _ in range(len(function.nodes) + 1):
        source = function.producer(given)
        if not isinstance(source, Node) or source.op not in PATH_OPS or not source.inputs:
            return source
        given = source.inputs[0]
    return None


def caller_problems(graph: Graph, function: Function, node: Node) -> Iterator[str]:
    """Yield who but the checkpoint's own placeholder may name the file that a function opens."""
    if function.name in graph.callable:
        yield f"operation {node.op} can be reached from a signature"
    for other in graph.functions:
        for caller in other.nodes:
            if function.name not in caller.calls:
                continue
            named = other.producer(caller.inputs[0]) if caller.inputs else None
            trusted = caller.op in CALLS and isinstance(named, Node) and named.op == "Placeholder"
            if other.name or not trusted:
                yield f"operation {node.op} is called with a file of the model's choice"


def check_keras(path: Path) -> None:
    """Make sure that a `.keras` file names no code but Keras's own and does not unpack without bound.

    Raises
    ------
    InputError : it is no `.keras` file, or holds a Lambda layer, a foreign class or an oversized member
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                check_member(path, info)
            config = json.loads(archive.read("config.json"))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, RecursionError) as error:
        raise InputError(
            f"{path} is not a .keras file: {error}", help="save it with model.save(...)"
        ) from error
    problems = sorted(set(config_problems(config)))
    if problems:
        raise InputError(
            f"the model {path} is refused: {'; '.join(problems[:5])}",
            help="a model from outside may use Keras's own layers only",
        )


def check_member(path: Path, info: zipfile.ZipInfo) -> None:
    """Refuse a member that leaves the archive's folder or unpacks to far more than it packs."""
    name = PurePosixPath(info.filename)
    limit = MAX_CONFIG if info.filename.endswith(".json") else MAX_MEMBER
    if name.is_absolute() or ".." in name.parts:
        raise InputError(f"the model {path} is refused: the member '{info.filename}' lies outside it")
    if info.file_size > limit or info.file_size > MAX_RATIO * max(1, info.compress_size) + 2**20:
        raise InputError(f"the model {path} is refused: the member '{info.filename}' unpacks to too much")


def config_problems(config: Any) -> Iterator[str]:
    """Yield the foreign code that a Keras configuration names."""
    waiting = [config]
    while waiting:
        held = waiting.pop()
        if isinstance(held, list):
            waiting.extend(held)
        if not isinstance(held, dict):
            continue
        waiting.extend(held.values())
        kind, module = held.get("class_name"), held.get("module")
        if isinstance(kind, str) and kind in CODE:
            yield f"a {kind.strip('_')} {CODE[kind]}"
        if isinstance(kind, str) and isinstance(module, str) and module.split(".")[0] not in KERAS_MODULES:
            yield f"class '{module}.{kind}' is not Keras's own"
