"""Reference for transfer_learning: a small head that keeps where the features lie, and a slow backbone.

The head is the same in every mode; only what learns, and how fast, differs. Where the backbone is fine-tuned, its batch
normalisation stays frozen: few images would put its moving averages off. Photographs have more features than digits,
and get a larger head.
"""

import keras
from keras import layers

UNITS = 128
DROPOUT = 0.3
RATES = {"scratch": 0.001, "frozen": 0.001, "fine_tuned": 0.0005}
LARGER = {"units": 512, "dropout": 0.5}  # for photographs
SLOWER = 0.1  # times these rates for photographs, where the whole backbone learns


def freeze(backbone, mode) -> None:
    """Freeze what does not learn in this mode: all of the backbone, its batch normalisation, or nothing."""
    backbone.trainable = mode != "frozen"
    for layer in backbone.layers if mode == "fine_tuned" else ():
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False


def build_model(backbone, mode, input_shape, num_classes, mean, std) -> keras.Model:
    """Return the compiled classifier of the task's contract."""
    photographs = input_shape[-1] == 3
    freeze(backbone, mode)
    inputs = keras.Input(input_shape)
    height, width, _ = backbone.input_shape[1:]
    x = inputs
    if (height, width) != tuple(input_shape[:2]):
        x = layers.Resizing(height, width)(x)
    x = layers.Normalization(mean=mean, variance=[s**2 for s in std])(x)
    x = layers.Flatten()(backbone(x))
    x = layers.Dense(LARGER["units"] if photographs else UNITS, activation="relu")(x)
    x = layers.Dropout(LARGER["dropout"] if photographs else DROPOUT)(x)
    outputs = layers.Dense(num_classes, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    rate = RATES[mode] * (SLOWER if photographs and mode != "frozen" else 1)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
