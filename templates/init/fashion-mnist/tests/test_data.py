"""Is the data read right, and anything else refused?"""

import gzip

import numpy as np
import pytest

from ml.data import load, read


def write_idx(path, array):
    header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    path.write_bytes(gzip.compress(header + array.tobytes()))


def test_reads_images_and_labels(tmp_path):
    images = np.arange(2 * 28 * 28, dtype=np.uint8).reshape(2, 28, 28)
    labels = np.array([3, 9], np.uint8)
    write_idx(tmp_path / "images.gz", images)
    write_idx(tmp_path / "labels.gz", labels)
    np.testing.assert_array_equal(read(tmp_path, "images"), images)
    np.testing.assert_array_equal(read(tmp_path, "labels"), labels)


def test_refuses_other_data(tmp_path):
    for name in ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte"):
        write_idx(tmp_path / f"{name}.gz", np.zeros((1, 28, 28), np.uint8))
    for name in ("train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"):
        write_idx(tmp_path / f"{name}.gz", np.zeros(1, np.uint8))
    with pytest.raises(SystemExit, match="is not Fashion-MNIST"):
        load(tmp_path)


def test_says_what_is_missing(tmp_path):
    with pytest.raises(SystemExit, match=r"there is no .*train-images"):
        load(tmp_path)
