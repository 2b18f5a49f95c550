"""Fit the model to scikit-learn's digits and write it: `python -m digits.train PATH`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from digits.model import fit, predict, save

TESTED = 360
LEAST = 0.85


def data() -> tuple[np.ndarray, np.ndarray]:
    """Return images, float of shape (n, 64), and digits, int of shape (n,), shuffled together."""
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    return digits.data[order] / 16, digits.target[order]


def train(path: Path) -> float:
    """Fit, write, and return the accuracy on digits that were kept back."""
    x, y = data()
    means = fit(x[:-TESTED], y[:-TESTED])
    accuracy = float((np.array(predict(means, x[-TESTED:])) == y[-TESTED:]).mean())
    if accuracy < LEAST:
        raise SystemExit(f"accuracy {accuracy:.3f} is below {LEAST}; no model is written")
    save(path, means)
    return accuracy


if __name__ == "__main__":
    print(f"accuracy {train(Path(sys.argv[1])):.4f}")
