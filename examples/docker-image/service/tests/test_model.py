"""Does the model tell digits apart, and refuse what is none?"""

import numpy as np
import pytest

from digits.model import fit, load, predict, save
from digits.train import data, train


def test_is_right_nine_times_in_ten(tmp_path):
    assert train(tmp_path / "model.npz") > 0.88


def test_a_mean_is_nearest_to_itself():
    means = fit(*data())
    assert predict(means, means) == list(range(10))


def test_reads_what_it_wrote(tmp_path):
    means = fit(*data())
    save(tmp_path / "deep" / "model.npz", means)
    np.testing.assert_array_equal(load(tmp_path / "deep" / "model.npz"), means)


@pytest.mark.parametrize("images", [[[1, 2]], [], "x", [[float("nan")] * 64]])
def test_refuses_what_is_no_image(images):
    with pytest.raises(ValueError, match=r"64 numbers|could not convert"):
        predict(fit(*data()), images)


def test_writes_no_model_that_is_too_bad(tmp_path, monkeypatch):
    x, y = data()
    monkeypatch.setattr("digits.train.data", lambda: (np.zeros_like(x), y))
    with pytest.raises(SystemExit, match="below"):
        train(tmp_path / "model.npz")
    assert not (tmp_path / "model.npz").exists()
