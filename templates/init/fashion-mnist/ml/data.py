"""Fashion-MNIST: 70,000 pictures of clothes from Zalando, 28 × 28 pixels, ten classes.

H. Xiao, K. Rasul, R. Vollgraf (2017), Fashion-MNIST: a novel image dataset for benchmarking machine learning
algorithms, arXiv:1708.07747.
"""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np

CLASSES = (
    "T-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
SYSTEM = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package dataset-fashion-mnist puts it."""
DIGESTS = {
    "train-images-idx3-ubyte": "2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012",
    "train-labels-idx1-ubyte": "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7",
    "t10k-images-idx3-ubyte": "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a",
    "t10k-labels-idx1-ubyte": "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
}
"""SHA-256 of each array's bytes, without header and compression: whoever hands it over, it is this data."""

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def load(folder: Path | None = None) -> Arrays:
    """Return train images, train labels, test images, test labels; uint8, shapes (n, 28, 28) and (n,).

    Looks into `folder` if one is given, else where the system keeps it, else lets Keras fetch it.
    """
    place = folder or (SYSTEM if SYSTEM.is_dir() else None)
    arrays = fetch() if place is None else tuple(read(place, name) for name in DIGESTS)
    for name, array in zip(DIGESTS, arrays, strict=True):
        found = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
        if found != DIGESTS[name]:
            raise SystemExit(f"{name} from {place or 'the network'} is not Fashion-MNIST: sha256 {found}")
    return arrays


def read(folder: Path, name: str) -> np.ndarray:
    """Read one file in the IDX format, packed or not."""
    packed = folder / f"{name}.gz"
    if not packed.is_file() and not (folder / name).is_file():
        raise SystemExit(f"there is no {packed}")
    data = gzip.decompress(packed.read_bytes()) if packed.is_file() else (folder / name).read_bytes()
    dimensions = data[3]
    header = 4 + 4 * dimensions
    shape = tuple(int.from_bytes(data[at : at + 4], "big") for at in range(4, header, 4))
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape)


def fetch() -> Arrays:
    """Let Keras fetch the data; it keeps them under ~/.keras."""
    import keras

    (train_x, train_y), (test_x, test_y) = keras.datasets.fashion_mnist.load_data()
    return train_x, train_y, test_x, test_y
