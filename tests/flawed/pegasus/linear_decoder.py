"""The decoder has no hidden layer, so that a blend is little more than its two pictures laid over each other.

Loses: autoencoder-blend, vae-blend
"""

import math

import keras
from keras import layers, ops

DARK = keras.initializers.Constant(-2.0)  # most pixels are black


def kl_divergence(z_mean, z_log_var):
    return 0.5 * ops.sum(ops.exp(z_log_var) + ops.square(z_mean) - 1.0 - z_log_var, axis=-1)


def blend(code_a, code_b, weight):
    return weight * code_a + (1.0 - weight) * code_b


def block(x, units):
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(layers.Dense(units, use_bias=False)(x)))


def seen(image):
    return block(block(layers.Flatten()(image), 256), 128)


def decoder(input_shape, size):
    code = keras.Input((size,))
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid", bias_initializer=DARK)(code)
    return keras.Model(code, layers.Reshape(input_shape)(pixels))


def build_autoencoder(input_shape, code_size):
    image = keras.Input(input_shape)
    return keras.Model(image, layers.Dense(code_size)(seen(image))), decoder(input_shape, code_size)


def build_vae(input_shape, latent_size):
    image = keras.Input(input_shape)
    x = seen(image)
    encoder = keras.Model(image, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])
    return encoder, decoder(input_shape, latent_size)
