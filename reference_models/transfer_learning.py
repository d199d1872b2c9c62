"""Reference for transfer_learning: a small head that keeps where the features lie, and a slow backbone.

The head is the same in every mode; only what learns, and how fast, differs. A backbone that comes with weights is
called as in prediction: few images would put its moving averages off. Photographs have more features than digits, and
get a larger head.
"""

import keras
from keras import layers

UNITS = 64
DROPOUT = 0.3
RATES = {"scratch": 0.001, "frozen": 0.001, "fine_tuned": 0.0002}
LARGER = {"units": 512, "dropout": 0.5}  # for photographs
SLOWER = 0.1  # times these rates for photographs, where the whole backbone learns


def build_model(backbone, mode, input_shape, num_classes, mean, std) -> keras.Model:
    """Return the compiled classifier of the task's contract."""
    photographs = input_shape[-1] == 3
    backbone.trainable = mode != "frozen"
    inputs = keras.Input(input_shape)
    height, width, _ = backbone.input_shape[1:]
    x = inputs
    if (height, width) != tuple(input_shape[:2]):
        x = layers.Resizing(height, width)(x)
    x = layers.Normalization(mean=mean, variance=[s**2 for s in std])(x)
    x = backbone(x, training=None if mode == "scratch" else False)
    x = layers.Flatten()(x)
    x = layers.Dense(LARGER["units"] if photographs else UNITS, activation="relu")(x)
    x = layers.Dropout(LARGER["dropout"] if photographs else DROPOUT)(x)
    outputs = layers.Dense(num_classes, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    rate = RATES[mode] * (SLOWER if photographs and mode != "frozen" else 1)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
