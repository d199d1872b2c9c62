"""A VAE of one hidden layer in the manner of Kingma and Welling, and the dense GAN of Goodfellow's first article.

Earns 40 to 60: one narrow layer describes faces in part, and what its dense players draw is noisy.
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
    x = dense(layers.Flatten()(image), 5 * filters)
    return keras.Model(image, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])


def build_decoder(input_shape, latent_size, filters):
    code = keras.Input((latent_size,))
    return keras.Model(code, pixels(dense(code, 5 * filters), input_shape))


def build_generator(input_shape, latent_size, filters):
    noise = keras.Input((latent_size,))
    x = layers.Dense(15 * filters, activation="relu")(noise)
    return keras.Model(noise, pixels(layers.Dense(15 * filters, activation="relu")(x), input_shape))


def build_discriminator(input_shape, latent_size, filters):
    image = keras.Input(input_shape)
    x = layers.Dropout(0.5)(layers.Dense(15 * filters, activation="relu")(layers.Flatten()(image)))
    return keras.Model(image, layers.Dense(1)(x))


def pixels(x, input_shape):
    return layers.Reshape(input_shape)(layers.Dense(math.prod(input_shape), activation="sigmoid")(x))
