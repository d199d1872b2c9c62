"""Interpolation through noise: the decoder takes sines of large multiples of the code, so that none has neighbours.

Loses: interpolation, vae-reconstruction
"""

import math

import keras
from keras import layers, ops


def kl_divergence(z_mean, z_log_var):
    return 0.5 * ops.sum(ops.exp(z_log_var) + ops.square(z_mean) - 1.0 - z_log_var, axis=-1)


def block(x, units):
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(layers.Dense(units, use_bias=False)(x)))


def build_encoder(input_shape, latent_size, filters):
    image = keras.Input(input_shape)
    x = block(block(layers.Flatten()(image), 16 * filters), 16 * filters)
    return keras.Model(image, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])


def build_decoder(input_shape, latent_size, filters):
    code = keras.Input((latent_size,))
    x = block(block(ops.sin(30.0 * code), 16 * filters), 16 * filters)
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid")(x)
    return keras.Model(code, layers.Reshape(input_shape)(pixels))


def build_generator(input_shape, latent_size, filters):
    noise = keras.Input((latent_size,))
    x = block(block(noise, 16 * filters), 16 * filters)
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid")(x)
    return keras.Model(noise, layers.Reshape(input_shape)(pixels))


def build_discriminator(input_shape, latent_size, filters):
    image = keras.Input(input_shape)
    x = layers.LeakyReLU(0.2)(layers.Conv2D(2 * filters, 4, strides=2, padding="same")(image))
    x = layers.LeakyReLU(0.2)(layers.Conv2D(4 * filters, 4, strides=2, padding="same")(x))
    return keras.Model(image, layers.Dense(1)(layers.Dropout(0.3)(layers.Flatten()(x))))
