"""Make data/train.npz, data/test.npz and its two halves, data/test-1.npz and data/test-2.npz."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ml.data import load
from ml.params import read_params

DATA = Path("data")


def write(path: Path, images: np.ndarray, labels: np.ndarray) -> None:
    """Write x, uint8 of shape (n, 28, 28), and y, int64 of shape (n,); image and label stay together."""
    np.savez_compressed(path, x=images, y=labels.astype("int64"))
    print(f"{path}: {len(labels)} pictures")


def build(source: Path | None = None, folder: Path = DATA) -> None:
    """Write all four files."""
    train_x, train_y, test_x, test_y = load(source)
    folder.mkdir(parents=True, exist_ok=True)
    half = len(test_y) // 2
    write(folder / "train.npz", train_x, train_y)
    write(folder / "test.npz", test_x, test_y)
    write(folder / "test-1.npz", test_x[:half], test_y[:half])
    write(folder / "test-2.npz", test_x[half:], test_y[half:])


if __name__ == "__main__":
    given = read_params(folder="")["folder"]
    build(Path(given) if given else None)
