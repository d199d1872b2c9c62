"""Convolutions without normalisation, in the manner of Keras' examples "VAE" and "Conditional GAN".

Earns 60 to 85: half as many filters as there, so that it trains on a CPU.
"""

import keras
from keras import layers, ops


def kl_divergence(z_mean, z_log_var):
    return ops.sum(-0.5 * (1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var)), axis=1)


def build_vae(input_shape, latent_size, hidden_layers):
    height, width, channels = input_shape
    image = x = keras.Input(input_shape)
    for filters in (16, 32):
        x = layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Flatten()(x)
    for _ in range(hidden_layers - 1):
        x = layers.Dense(128, activation="relu")(x)
    encoder = keras.Model(image, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])
    code = x = keras.Input((latent_size,))
    for _ in range(hidden_layers - 1):
        x = layers.Dense(128, activation="relu")(x)
    x = layers.Dense(height // 4 * (width // 4) * 32, activation="relu")(x)
    x = layers.Reshape((height // 4, width // 4, 32))(x)
    for filters in (32, 16):
        x = layers.Conv2DTranspose(filters, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(channels, 3, padding="same", activation="sigmoid")(x)
    return encoder, keras.Model(code, x)


def build_gan(input_shape, noise_size, num_classes):
    height, width, channels = input_shape
    noise, image = keras.Input((noise_size,)), keras.Input(input_shape)
    label = keras.Input((num_classes,)) if num_classes else None
    x = layers.Concatenate()([noise, label]) if num_classes else noise
    x = layers.LeakyReLU(0.2)(layers.Dense(height // 4 * (width // 4) * 32)(x))
    x = layers.Reshape((height // 4, width // 4, 32))(x)
    for filters in (32, 32):
        x = layers.LeakyReLU(0.2)(layers.Conv2DTranspose(filters, 4, strides=2, padding="same")(x))
    made = layers.Conv2D(channels, 7, padding="same", activation="sigmoid")(x)
    x = image
    if num_classes:  # the label as further channels of the image
        plane = layers.Reshape((height, width, num_classes))(layers.RepeatVector(height * width)(label))
        x = layers.Concatenate()([image, plane])
    for filters in (32, 64):
        x = layers.LeakyReLU(0.2)(layers.Conv2D(filters, 3, strides=2, padding="same")(x))
    logit = layers.Dense(1)(layers.GlobalMaxPooling2D()(x))
    if not num_classes:
        return keras.Model(noise, made), keras.Model(image, logit)
    return keras.Model([noise, label], made), keras.Model([image, label], logit)
