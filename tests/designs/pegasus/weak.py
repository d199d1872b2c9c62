"""Dense networks of one hidden layer, as a first example of an autoencoder has them, and a straight blend.

Earns 40 to 60.
"""

import math

import keras
from keras import layers, ops


def kl_divergence(z_mean, z_log_var):
    return 0.5 * ops.sum(ops.exp(z_log_var) + ops.square(z_mean) - 1.0 - z_log_var, axis=-1)


def blend(code_a, code_b, weight):
    return weight * code_a + (1.0 - weight) * code_b


def seen(image):
    x = layers.Flatten()(image)
    for units in (128,):
        x = layers.Dense(units, activation="relu")(x)
    return x


def decoder(input_shape, size):
    x = code = keras.Input((size,))
    for units in (128,):
        x = layers.Dense(units, activation="relu")(x)
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid")(x)
    return keras.Model(code, layers.Reshape(input_shape)(pixels))


def build_autoencoder(input_shape, code_size):
    image = keras.Input(input_shape)
    return keras.Model(image, layers.Dense(code_size)(seen(image))), decoder(input_shape, code_size)


def build_vae(input_shape, latent_size):
    image = keras.Input(input_shape)
    x = seen(image)
    encoder = keras.Model(image, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])
    return encoder, decoder(input_shape, latent_size)
