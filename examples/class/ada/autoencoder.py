"""Ada's autoencoders: batch normalisation before every ReLU, the code included."""

import math

import keras
from keras import layers


def dense_block(x, units):
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(layers.Dense(units, use_bias=False)(x)))


def build_dense(input_shape, code_size, hidden_layers):
    units = (256, 128, 64)[:hidden_layers]
    image = keras.Input(input_shape)
    x = layers.Flatten()(image)
    for n in units:
        x = dense_block(x, n)
    encoder = keras.Model(image, dense_block(x, code_size))
    x = code = keras.Input((code_size,))
    for n in reversed(units):
        x = dense_block(x, n)
    x = layers.Dense(math.prod(input_shape), activation="sigmoid", bias_initializer=dark())(x)
    return encoder, keras.Model(code, layers.Reshape(input_shape)(x))


def build_conv(input_shape, code_size, hidden_layers):
    filters = (8, 16, 32)[:hidden_layers]
    x = image = keras.Input(input_shape)
    for n in filters:
        x = layers.Conv2D(n, 3, strides=2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    grid = x.shape[1:]
    encoder = keras.Model(image, dense_block(dense_block(layers.Flatten()(x), 256), code_size))
    x = code = keras.Input((code_size,))
    x = layers.Reshape(grid)(dense_block(dense_block(x, 256), math.prod(grid)))
    for n in reversed(filters[:-1]):
        x = layers.Conv2DTranspose(n, 3, strides=2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid", bias_initializer=dark())(x)
    return encoder, keras.Model(code, x)


def dark():
    """Most pixels are black: start there."""
    return keras.initializers.Constant(-2.0)
