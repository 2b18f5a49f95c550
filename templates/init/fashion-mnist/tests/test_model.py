"""Does the network learn, and say probabilities?"""

import keras
import numpy as np
import pytest

from ml.model import make_model
from ml.train import DEFAULTS, train


@pytest.fixture(scope="module")
def stripes():
    """Pictures that are easy to tell apart: a bright band at a height that is the class."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 10, 600)
    images = random.integers(0, 60, (600, 28, 28)).astype("uint8")
    for image, label in zip(images, labels, strict=True):
        image[2 * label + 3 : 2 * label + 6] = 220
    return images, labels


def test_is_the_network_that_was_agreed():
    model = make_model()
    assert model.count_params() == 8 * (9 + 1) + 10 * (13 * 13 * 8 + 1)
    convolution = next(layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D))
    assert (convolution.filters, convolution.kernel_size, convolution.strides) == (8, (3, 3), (2, 2))


def test_answers_are_probabilities(stripes):
    answers = make_model()(stripes[0][:5]).numpy()
    assert answers.shape == (5, 10)
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-5)


def test_learns_what_is_easy(stripes):
    _, history = train(*stripes, {**DEFAULTS, "epochs": 8}, seed=7)
    assert np.isfinite(history["loss"]).all()
    assert history["val_accuracy"][-1] > 0.9


def test_same_seed_same_weights(stripes):
    models = [train(*stripes, {**DEFAULTS, "epochs": 1}, seed=3)[0] for _ in range(2)]
    for left, right in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_array_equal(left, right)
