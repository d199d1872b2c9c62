"""The backbone is given pixels in [0, 1], which is not the scale that it wants.

Loses: frozen, frozen-beats-scratch
"""

import keras
from keras import layers


def build_model(backbone, mode, input_shape, num_classes, mean, std):
    backbone.trainable = mode != "frozen"
    inputs = keras.Input(input_shape)
    x = inputs
    x = backbone(x, training=None if mode == "scratch" else False)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dropout(0.3)(x)
    model = keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))
    rate = {"scratch": 0.001, "frozen": 0.001, "fine_tuned": 0.0002}[mode]
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
