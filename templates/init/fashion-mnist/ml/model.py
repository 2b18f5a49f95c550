"""The network: one convolution and one dense layer, 13,610 weights."""

from __future__ import annotations

import keras


def make_model() -> keras.Model:
    """Return a compiled network: images of shape (n, 28, 28), 0 to 255, to probabilities of ten classes."""
    model = keras.Sequential(
        [
            keras.Input((28, 28), name="image"),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Reshape((28, 28, 1)),
            keras.layers.Conv2D(8, 3, strides=2, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax", name="class"),
        ],
        name="fashion",
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
