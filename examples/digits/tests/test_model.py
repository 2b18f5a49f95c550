"""Does the network learn, and say probabilities?"""

import keras
import numpy as np
import pytest

from ml.build import build
from ml.model import make_model
from ml.train import DEFAULTS, train


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    build(folder)
    with np.load(folder / "train.npz") as data:
        return data["x"], data["y"]


def test_answers_are_probabilities(digits):
    x, _ = digits
    answers = make_model()(x[:5]).numpy()
    assert answers.shape == (5, 10)
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-5)


def test_loss_falls_and_is_finite(digits):
    x, y = digits
    _, history = train(x[:400], y[:400], {**DEFAULTS, "epochs": 3}, seed=7)
    assert np.isfinite(history["loss"]).all()
    assert history["loss"][-1] < 0.7 * history["loss"][0]


def test_same_seed_same_weights(digits):
    x, y = digits
    models = [train(x[:200], y[:200], {**DEFAULTS, "epochs": 1}, seed=3)[0] for _ in range(2)]
    for left, right in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_array_equal(left, right)


def test_saved_model_answers_the_same(digits, tmp_path):
    model = make_model()
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", compile=False)
    np.testing.assert_array_equal(model(digits[0][:3]).numpy(), again(digits[0][:3]).numpy())
