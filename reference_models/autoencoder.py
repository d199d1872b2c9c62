"""Reference for autoencoder: two pairs of encoder and decoder that earn full marks.

Batch normalisation in front of every non-linearity keeps a code of ten numbers alive: without it most runs end with a
decoder that draws the mean digit, because its sigmoid saturates before the code carries anything.
"""

import math

import keras
from keras import layers

UNITS = (512, 256, 128)  # dense layers between image and code, as many of them as asked for
FILTERS = 16  # of the first convolution, doubled as the image halves
BOTTLENECK = 512  # units between the convolutions and the code
MOMENTUM = 0.9  # a short training must be enough for the moving averages


def block(x, layer):
    """A layer, batch normalisation, ReLU."""
    x = layers.BatchNormalization(momentum=MOMENTUM)(layer(x))
    return layers.ReLU()(x)


def code_layer(x, code_size):
    """A sparse code: ReLU behind batch normalisation makes about half of its numbers zero for any one image."""
    return block(x, layers.Dense(code_size, use_bias=False))


def build_dense(input_shape, code_size, hidden_layers) -> tuple[keras.Model, keras.Model]:
    """Return (encoder, decoder) of dense layers; the decoder mirrors the encoder."""
    units = UNITS[:hidden_layers]
    image = keras.Input(input_shape)
    x = layers.Flatten()(image)
    for n in units:
        x = block(x, layers.Dense(n, use_bias=False))
    encoder = keras.Model(image, code_layer(x, code_size))

    x = code = keras.Input((code_size,))
    for n in reversed(units):
        x = block(x, layers.Dense(n, use_bias=False))
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid")(x)
    return encoder, keras.Model(code, layers.Reshape(input_shape)(pixels))


def build_conv(input_shape, code_size, hidden_layers) -> tuple[keras.Model, keras.Model]:
    """Return (encoder, decoder) of convolutions that halve the image `hidden_layers` times, and double it again."""
    filters = [FILTERS * 2**i for i in range(hidden_layers)]
    x = image = keras.Input(input_shape)
    for n in filters:
        x = block(x, layers.Conv2D(n, 3, strides=2, padding="same", use_bias=False))
    grid = x.shape[1:]
    x = block(layers.Flatten()(x), layers.Dense(BOTTLENECK, use_bias=False))
    encoder = keras.Model(image, code_layer(x, code_size))

    x = code = keras.Input((code_size,))
    x = block(x, layers.Dense(BOTTLENECK, use_bias=False))
    x = block(x, layers.Dense(math.prod(grid), use_bias=False))
    x = layers.Reshape(grid)(x)
    for n in reversed(filters[:-1]):
        x = block(x, layers.Conv2DTranspose(n, 3, strides=2, padding="same", use_bias=False))
    pixels = layers.Conv2DTranspose(input_shape[-1], 3, strides=2, padding="same", activation="sigmoid")(x)
    return encoder, keras.Model(code, pixels)
