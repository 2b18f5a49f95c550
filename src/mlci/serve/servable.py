"""One loaded version of a model: its signatures, asked directly."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlci.models.framework import load_tensorflow
from mlci.models.graph import Graph, Signature, TensorSpec, read_graph
from mlci.models.loading import open_saved_model
from mlci.models.sources import Folder
from mlci.serve.decode import read_inputs
from mlci.serve.encode import write_outputs
from mlci.serve.errors import RequestError, invalid
from mlci.serve.values import show

Array = Any
DEFAULT = "serving_default"
PREDICT = "tensorflow/serving/predict"


@dataclass
class Servable:
    """A version that can be asked."""

    version: int
    graph: Graph
    loaded: Any
    """TensorFlow's object; it owns the variables."""
    functions: Mapping[str, Callable[..., Mapping[str, Any]]]
    seconds: float = 0.0
    """How long a request takes, averaged over the latest ones."""
    metadata: dict[str, Any] = field(default_factory=dict)

    def predict(self, document: Mapping[str, Any], body: bytes) -> bytes:
        """Answer a predict request.

        Parameters
        ----------
        document : the request, parsed
        body : its text

        Raises
        ------
        RequestError : it is wrong in itself, or the model refuses it
        """
        started = time.perf_counter()
        name = signature_name(document)
        if name not in self.graph.signatures:
            raise invalid(f'Serving signature name: "{name}" not found in signature def')
        signature = self.graph.signatures[name]
        if name not in self.functions or not signature.inputs:
            raise invalid(f"Failed to get input map for signature: {name}")
        flags = b"true" in body or b"false" in body
        inputs, rows = read_inputs(document, signature.inputs, flags)
        for key, array in inputs.items():
            check_shape(key, array, signature.inputs[key])
        answer = write_outputs(self.ask(name, inputs), rows)
        self.seconds += 0.1 * (time.perf_counter() - started - self.seconds)
        return answer

    def ask(self, name: str, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Call one signature with arrays by input; return arrays by output, in the order of their names."""
        tensorflow = load_tensorflow()
        try:
            fed = {key: tensorflow.constant(array) for key, array in inputs.items()}
            answers = self.functions[name](**fed)
        except (ValueError, TypeError, tensorflow.errors.InvalidArgumentError) as error:
            raise invalid(str(error)) from error
        except tensorflow.errors.OpError as error:
            raise RequestError("INTERNAL", str(error)) from error
        return {key: answers[key].numpy() for key in sorted(answers)}


def check_shape(name: str, array: Array, spec: TensorSpec) -> None:
    """Refuse a tensor that the signature does not admit; a loaded function would compute on, wrongly perhaps.

    Raises
    ------
    RequestError : its shape is another
    """
    if spec.shape is None:
        return
    same = len(spec.shape) == array.ndim and all(
        size in (-1, found) for size, found in zip(spec.shape, array.shape, strict=True)
    )
    if not same:
        found, wanted = (",".join(map(str, shape)) for shape in (array.shape, spec.shape))
        raise invalid(f"Input '{name}' has shape [{found}], expected [{wanted}]")


def signature_name(document: Mapping[str, Any]) -> str:
    """Return the signature that a request names, or the default one."""
    name = document.get("signature_name", DEFAULT)
    if not isinstance(name, str):
        raise invalid(
            f"JSON Value: {show(document)} not formatted correctly. 'signature_name' key must be a string "
            "value."
        )
    return name or DEFAULT


def load_servable(version: int, folder: Path) -> Servable:
    """Load one version.

    Raises
    ------
    InputError : the folder holds no SavedModel, a damaged one, or one that may not be loaded
    """
    loaded = open_saved_model(folder)
    graph = read_graph(Folder(folder))
    functions = {name: loaded.signatures[name] for name in loaded.signatures}
    servable = Servable(version, graph, loaded, functions)
    servable.metadata = describe(graph)
    return servable


def describe(graph: Graph) -> dict[str, Any]:
    """Return what TensorFlow Serving tells of a model's signatures."""
    return {"signature_def": {"signature_def": {n: describe_one(s) for n, s in graph.signatures.items()}}}


def describe_one(signature: Signature) -> dict[str, Any]:
    """Return a signature as the JSON form of its SignatureDef."""
    return {
        "inputs": {name: describe_tensor(spec) for name, spec in signature.inputs.items()},
        "outputs": {name: describe_tensor(spec) for name, spec in signature.outputs.items()},
        "method_name": signature.method,
        "defaults": {},
    }


def describe_tensor(spec: TensorSpec) -> dict[str, Any]:
    """Return a tensor as the JSON form of its TensorInfo; sizes are text, as 64-bit numbers are in JSON."""
    kinds = {"float32": "DT_FLOAT", "float64": "DT_DOUBLE", "float16": "DT_HALF", "dtype0": "DT_INVALID"}
    dims = [{"size": str(size), "name": ""} for size in spec.shape or ()]
    return {
        "dtype": kinds.get(spec.dtype, f"DT_{spec.dtype.upper()}"),
        "tensor_shape": {"dim": dims, "unknown_rank": spec.shape is None},
        "name": spec.tensor,
    }
