"""Nothing but the last sigmoid is non-linear, so that both autoencoders do little more than PCA.

Loses: conv-reconstruction, dense-reconstruction
"""

import math

import keras
from keras import layers

DARK = keras.initializers.Constant(-2.0)  # most pixels are black


def block(layer):
    return [layer, layers.BatchNormalization(momentum=0.9)]


def code_layer(code_size):
    return block(layers.Dense(code_size, use_bias=False))


def build_dense(input_shape, code_size, hidden_layers):
    units = (64, 32, 32)[:hidden_layers]
    inward = [part for n in units for part in block(layers.Dense(n))]
    outward = [part for n in reversed(units) for part in block(layers.Dense(n))]
    encoder = [keras.Input(input_shape), layers.Flatten(), *inward, *code_layer(code_size)]
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid", bias_initializer=DARK)
    decoder = [keras.Input((code_size,)), *outward, pixels, layers.Reshape(input_shape)]
    return keras.Sequential(encoder), keras.Sequential(decoder)


def build_conv(input_shape, code_size, hidden_layers):
    filters = (4, 8, 8)[:hidden_layers]
    grid = (*(side // 2**hidden_layers for side in input_shape[:2]), filters[-1])
    inward = [p for n in filters for p in block(layers.Conv2D(n, 3, strides=2, padding="same"))]
    outward = [p for n in filters[-2::-1] for p in block(layers.Conv2DTranspose(n, 3, strides=2, padding="same"))]
    encoder = [keras.Input(input_shape), *inward, layers.Flatten(), *block(layers.Dense(32)), *code_layer(code_size)]
    unfold = [*block(layers.Dense(32)), *block(layers.Dense(math.prod(grid))), layers.Reshape(grid)]
    pixels = layers.Conv2DTranspose(
        input_shape[2], 3, strides=2, padding="same", activation="sigmoid", bias_initializer=DARK
    )
    decoder = [keras.Input((code_size,)), *unfold, *outward, pixels]
    return keras.Sequential(encoder), keras.Sequential(decoder)
