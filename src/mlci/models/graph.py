"""What a SavedModel's `saved_model.pb` says, read without TensorFlow: functions, signatures, assets.

Field numbers are those of tensorflow/core/protobuf/saved_model.proto, meta_graph.proto and
tensorflow/core/framework/{graph,function,node_def,attr_value}.proto.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from mlci.models.checkpoint import NAMES, read_shape
from mlci.models.sources import Source
from mlci.models.wire import Malformed, Value, entry, fields, message, number, only, text, varint

CONSTANT = 9
"""The field of a SavedObject that is a constant tensor."""
MAX_GRAPH = 2**31
"""Protobuf itself ends at 2 GiB."""


@dataclass(frozen=True)
class Node:
    """One operation of a graph."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, memoryview]
    """Each an `AttrValue` message."""

    @cached_property
    def calls(self) -> frozenset[str]:
        return frozenset(name for value in self.attributes.values() for name in named_functions(value))


@dataclass(frozen=True)
class Function:
    """One function of a graph's library; the graph itself is the function named ""."""

    name: str
    arguments: tuple[str, ...]
    nodes: tuple[Node, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        return {node.name: node for node in self.nodes}

    def producer(self, given: str) -> Node | int | None:
        """Return what makes an input: a node, an argument's place, or None for nothing known."""
        name = given.partition(":")[0].removeprefix("^")
        if name in self.by_name:
            return self.by_name[name]
        return self.arguments.index(name) if name in self.arguments else None


@dataclass(frozen=True)
class TensorSpec:
    """One input or output of a signature; a size that may vary is -1, and None means unknown rank."""

    dtype: str
    shape: tuple[int, ...] | None
    tensor: str = ""
    """Its name in the graph, such as "serving_default_x:0"."""


@dataclass(frozen=True)
class Signature:
    """What a SavedModel may be asked, as TensorFlow Serving knows it."""

    method: str
    inputs: Mapping[str, TensorSpec]
    outputs: Mapping[str, TensorSpec]


@dataclass(frozen=True)
class Graph:
    """A SavedModel's graph for serving."""

    functions: tuple[Function, ...]
    signatures: Mapping[str, Signature]
    assets: tuple[str, ...]
    """File names below `assets/`."""
    callable: Mapping[str, bool]
    """The functions that a caller of the loaded model can reach directly, and whether each takes a constant
    of the model along."""


def read_graph(source: Source) -> Graph:
    """Read a SavedModel's graph.

    Raises
    ------
    Malformed : `saved_model.pb` is no SavedModel, or has no graph tagged "serve"
    """
    with source.open("saved_model.pb") as file:
        data = file.read(MAX_GRAPH + 1)
    if len(data) > MAX_GRAPH:
        raise Malformed("saved_model.pb is larger than 2 GiB")
    graphs = [message(graph) for graph in only(memoryview(data), 2)]
    for graph in graphs:
        if "serve" in tags(graph):
            return parse(graph)
    raise Malformed("saved_model.pb holds no graph tagged 'serve'")


def tags(graph: memoryview) -> list[str]:
    return [text(tag) for info in only(graph, 1) for tag in only(message(info), 4)]


def parse(graph: memoryview) -> Graph:
    """Read a MetaGraphDef."""
    functions: list[Function] = []
    signatures = {}
    assets: list[str] = []
    reachable: dict[str, bool] = {}
    for found, value in fields(graph):
        if found == 2:
            functions.extend(read_functions(message(value)))
        elif found == 5:
            name, held = entry(value)
            signatures[name] = read_signature(held)
        elif found == 6:
            assets.extend(text(name) for name in only(message(value), 2))
        elif found == 7:
            reachable.update(read_callable(message(value)))
    return Graph(tuple(functions), signatures, tuple(assets), reachable)


def read_callable(objects: memoryview) -> dict[str, bool]:
    """Read the concrete functions of a SavedObjectGraph, and which of them take a constant along."""
    constants = {
        place
        for place, node in enumerate(only(objects, 1))
        if any(True for _ in only(message(node), CONSTANT))
    }
    found = {}
    for part in only(objects, 2):
        name, function = entry(part)
        found[name] = not constants.isdisjoint(bound_inputs(function))
    return found


def bound_inputs(function: memoryview) -> Iterator[int]:
    """Yield the objects that a SavedConcreteFunction takes along, by their places in the object graph."""
    for value in only(function, 2):
        if isinstance(value, int):
            yield value
            continue
        at = 0
        while at < len(value):
            place, at = varint(value, at)
            yield place


def read_functions(graph: memoryview) -> Iterator[Function]:
    """Yield a GraphDef's top level as the function "", then its library."""
    yield Function("", (), tuple(read_node(message(node)) for node in only(graph, 1)))
    for library in only(graph, 2):
        for function in only(message(library), 1):
            yield read_function(message(function))


def read_function(data: memoryview) -> Function:
    """Read a FunctionDef."""
    name = ""
    arguments: list[str] = []
    nodes: list[Node] = []
    for found, value in fields(data):
        if found == 1:
            for place, part in fields(message(value)):
                if place == 1:
                    name = text(part)
                elif place == 2:
                    arguments.extend(text(given) for given in only(message(part), 1))
        elif found == 3:
            nodes.append(read_node(message(value)))
    return Function(name, tuple(arguments), tuple(nodes))


def read_node(data: memoryview) -> Node:
    """Read a NodeDef."""
    name = op = ""
    inputs = []
    attributes = {}
    for found, value in fields(data):
        if found == 1:
            name = text(value)
        elif found == 2:
            op = text(value)
        elif found == 3:
            inputs.append(text(value))
        elif found == 5:
            key, held = entry(value)
            attributes[key] = held
    return Node(name, op, tuple(inputs), attributes)


def named_functions(attribute: memoryview, depth: int = 0) -> Iterator[str]:
    """Yield the functions that an AttrValue names, itself, in its list, or in their own attributes."""
    if depth > 20:
        raise Malformed("a function attribute is nested too deeply")
    calls = [message(call) for call in only(attribute, 10)]
    for listed in only(attribute, 1):
        calls.extend(message(call) for call in only(message(listed), 9))
    for call in calls:
        for found, value in fields(call):
            if found == 1:
                yield text(value)
            elif found == 2:
                yield from named_functions(entry(value)[1], depth + 1)


def read_signature(data: memoryview) -> Signature:
    sides: dict[int, dict[str, TensorSpec]] = {1: {}, 2: {}}
    method = ""
    for found, value in fields(data):
        if found in sides:
            name, held = entry(value)
            sides[found][name] = read_spec(held)
        elif found == 3:
            method = text(value)
    return Signature(method, sides[1], sides[2])


def read_spec(data: memoryview) -> TensorSpec:
    parts: dict[int, Value] = dict(fields(data))
    kind = number(parts.get(2, 0))
    shape = message(parts.get(3, memoryview(b"")))
    unknown = any(only(shape, 3))
    name = text(parts.get(1, memoryview(b"")))
    return TensorSpec(NAMES.get(kind, f"dtype{kind}"), None if unknown else read_shape(shape), name)
