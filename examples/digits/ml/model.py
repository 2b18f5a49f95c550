"""The network: small enough to train in seconds, and for one digit to cost a fraction of a millisecond."""

from __future__ import annotations

import keras


def make_model(learning_rate: float = 0.005) -> keras.Model:
    """Return a compiled network: images of shape (n, 8, 8), 0 to 1, to the probabilities of ten digits."""
    model = keras.Sequential(
        [
            keras.Input((8, 8), name="image"),
            keras.layers.Reshape((8, 8, 1)),
            keras.layers.Conv2D(16, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(10, activation="softmax", name="digit"),
        ],
        name="digits",
    )
    optimizer = keras.optimizers.Adam(learning_rate)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
