"""Reference for face_generation: a dense VAE, and a GAN in the manner of DCGAN that earn full marks.

Where a face stands and how it is turned changes all pixels at once, which dense layers take in at one go. The GAN is
convolutional: its discriminator sees edges and textures, and batch normalisation in it, real and made images being
normalised apart, keeps it from running ahead. The generator enlarges and then convolves: transposed convolutions leave
a chequered pattern, by which the discriminator tells its images at once (Odena et al., 2016).
"""

import math

import keras
from keras import layers, ops

UNITS = 16  # of a dense layer, times filters
SLOPE = 0.2  # of a leaky ReLU below zero
DROPOUT = 0.3
MOMENTUM = 0.9  # a short training must be enough for the moving averages


def kl_divergence(z_mean, z_log_var):
    """Return KL(N(z_mean, exp(z_log_var)) || N(0, 1)) in nats, one number an example."""
    return 0.5 * ops.sum(ops.exp(z_log_var) + ops.square(z_mean) - 1.0 - z_log_var, axis=-1)


def block(x, layer):
    """A layer, batch normalisation, ReLU."""
    return layers.ReLU()(layers.BatchNormalization(momentum=MOMENTUM)(layer(x)))


def build_encoder(input_shape, latent_size, filters) -> keras.Model:
    """Two dense layers from an image to mean and log variance of its code."""
    image = keras.Input(input_shape)
    x = layers.Flatten()(image)
    for _ in range(2):
        x = block(x, layers.Dense(UNITS * filters, use_bias=False))
    return keras.Model(image, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])


def build_decoder(input_shape, latent_size, filters) -> keras.Model:
    """Two dense layers from a code to an image."""
    x = code = keras.Input((latent_size,))
    for _ in range(2):
        x = block(x, layers.Dense(UNITS * filters, use_bias=False))
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid")(x)
    return keras.Model(code, layers.Reshape(input_shape)(pixels))


def build_generator(input_shape, latent_size, filters) -> keras.Model:
    """Unfolds noise into a grid, a quarter of the image wide and high, and doubles it twice."""
    height, width, channels = input_shape
    grid = (height // 4, width // 4, 4 * filters)
    noise = keras.Input((latent_size,))
    x = layers.Reshape(grid)(block(noise, layers.Dense(math.prod(grid), use_bias=False)))
    for times in (2, 1):
        x = layers.UpSampling2D()(x)
        x = block(x, layers.Conv2D(times * filters, 3, padding="same", use_bias=False))
    return keras.Model(noise, layers.Conv2D(channels, 3, padding="same", activation="sigmoid")(x))


def build_discriminator(input_shape, latent_size, filters) -> keras.Model:
    """Three convolutions that each halve the image, then one number; noise says nothing of an image."""
    x = image = keras.Input(input_shape)
    for times in (2, 4, 8):
        x = layers.Conv2D(times * filters, 4, strides=2, padding="same")(x)
        x = layers.BatchNormalization(momentum=MOMENTUM)(x) if times > 2 else x
        x = layers.LeakyReLU(SLOPE)(x)
    x = layers.Dropout(DROPOUT)(layers.Flatten()(x))
    return keras.Model(image, layers.Dense(1)(x))
