"""Train on scikit-learn's digits: writes model/weights.npz and metrics/train.json."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

TESTED = 360
"""How many digits are kept to test on."""


def data() -> tuple[np.ndarray, np.ndarray]:
    """Return images, float of shape (n, 64) from 0 to 1, and digits, int of shape (n,), shuffled together."""
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    return digits.data[order] / 16, digits.target[order]


def train(folder: Path = Path("model")) -> float:
    """Fit on all but the last digits; write the weights; return the accuracy on the last."""
    x, y = data()
    model = LogisticRegression(C=0.5, max_iter=1000).fit(x[:-TESTED], y[:-TESTED])
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "weights.npz", coefficients=model.coef_.T, intercepts=model.intercept_)
    return float(model.score(x[-TESTED:], y[-TESTED:]))


if __name__ == "__main__":
    accuracy = train()
    Path("metrics").mkdir(exist_ok=True)
    Path("metrics/train.json").write_text(json.dumps({"accuracy": accuracy}) + "\n", encoding="utf-8")
    print(f"accuracy {accuracy:.4f} on {TESTED} digits")
