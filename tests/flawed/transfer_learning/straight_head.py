"""The head has two layers with nothing between them that bends, so that both together are one straight map.

Loses: frozen, fine-tuned, frozen-beats-scratch
"""

import keras
from keras import layers


def build_model(backbone, mode, input_shape, num_classes, mean, std):
    backbone.trainable = mode != "frozen"
    for layer in backbone.layers:
        if mode == "fine_tuned" and isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    inputs = keras.Input(input_shape)
    x = layers.Normalization(mean=mean, variance=[s**2 for s in std])(inputs)
    x = backbone(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128)(x)
    x = layers.Dropout(0.3)(x)
    model = keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))
    rate = {"scratch": 0.001, "frozen": 0.001, "fine_tuned": 0.0005}[mode]
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
