"""Make data/train.npz and data/test.npz from the handwritten digits that come with scikit-learn.

1,797 digits written by 43 people (E. Alpaydin, C. Kaynak, 1998, UCI Machine Learning Repository).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from ml.params import read_params, read_seed

DATA = Path("data")


def split(labels: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of training and test examples, every class in the same proportion.

    Parameters
    ----------
    labels : int array, shape (n,)
    share : of each class, how much goes to the test, 0 to 1
    """
    random = np.random.default_rng(seed)
    train, test = [], []
    for label in np.unique(labels):
        places = random.permutation(np.flatnonzero(labels == label))
        cut = round(len(places) * share)
        test.append(places[:cut])
        train.append(places[cut:])
    return random.permutation(np.concatenate(train)), random.permutation(np.concatenate(test))


def build(folder: Path = DATA, share: float = 0.25, seed: int = 7) -> None:
    """Write both files: x, float32 of shape (n, 8, 8) from 0 to 1, and y, int64 of shape (n,)."""
    digits = load_digits()
    x = (digits.images / 16).astype("float32")
    y = digits.target.astype("int64")
    train, test = split(y, share, seed)
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "train.npz", x=x[train], y=y[train])
    np.savez_compressed(folder / "test.npz", x=x[test], y=y[test])
    print(f"{len(train)} digits to train on, {len(test)} to test on")


if __name__ == "__main__":
    build(share=read_params(test_share=0.25)["test_share"], seed=read_seed())
