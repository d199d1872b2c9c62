"""Chloe's autoencoders are narrow, and her convolutional one has a single convolution."""

import keras
from keras import layers


def build_dense(input_shape, code_size, hidden_layers):
    encoder = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(code_size),
        ]
    )
    decoder = keras.Sequential(
        [
            keras.Input((code_size,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(32 * 32, activation="sigmoid"),
            layers.Reshape(input_shape),
        ]
    )
    return encoder, decoder


def build_conv(input_shape, code_size, hidden_layers):
    encoder = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(8, 3, strides=4, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(code_size),
        ]
    )
    decoder = keras.Sequential(
        [
            keras.Input((code_size,)),
            layers.Dense(8 * 8 * 8, activation="relu"),
            layers.Reshape((8, 8, 8)),
            layers.Conv2DTranspose(1, 5, strides=4, padding="same", activation="sigmoid"),
        ]
    )
    return encoder, decoder
