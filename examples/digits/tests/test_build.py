"""Are the data what the schema says, and does no digit stand in both parts?"""

import numpy as np
import pytest

from ml.build import build, split


@pytest.fixture
def data(tmp_path):
    build(tmp_path, share=0.25, seed=7)
    with np.load(tmp_path / "train.npz") as train, np.load(tmp_path / "test.npz") as test:
        yield dict(train), dict(test)


def test_shapes_and_ranges(data):
    for part in data:
        assert part["x"].dtype == np.float32
        assert part["x"].shape == (len(part["y"]), 8, 8)
        assert 0 <= part["x"].min() <= part["x"].max() <= 1
        assert set(part["y"].tolist()) == set(range(10))


def test_all_digits_are_used_once():
    labels = np.repeat(np.arange(10), 20)
    train, test = split(labels, 0.25, seed=1)
    assert sorted([*train, *test]) == list(range(200))
    assert np.bincount(labels[test]).tolist() == [5] * 10


def test_same_seed_same_bytes(tmp_path):
    build(tmp_path / "a")
    build(tmp_path / "b")
    for name in ("train.npz", "test.npz"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
