"""A model from outside is loaded only if it can do nothing but compute."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mlci.errors import InputError
from mlci.models.loading import find_keras, find_saved_model, open_keras, open_saved_model
from mlci.models.safety import allowed_ops, check_keras, check_saved_model

pytestmark = pytest.mark.tensorflow


def save(path: Path, compute: Any, *, dtype: str = "float32", **parts: Any) -> Path:
    """Save a SavedModel whose signature is one function."""
    import tensorflow as tf

    module = tf.Module()
    module.weight = tf.Variable(1.0)
    for name, part in parts.items():
        setattr(module, name, part)
    function = tf.function(lambda x: {"y": compute(x, module)}, [tf.TensorSpec([], getattr(tf, dtype))])
    tf.saved_model.save(module, str(path), signatures=function)
    return path


def write_keras(path: Path, config: Any) -> Path:
    """Write a file that looks like a Keras model of a configuration."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
    return path


def test_every_allowed_op_is_known_to_tensorflow() -> None:
    import tensorflow as tf

    unknown = [name for name in allowed_ops() if not hasattr(tf.raw_ops, name)]
    assert unknown == []
    dangerous = {
        "ReadFile",
        "WriteFile",
        "PrintV2",
        "PyFunc",
        "EagerPyFunc",
        "MatchingFiles",
        "ImmutableConst",
    }
    assert not dangerous & allowed_ops()


def test_a_plain_model_loads(tmp_path: Path) -> None:
    saved = save(tmp_path / "saved", lambda x, module: x * module.weight)
    loaded = open_saved_model(saved)
    assert float(loaded.signatures["serving_default"](x=2.0)["y"]) == 2.0


@pytest.mark.parametrize(
    ("name", "dtype", "compute"),
    [
        ("ReadFile", "string", lambda tf, x: tf.io.read_file(x)),
        ("WriteFile", "string", lambda tf, x: (tf.io.write_file("/nowhere/x", x), x)[1]),
        ("PrintV2", "string", lambda tf, x: (tf.print(x, output_stream="file:///nowhere/x"), x)[1]),
        ("MatchingFiles", "string", lambda tf, x: tf.io.matching_files(x)),
        ("EagerPyFunc", "float32", lambda tf, x: tf.py_function(lambda v: v, [x], tf.float32)),
        ("TextLineDataset", "string", lambda tf, x: next(iter(tf.data.TextLineDataset(x)))),
    ],
)
def test_operations_that_reach_outside_are_refused(
    tmp_path: Path, name: str, dtype: str, compute: Any
) -> None:
    import tensorflow as tf

    if name == "TextLineDataset":
        saved = save(
            tmp_path / "saved",
            lambda x, module: tf.data.TextLineDataset(x).reduce(tf.constant(""), lambda old, new: new),
            dtype=dtype,
        )
    else:
        saved = save(tmp_path / "saved", lambda x, module: compute(tf, x), dtype=dtype)
    with pytest.raises(InputError, match=f"operation {name} is not allowed"):
        open_saved_model(saved)


def test_a_checkpoint_may_not_be_read_by_a_signature(tmp_path: Path) -> None:
    import tensorflow as tf

    for place, source in enumerate(["/etc/checkpoint", None]):
        saved = save(
            tmp_path / str(place),
            lambda x, module, source=source: tf.raw_ops.RestoreV2(
                prefix=tf.constant(source) if source else x,
                tensor_names=["a"],
                shape_and_slices=[""],
                dtypes=[tf.float32],
            )[0],
            dtype="string",
        )
        with pytest.raises(InputError, match="operation RestoreV2"):
            check_saved_model(saved)


def test_a_table_from_its_own_asset_is_fine(tmp_path: Path) -> None:
    import tensorflow as tf

    words = tmp_path / "words.txt"
    words.write_text("one\ntwo\n")

    def table(name: Any) -> Any:
        initializer = tf.lookup.TextFileInitializer(
            name, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER
        )
        return tf.lookup.StaticHashTable(initializer, -1)

    held = table(str(words))
    saved = save(tmp_path / "good", lambda x, module: held.lookup(x), dtype="string", table=held)
    loaded = open_saved_model(saved)
    assert int(loaded.signatures["serving_default"](x=tf.constant("two"))["y"]) == 1


@pytest.mark.parametrize("captured", [False, True])
def test_a_table_from_elsewhere_is_refused(tmp_path: Path, captured: bool) -> None:
    import tensorflow as tf

    outside = tf.constant("/etc/passwd")

    class Elsewhere(tf.Module):
        """A model that reads a file of the machine it runs on."""

        @tf.function(input_signature=[tf.TensorSpec([], tf.string)])
        def look(self, x: Any) -> Any:
            handle = tf.raw_ops.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64)
            tf.raw_ops.InitializeTableFromTextFileV2(
                table_handle=handle,
                filename=outside if captured else tf.constant("/etc/passwd"),
                key_index=-2,
                value_index=-1,
            )
            return {"y": tf.raw_ops.LookupTableSizeV2(table_handle=handle)}

    module = Elsewhere()
    module.outside = outside
    tf.saved_model.save(module, str(tmp_path / "bad"), signatures=module.look)
    with pytest.raises(InputError, match="InitializeTableFromTextFileV2"):
        check_saved_model(tmp_path / "bad")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (
            {"module": "keras.layers", "class_name": "Lambda", "config": {}},
            "Lambda layer carries Python code",
        ),
        ({"class_name": "__lambda__", "config": {"value": "…"}}, "lambda function carries Python code"),
        (
            {"module": "os", "class_name": "function", "config": "system"},
            r"'os\.function' is not Keras's own",
        ),
        ({"layers": [{"module": "mine.layers", "class_name": "Mine", "config": {}}]}, "is not Keras's own"),
        ({"module": "keras.layers", "class_name": "TFSMLayer", "config": {}}, "loads a SavedModel"),
    ],
)
def test_keras_files_that_bring_code_are_refused(tmp_path: Path, config: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        check_keras(write_keras(tmp_path / "model.keras", config))


def test_a_real_lambda_layer_is_refused(tmp_path: Path) -> None:
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x + 1)])
    model.save(tmp_path / "model.keras")
    with pytest.raises(InputError, match="Lambda"):
        open_keras(tmp_path / "model.keras")


def test_archives_that_lie_are_refused(tmp_path: Path) -> None:
    bomb, escape, broken = (tmp_path / name for name in ("bomb.keras", "escape.keras", "broken.keras"))
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.weights.h5", b"\0" * (64 * 2**20))
    with zipfile.ZipFile(escape, "w") as archive:
        archive.writestr("../outside", b"x")
    broken.write_bytes(b"PK\x03\x04 nothing more")
    for path, said in (
        (bomb, "unpacks to too much"),
        (escape, "lies outside"),
        (broken, "not a .keras file"),
    ):
        with pytest.raises(InputError, match=said):
            check_keras(path)


def test_models_are_found_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "saved_model.pb").touch()
    (tmp_path / "a.keras").touch()
    assert find_keras(tmp_path) == tmp_path / "a.keras"
    assert find_saved_model(tmp_path) == tmp_path / "export"
    (tmp_path / "b.keras").touch()
    with pytest.raises(InputError, match=r"more than one model: a\.keras, b\.keras"):
        find_keras(tmp_path)


def test_damaged_models_are_told_not_raised(tmp_path: Path) -> None:
    saved = save(tmp_path / "saved", lambda x, module: x * module.weight)
    graph = saved / "saved_model.pb"
    graph.write_bytes(graph.read_bytes()[:-100])
    with pytest.raises(InputError):
        open_saved_model(saved)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="is not a SavedModel"):
        open_saved_model(tmp_path / "empty")
