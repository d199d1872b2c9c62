"""The convolutions are frozen, but batch normalisation goes on in training mode.

Loses: frozen-stays
"""

import keras
from keras import layers


def build_model(backbone, mode, input_shape, num_classes, mean, std):
    for layer in backbone.layers:
        layer.trainable = mode != "frozen" or isinstance(layer, layers.BatchNormalization)
    inputs = keras.Input(input_shape)
    x = layers.Normalization(mean=mean, variance=[s**2 for s in std])(inputs)
    x = backbone(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation="relu")(x)
    x = layers.Dropout(0.3)(x)
    model = keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))
    rate = {"scratch": 0.001, "frozen": 0.001, "fine_tuned": 0.0005}[mode]
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
