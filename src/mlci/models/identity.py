"""What makes two saved models the same: their weights and configuration, not the bytes of their files.

Two trainings from one seed end with the same weights, yet every save writes other bytes: time stamps, ids of
Python objects, a random fingerprint. The identity leaves those out. Nothing here imports TensorFlow.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

from mlci.errors import InputError
from mlci.models.checkpoint import read_tensors
from mlci.models.graph import Function, Graph, Node, TensorSpec, read_graph
from mlci.models.hdf5 import Reader, Unsupported
from mlci.models.sources import Folder, Source
from mlci.models.tensors import CHUNK, Tensor, digest_tensors
from mlci.models.wire import Malformed, fields

Format = Literal["keras", "hdf5", "savedmodel"]

SAVED_MODEL = "saved_model.pb"
UNORDERED = "_all_variables/"
"""Keras numbers these copies of the weights by a set's order, which differs from process to process."""
SKIPPED_ATTRIBUTES = frozenset({"shared_name", "container", "config_proto", "executor_type"})
CHECKPOINT_OPS = frozenset({"SaveV2", "RestoreV2"})
IN_MEMORY = 64 * 2**20


@dataclass(frozen=True)
class Identity:
    """What a saved model is."""

    format: Format
    weights: str
    """SHA-256 over the tensors' names, dtypes, shapes and bytes."""
    config: str
    """SHA-256 over the configuration, or the graph and its signatures."""
    tensors: tuple[Tensor, ...]

    @property
    def digest(self) -> str:
        """The identity in one word: "keras:…" or "savedmodel:…", 64 hex digits."""
        both = hashlib.sha256(f"{self.weights}\n{self.config}\n".encode()).hexdigest()
        return f"{self.format}:{both}"

    @property
    def parameters(self) -> int:
        """How many numbers the model's weights hold, copies and the optimizer's aside."""
        return sum(tensor.numbers for tensor in self.model_tensors if tensor.name != UNORDERED)

    @property
    def model_tensors(self) -> tuple[Tensor, ...]:
        """The tensors of the model itself, without the optimizer's."""
        return tuple(tensor for tensor in self.tensors if not tensor.name.startswith("optimizer/"))


def identify(path: Path) -> Identity:
    """Return the identity of a `.keras` or `.h5` file or of a SavedModel folder.

    Raises
    ------
    InputError : the path is no saved model, or is damaged
    """
    try:
        if path.is_dir():
            return identify_saved_model(Folder(path))
        with path.open("rb") as file:
            return identify_file(path.name, cast(BinaryIO, file))
    except (Malformed, OSError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} is not a saved model: {error}", help="save or export it again") from error


def identify_file(name: str, file: BinaryIO) -> Identity:
    """Return the identity of an open `.keras` or HDF5 file, told by its name."""
    if name.endswith(".keras"):
        return identify_keras(file)
    tensors = tuple(hdf5_tensors(file))
    return Identity("hdf5", digest_tensors(tensors), "", tensors)


def identify_keras(file: BinaryIO) -> Identity:
    """Return the identity of a `.keras` file: its configuration, weights and assets; its date is left out."""
    tensors: list[Tensor] = []
    config = hashlib.sha256()
    with zipfile.ZipFile(file) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            if info.is_dir() or info.filename == "metadata.json":
                continue
            with archive.open(info) as member:
                if info.filename.endswith(".h5"):
                    tensors.extend(hdf5_tensors(seekable(info, cast(BinaryIO, member))))
                else:
                    content = cast(BinaryIO, member)
                    config.update(f"{info.filename}\0{digest_member(info.filename, content)}\n".encode())
    return Identity("keras", digest_tensors(tensors), config.hexdigest(), tuple(tensors))


def seekable(info: zipfile.ZipInfo, member: BinaryIO) -> BinaryIO:
    """Return a member that can be read in any order: in memory when small, else as the archive has it."""
    return io.BytesIO(member.read()) if info.file_size <= IN_MEMORY else member


def digest_member(name: str, member: BinaryIO) -> str:
    """Return the SHA-256 of a member; JSON is brought into one form first."""
    if not name.endswith(".json"):
        hasher = hashlib.sha256()
        for chunk in iter(partial(member.read, CHUNK), b""):
            hasher.update(chunk)
        return hasher.hexdigest()
    try:
        config = json.loads(member.read(IN_MEMORY))
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{name} is not JSON") from error
    canonical = json.dumps(strip(config), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def strip(config: Any) -> Any:
    """Return a Keras configuration without the ids of Python objects."""
    if isinstance(config, dict):
        return {key: strip(value) for key, value in config.items() if key != "shared_object_id"}
    return [strip(value) for value in config] if isinstance(config, list) else config


def hdf5_tensors(file: BinaryIO) -> Iterator[Tensor]:
    """Yield the arrays of an HDF5 file by our own reader; what it does not know, by h5py or as raw bytes."""
    try:
        arrays = list(Reader(file).arrays())
    except Unsupported:
        yield from foreign_tensors(file)
        return
    for array in arrays:
        hasher = hashlib.sha256()
        file.seek(array.offset)
        left = array.size
        while left:
            chunk = file.read(min(CHUNK, left))
            if not chunk:
                raise Malformed("the HDF5 file is truncated")
            hasher.update(chunk)
            left -= len(chunk)
        yield Tensor(array.name, array.dtype, array.shape, hasher.hexdigest())


def foreign_tensors(file: BinaryIO) -> Iterator[Tensor]:
    """Yield the arrays of an HDF5 file that only h5py reads; without h5py, the whole file as one."""
    file.seek(0)
    try:
        import h5py
    except ImportError:
        yield Tensor("file", "bytes", (), digest_member("", file))
        return
    with h5py.File(file, "r") as opened:
        found: list[tuple[str, Any]] = []
        opened.visititems(lambda name, item: found.append((name, item)))
        for name, item in found:
            if isinstance(item, h5py.Dataset):
                if item.external:
                    raise Malformed(f"the array {name} lies in another file")
                content = hashlib.sha256(item[()].tobytes()).hexdigest()
                yield Tensor(name, item.dtype.name, tuple(item.shape), content)


def identify_saved_model(source: Source) -> Identity:
    """Return the identity of a SavedModel: its weights, what its graph computes, signatures and assets."""
    tensors = tuple(map(without_number, read_tensors(source, "variables/variables")))
    graph = read_graph(source)
    config = hashlib.sha256(digest_graph(graph).encode())
    for name in source.names():
        if name.startswith("assets/"):
            with source.open(name) as file:
                config.update(f"{name}\0{digest_member('', file)}\n".encode())
    return Identity("savedmodel", digest_tensors(tensors), config.hexdigest(), tensors)


def without_number(tensor: Tensor) -> Tensor:
    """Drop from a tensor's name a number that means nothing."""
    return tensor._replace(name=UNORDERED) if tensor.name.startswith(UNORDERED) else tensor


def digest_graph(graph: Graph) -> str:
    """Return the SHA-256 of a graph's signatures and of its functions, whatever they are named."""
    parts = []
    for function in graph.functions:
        if not function.name:
            parts.append(digest_function(function, served_nodes(graph, function)))
        elif not saves(function):
            parts.append(digest_function(function, function.nodes))
    parts.sort()
    for name, signature in sorted(graph.signatures.items()):
        sides = (describe(signature.inputs), describe(signature.outputs))
        parts.append(f"{name}\0{signature.method}\0{sides[0]}\0{sides[1]}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def served_nodes(graph: Graph, top: Function) -> tuple[Node, ...]:
    """Return the top level's operations that some signature's outputs need; the others save and restore."""
    outputs = [spec.tensor for signature in graph.signatures.values() for spec in signature.outputs.values()]
    waiting = list(outputs)
    needed: set[str] = set()
    while waiting:
        source = top.producer(waiting.pop())
        if isinstance(source, Node) and source.name not in needed:
            needed.add(source.name)
            waiting.extend(source.inputs)
    return tuple(node for node in top.nodes if node.name in needed)


def saves(function: Function) -> bool:
    """Whether a function writes or reads the checkpoint, which says nothing of what the model computes."""
    return any(node.op in CHECKPOINT_OPS for node in function.nodes)


def describe(specs: Mapping[str, TensorSpec]) -> str:
    """Return one side of a signature as text."""
    return ";".join(f"{name}:{spec.dtype}:{spec.shape}" for name, spec in sorted(specs.items()))


def digest_function(function: Function, nodes: Iterable[Node]) -> str:
    """Return the SHA-256 over a function's operations, each with what feeds it, three steps back."""
    kept = list(nodes)
    labels = {node.name: digest_node(node) for node in kept}
    for _ in range(3):
        labels = {node.name: extend(function, node, labels) for node in kept}
    whole = f"{len(function.arguments)}\n" + "\n".join(sorted(labels.values()))
    return hashlib.sha256(whole.encode()).hexdigest()


def extend(function: Function, node: Node, labels: Mapping[str, str]) -> str:
    parts = [labels[node.name]]
    for given in node.inputs:
        if given.startswith("^"):
            continue
        source = function.producer(given)
        port = given.partition(":")[2]
        known = labels.get(source.name, "") if isinstance(source, Node) else f"argument {source}"
        parts.append(f"{known}:{port}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def digest_node(node: Node) -> str:
    """Return the SHA-256 of an operation and its attributes, names that a process makes up left out."""
    hasher = hashlib.sha256(node.op.encode())
    for key, value in sorted(node.attributes.items()):
        if key.startswith("_") or key in SKIPPED_ATTRIBUTES:
            continue
        content = b"" if any(number == 10 for number, _ in fields(value)) else bytes(value)
        hasher.update(f"\0{key}\0{len(content)}\0".encode() + content)
    return hasher.hexdigest()


def agree(one: Identity, other: Identity) -> bool:
    """Whether every floating-point weight of `one` is held by `other`, whatever the names."""
    held = {tensor.content for tensor in other.model_tensors}
    return all(
        tensor.content in held for tensor in one.model_tensors if tensor.dtype.startswith(("float", "bfloat"))
    )
