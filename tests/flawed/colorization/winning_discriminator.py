"""The discriminator alone takes pixels from 0 to 255, and wins at once.

Loses: gan-nearer
"""

import keras
from keras import layers


def block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))


def build_generator(input_shape):
    grey = keras.Input(input_shape)
    top = block(grey, 12)
    low = block(layers.MaxPooling2D()(top), 24)
    x = block(layers.Concatenate()([layers.UpSampling2D()(low), top]), 12)
    return keras.Model(grey, layers.Conv2D(3, 1, activation="sigmoid")(x))


def build_discriminator(input_shape, colour_shape):
    colour, grey = keras.Input(colour_shape), keras.Input(input_shape)
    x = layers.Rescaling(255.0)(layers.Concatenate()([colour, grey]))
    x = layers.LeakyReLU(0.2)(layers.Conv2D(32, 4, strides=2, padding="same")(x))
    x = layers.LeakyReLU(0.2)(layers.Conv2D(32, 4, strides=2, padding="same")(x))
    return keras.Model([colour, grey], layers.Dense(1)(layers.Flatten()(x)))
