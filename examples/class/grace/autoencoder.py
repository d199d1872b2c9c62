"""Grace forgot the sigmoid: her decoders put out any number they like."""

import keras
from keras import layers


def build_dense(input_shape, code_size, hidden_layers):
    encoder = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.BatchNormalization(momentum=0.9),
            layers.Dense(code_size),
        ]
    )
    decoder = keras.Sequential(
        [
            keras.Input((code_size,)),
            layers.Dense(128, activation="relu"),
            layers.Dense(32 * 32),
            layers.Reshape(input_shape),
        ]
    )
    return encoder, decoder


def build_conv(input_shape, code_size, hidden_layers):
    encoder = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
            layers.Flatten(),
            layers.BatchNormalization(momentum=0.9),
            layers.Dense(code_size),
        ]
    )
    decoder = keras.Sequential(
        [
            keras.Input((code_size,)),
            layers.Dense(8 * 8 * 16, activation="relu"),
            layers.Reshape((8, 8, 16)),
            layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(1, 3, strides=2, padding="same"),
        ]
    )
    return encoder, decoder
