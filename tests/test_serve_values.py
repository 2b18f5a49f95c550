"""JSON becomes tensors by TensorFlow Serving's rules, and each broken rule is told in its words."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from amount_kit import examples
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import array_shapes, arrays

from mlci.models.graph import TensorSpec
from mlci.serve.decode import parse, read_inputs
from mlci.serve.encode import write_outputs
from mlci.serve.errors import RequestError

X = {"x": TensorSpec("float32", (-1, 2))}
TWO = {"a": TensorSpec("float32", (-1,)), "b": TensorSpec("int64", (-1,))}


def read(text: str, specs: dict[str, TensorSpec]) -> dict[str, Any]:
    """Read a request's tensors as lists."""
    body = text.encode()
    inputs, _ = read_inputs(parse(body), specs, b"true" in body or b"false" in body)
    return {name: array.tolist() for name, array in inputs.items()}


def one(dtype: str) -> dict[str, TensorSpec]:
    """A signature with one input."""
    return {"x": TensorSpec(dtype, None)}


@pytest.mark.parametrize(
    ("text", "specs", "expected"),
    [
        ('{"instances": [[1, 2], [3, 4.5]]}', X, {"x": [[1.0, 2.0], [3.0, 4.5]]}),
        ('{"instances": [{"x": [1, 2]}]}', X, {"x": [[1.0, 2.0]]}),
        ('{"inputs": [[1, 2]]}', X, {"x": [[1.0, 2.0]]}),
        ('{"inputs": {"x": [[1, 2]], "more": 0}}', X, {"x": [[1.0, 2.0]]}),
        ('{"instances": [{"a": 1, "b": 2}, {"a": 3.5, "b": 4}]}', TWO, {"a": [1.0, 3.5], "b": [2, 4]}),
        ('{"inputs": {"a": [0.5], "b": [7]}}', TWO, {"a": [0.5], "b": [7]}),
        ('{"instances": ["é", {"b64": "AP8="}]}', one("string"), {"x": ["é".encode(), b"\x00\xff"]}),
        ('{"inputs": {"b64": "YQ=="}}', one("string"), {"x": b"a"}),
        ('{"instances": [true, false]}', one("bool"), {"x": [True, False]}),
        ('{"instances": [-128, 127]}', one("int8"), {"x": [-128, 127]}),
        ('{"instances": [18446744073709551615]}', one("uint64"), {"x": [18446744073709551615]}),
        ('{"instances": [Infinity, -Infinity]}', one("float32"), {"x": [math.inf, -math.inf]}),
        ('{"inputs": 3}', one("int32"), {"x": 3}),
    ],
)
def test_requests_are_read(text: str, specs: dict[str, TensorSpec], expected: dict[str, Any]) -> None:
    assert read(text, specs) == expected


def test_nan_is_a_number() -> None:
    assert math.isnan(read('{"instances": [NaN, 1]}', one("float32"))["x"][0])


@pytest.mark.parametrize(
    ("text", "specs", "said"),
    [
        ("", X, "JSON Parse error: The document is empty"),
        ("{", X, "JSON Parse error: "),
        ("[1]", X, "JSON Value: [1] Is not object"),
        ("{}", X, "Missing 'inputs' or 'instances' key"),
        ('{"inputs": 1, "instances": 1}', X, "expecting only one of 'inputs' or 'instances' keys to exist"),
        ('{"instances": 1}', X, "Excepting 'instances' to be an list/array"),
        ('{"instances": []}', X, "No values in 'instances' array"),
        ('{"instances": [1.0]}', one("int32"), "Value: 1.0 Type: Number is not of expected type: int32"),
        ('{"instances": ["a"]}', one("float32"), 'Value: "a" Type: String is not of expected type: float'),
        ('{"instances": [null]}', one("float32"), "Value: null Type: Null is not of expected type: float"),
        ('{"instances": [true]}', one("float32"), "Value: true Type: True is not of expected type: float"),
        ('{"instances": [1]}', one("bool"), "JSON Value: 1 Type: Number is not of expected type: bool"),
        ('{"instances": [1]}', one("string"), "JSON Value: 1 Type: Number is not of expected type: string"),
        ('{"instances": [128]}', one("int8"), "JSON Value: 128 Type: Number is not of expected type: int8"),
        ('{"instances": [2147483648]}', one("int32"), "JSON Value: 2147483648 Type: Number"),
        ('{"instances": [16777217]}', one("float32"), "Cannot convert JSON value: 16777217 to float"),
        ('{"instances": [1e39]}', one("float32"), "Cannot convert JSON value: 1e+39 to float without loss"),
        ('{"instances": [{"x": 1, "y": 2}]}', one("float32"), "JSON object: does not have named input: y"),
        ('{"instances": [{"a": 1}]}', TWO, 'JSON object: {"a": 1} keys must be equal to: a,b'),
        ('{"instances": [1]}', TWO, "instances is a plain list, but expecting list of objects"),
        ('{"instances": [{"x": 1}, 2]}', one("float32"), "Expecting object but got list at item 1"),
        ('{"instances": [1, {"x": 2}]}', one("float32"), "Expecting value/list but got object at item 1"),
        ('{"instances": [[1, 2], [3]]}', X, "Expecting tensor size: 2 but got: 1"),
        ('{"instances": [[1, 2], [[3], [4]]]}', X, "Expecting shape [2] but got: [2,1]"),
        ('{"inputs": [[1, 2], [3]]}', X, "unexpected size: 1 at level: 1 expected size: 2"),
        ('{"inputs": [1, [2]]}', X, "Encountered list at unexpected level: 1 expected < 1"),
        ('{"inputs": [[1], 2]}', X, "JSON Value: 2 found at incorrect level: 2 in the JSON DOM."),
        ('{"inputs": {"a": [1]}}', TWO, "Missing named input: b in 'inputs' object."),
        ('{"inputs": [1]}', TWO, "inputs is a plain value/list, but expecting an object"),
        ('{"instances": [{"b64": "!"}]}', one("string"), "Unable to base64 decode"),
        ('{"instances": [[{"b64": 1}]]}', one("string"), "not formatted correctly for base64 data"),
    ],
)  # fmt: skip
def test_broken_rules_are_told(text: str, specs: dict[str, TensorSpec], said: str) -> None:
    with pytest.raises(RequestError) as caught:
        read(text, specs)
    assert said in str(caught.value)
    assert caught.value.code == "INVALID_ARGUMENT"


json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: (
        some.lists(inner, max_size=4) | some.dictionaries(some.sampled_from("xab"), inner, max_size=3)
    ),
    max_leaves=20,
)


@examples(300)
@given(value=json_values, dtype=some.sampled_from(["float32", "int32", "bool", "string", "uint8"]))
def test_any_request_is_read_or_refused(value: Any, dtype: str) -> None:
    for key in ("instances", "inputs"):
        try:
            read(json.dumps({key: value}), one(dtype))
        except RequestError as error:
            assert error.code == "INVALID_ARGUMENT"


FLOATS = some.floats(width=32, allow_nan=False)


@examples(100)
@given(
    array=arrays("float32", array_shapes(min_dims=1, max_dims=3, max_side=4), elements=FLOATS),
)
def test_floats_go_out_and_come_back_the_same(array: np.ndarray) -> None:
    said = json.loads(write_outputs({"y": array}, rows=False))["outputs"]
    assert np.array_equal(np.array(said, dtype="float32"), array)


def test_floats_carry_no_noise() -> None:
    body = write_outputs({"y": np.array([[0.1, 1.0]], "float32")}, rows=True)
    assert body == b'{"predictions": [[0.1, 1.0]]}'


def test_outputs_are_named_when_there_are_several() -> None:
    outputs = {"a": np.array([1, 2]), "raw_bytes": np.array([b"\xff", b"x"], dtype=object)}
    rows = json.loads(write_outputs(outputs, rows=True))
    assert rows == {
        "predictions": [{"a": 1, "raw_bytes": {"b64": "/w=="}}, {"a": 2, "raw_bytes": {"b64": "eA=="}}]
    }
    columns = json.loads(write_outputs(outputs, rows=False))
    assert columns["outputs"]["a"] == [1, 2]
    text = json.loads(write_outputs({"word": np.array([b"one"], dtype=object)}, rows=True))
    assert text == {"predictions": ["one"]}
    assert (
        write_outputs({"y": np.array([np.nan, np.inf], "float32")}, rows=True)
        == b'{"predictions": [NaN, Infinity]}'
    )


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ({"y": np.float32(1)}, "Tensor name: y has no shape information"),
        ({"a": np.zeros(2), "b": np.zeros(3)}, "Tensor name: b has inconsistent batch size: 3 expecting: 2"),
    ],
)
def test_outputs_without_rows_are_told(outputs: dict[str, Any], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        write_outputs(outputs, rows=True)


def test_the_example_that_is_wrong_is_named() -> None:
    with pytest.raises(RequestError) as caught:
        read('{"instances": [[1, 2], [1, "b"]]}', X)
    assert str(caught.value) == (
        "Failed to process element: 1 of 'instances' list. Error: INVALID_ARGUMENT: "
        'JSON Value: "b" Type: String is not of expected type: float'
    )
