"""In the manner of the Keras blog's autoencoders (2016), with few units and few filters; earns 40 to 60.

Dense layers are half as wide as is usual; convolutions only read the image, and one dense layer draws it.
"""

import math

import keras
from keras import layers


def build_dense(input_shape, code_size, hidden_layers):
    units = (128, 64, 32)[:hidden_layers]
    encoder = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Flatten(),
            *[layers.Dense(n, activation="relu") for n in units],
            layers.Dense(code_size),
        ]
    )
    decoder = keras.Sequential(
        [
            keras.Input((code_size,)),
            *[layers.Dense(n, activation="relu") for n in reversed(units)],
            layers.Dense(math.prod(input_shape), activation="sigmoid"),
            layers.Reshape(input_shape),
        ]
    )
    return encoder, decoder


def build_conv(input_shape, code_size, hidden_layers):
    filters = (8, 16, 16)[:hidden_layers]
    encoder = keras.Sequential([keras.Input(input_shape)])
    for n in filters:
        encoder.add(layers.Conv2D(n, 3, padding="same", activation="relu"))
        encoder.add(layers.MaxPooling2D(2))
    encoder.add(layers.Flatten())
    encoder.add(layers.Dense(code_size))
    decoder = keras.Sequential(
        [
            keras.Input((code_size,)),
            layers.Dense(128, activation="relu"),
            layers.Dense(math.prod(input_shape), activation="sigmoid"),
            layers.Reshape(input_shape),
        ]
    )
    return encoder, decoder
