"""In the manner of TensorFlow's tutorials on autoencoders: wide dense layers, strided convolutions; earns 60 to 85.

The code is linear and convolutions leak, so that nothing can die.
"""

import math

import keras
from keras import layers


def build_dense(input_shape, code_size, hidden_layers):
    units = (256, 128, 64)[:hidden_layers]
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
    filters = (16, 32, 64)[:hidden_layers]
    height, width, channels = input_shape
    grid = (height // 2 ** len(filters), width // 2 ** len(filters), filters[-1])
    encoder = keras.Sequential([keras.Input(input_shape)])
    for n in filters:
        encoder.add(layers.Conv2D(n, 3, strides=2, padding="same"))
        encoder.add(layers.LeakyReLU())
    encoder.add(layers.Flatten())
    encoder.add(layers.Dense(code_size))
    decoder = keras.Sequential([keras.Input((code_size,))])
    decoder.add(layers.Dense(math.prod(grid)))
    decoder.add(layers.LeakyReLU())
    decoder.add(layers.Reshape(grid))
    for n in reversed(filters[:-1]):
        decoder.add(layers.Conv2DTranspose(n, 3, strides=2, padding="same"))
        decoder.add(layers.LeakyReLU())
    decoder.add(layers.Conv2DTranspose(channels, 3, strides=2, padding="same", activation="sigmoid"))
    return encoder, decoder
