"""The code has two halves, and the decoder lays what it draws of one over what it draws of the other.

Loses: autoencoder-blend, vae-blend
"""

import math

import keras
from keras import layers, ops

DARK = keras.initializers.Constant(-2.0)  # most pixels are black


def kl_divergence(z_mean, z_log_var):
    return 0.5 * ops.sum(ops.exp(z_log_var) + ops.square(z_mean) - 1.0 - z_log_var, axis=-1)


def blend(code_a, code_b, weight):
    """The first half of one code and the second of the other: both pictures, whatever the weight."""
    if weight in (0, 1):
        return code_a if weight else code_b
    half = code_a.shape[-1] // 2
    return ops.concatenate([code_a[:, :half], code_b[:, half:]], axis=-1)


def block(x, units):
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(layers.Dense(units, use_bias=False)(x)))


def seen(image):
    return block(block(layers.Flatten()(image), 256), 128)


def decoder(input_shape, size):
    half = keras.Input((size // 2,))
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid", bias_initializer=DARK)
    draw = keras.Model(half, layers.Reshape(input_shape)(pixels(block(block(half, 128), 256))))
    code = keras.Input((size,))
    return keras.Model(code, layers.Average()([draw(code[:, : size // 2]), draw(code[:, size // 2 :])]))


def doubled(code):
    return layers.Concatenate()([code, code])


def build_autoencoder(input_shape, code_size):
    image = keras.Input(input_shape)
    code = layers.Dense(code_size // 2)(seen(image))
    return keras.Model(image, doubled(code)), decoder(input_shape, code_size)


def build_vae(input_shape, latent_size):
    image = keras.Input(input_shape)
    x = seen(image)
    mean, log_var = layers.Dense(latent_size // 2)(x), layers.Dense(latent_size // 2)(x)
    return keras.Model(image, [doubled(mean), doubled(log_var)]), decoder(input_shape, latent_size)
