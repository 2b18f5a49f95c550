"""A model's identity follows from its weights and configuration alone, in any process and either format."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mlci.errors import InputError
from mlci.models.hdf5 import Reader
from mlci.models.identity import agree, identify

pytestmark = pytest.mark.tensorflow

PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import digits_kit
root = Path(sys.argv[1])
digits_kit.write_data(root)
model = digits_kit.train(root, epochs=1, seed=int(sys.argv[3]))
model.export(str(root / "saved"), verbose=False)
"""


def trained(root: Path, seed: int = 0) -> Path:
    """Train in a process of its own."""
    root.mkdir()
    here = str(Path(__file__).parent)
    subprocess.run(
        [sys.executable, "-c", PROGRAM, str(root), here, str(seed)], check=True, capture_output=True
    )
    return root


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Two trainings with one seed and one with another."""
    top = tmp_path_factory.mktemp("runs")
    return trained(top / "a"), trained(top / "b"), trained(top / "c", seed=1)


@pytest.mark.parametrize("name", ["model/model.keras", "saved"])
def test_equal_trainings_are_the_same_model(runs: tuple[Path, Path, Path], name: str) -> None:
    one, two, other = (identify(run / name) for run in runs)
    assert one.digest == two.digest
    assert one.digest != other.digest
    assert one.config == other.config
    assert one.parameters == 64 * 32 + 32 + 32 * 10 + 10


def test_the_files_of_equal_trainings_differ(runs: tuple[Path, Path, Path]) -> None:
    one, two = ((run / "model" / "model.keras").read_bytes() for run in runs[:2])
    assert one != two


def test_the_formats_agree_on_their_weights(runs: tuple[Path, Path, Path]) -> None:
    keras, saved = identify(runs[0] / "model/model.keras"), identify(runs[0] / "saved")
    assert agree(keras, saved)
    assert not agree(identify(runs[2] / "model/model.keras"), saved)


def test_one_changed_weight_changes_it(runs: tuple[Path, Path, Path], tmp_path: Path) -> None:
    import shutil

    saved = tmp_path / "saved"
    shutil.copytree(runs[0] / "saved", saved)
    shard = saved / "variables" / "variables.data-00000-of-00001"
    data = bytearray(shard.read_bytes())
    data[100] ^= 1
    shard.write_bytes(data)
    before, after = identify(runs[0] / "saved"), identify(saved)
    assert before.weights != after.weights
    assert before.config == after.config


def test_another_activation_changes_the_configuration(runs: tuple[Path, Path, Path], tmp_path: Path) -> None:
    path = runs[0] / "model" / "model.keras"
    changed = tmp_path / "model.keras"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "config.json":
                data = data.replace(b'"activation": "relu"', b'"activation": "tanh"')
            new.writestr(info, data)
    before, after = identify(path), identify(changed)
    assert before.weights == after.weights
    assert before.config != after.config


def test_the_graph_counts_too(tmp_path: Path) -> None:
    import tensorflow as tf

    found = []
    for name, scale in (("a", 2.0), ("b", 2.0), ("c", 3.0)):
        module = tf.Module()
        module.weight = tf.Variable([1.0, 2.0])
        function = tf.function(
            lambda x, m=module, k=scale: {"y": x * m.weight * k}, [tf.TensorSpec([None, 2], tf.float32)]
        )
        tf.saved_model.save(module, str(tmp_path / name), signatures=function)
        found.append(identify(tmp_path / name))
    assert found[0].digest == found[1].digest
    assert found[0].weights == found[2].weights
    assert found[0].config != found[2].config


def test_checkpoint_reader_agrees_with_tensorflow(runs: tuple[Path, Path, Path]) -> None:
    import hashlib

    import tensorflow as tf

    reader = tf.train.load_checkpoint(str(runs[0] / "saved" / "variables" / "variables"))
    shapes = reader.get_variable_to_shape_map()
    wanted = {
        (
            str(reader.get_tensor(name).dtype),
            tuple(shape),
            hashlib.sha256(reader.get_tensor(name)).hexdigest(),
        )
        for name, shape in shapes.items()
        if name != "_CHECKPOINTABLE_OBJECT_GRAPH"
    }
    assert {tensor.content for tensor in identify(runs[0] / "saved").tensors} == wanted


def test_hdf5_reader_agrees_with_h5py(tmp_path: Path) -> None:
    import h5py

    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        for index in range(120):
            group = file.create_group(f"layers/layer_{index}/vars")
            group.create_dataset("0", data=np.full((index + 1, 3), index, "float32"))
            group.create_dataset("half", data=np.zeros(2, "float16"))
            group.create_dataset("step", data=np.int64(index))
            group.attrs["name"] = "x" * index
        found: list[tuple[str, str, tuple[int, ...], int, int]] = []

        def visit(name: str, item: object) -> None:
            if isinstance(item, h5py.Dataset):
                size = item.id.get_storage_size()
                found.append((name, item.dtype.name, item.shape, item.id.get_offset(), size))

        file.visititems(visit)
    with path.open("rb") as opened:
        assert sorted(Reader(opened).arrays()) == sorted(found)


def test_chunked_arrays_fall_back_to_h5py(tmp_path: Path) -> None:
    import h5py

    values = np.arange(1000, dtype="float32")
    for name, options in (("plain", {}), ("chunked", {"chunks": (100,), "compression": "gzip"})):
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            file.create_dataset("w", data=values, **options)
    assert identify(tmp_path / "plain.h5").digest == identify(tmp_path / "chunked.h5").digest


@pytest.mark.parametrize("size", [0, 10, 100, 400, -1])
def test_a_cut_index_is_refused(runs: tuple[Path, Path, Path], tmp_path: Path, size: int) -> None:
    import shutil

    saved = tmp_path / "saved"
    shutil.copytree(runs[0] / "saved", saved)
    index = saved / "variables" / "variables.index"
    index.write_bytes(index.read_bytes()[:size])
    with pytest.raises(InputError, match="is not a saved model"):
        identify(saved)


def test_random_damage_never_escapes_as_another_error(runs: tuple[Path, Path, Path], tmp_path: Path) -> None:
    import shutil

    saved = tmp_path / "saved"
    shutil.copytree(runs[0] / "saved", saved)
    random = np.random.default_rng(0)
    for name in ("variables/variables.index", "saved_model.pb"):
        whole = (runs[0] / "saved" / name).read_bytes()
        for _ in range(150):
            data = bytearray(whole)
            for place in random.integers(0, len(data), 4):
                data[place] = random.integers(0, 256)
            (saved / name).write_bytes(data)
            try:
                identify(saved)
            except InputError as error:
                assert "is not a saved model" in str(error)
        (saved / name).write_bytes(whole)


def test_identity_needs_no_tensorflow(runs: tuple[Path, Path, Path]) -> None:
    program = (
        "import sys; from pathlib import Path; from mlci.models.identity import identify\n"
        "print(identify(Path(sys.argv[1])).digest)\n"
        "assert not {'tensorflow', 'h5py', 'numpy'} & set(sys.modules)\n"
    )
    for name in ("model/model.keras", "saved"):
        path = runs[0] / name
        done = subprocess.run(
            [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == identify(path).digest
