"""A U-Net after Ronneberger (2015) with one block a level, which draws red, green and blue by a sigmoid; a small DCGAN.

Earns 60 to 85.
"""

import keras
from keras import layers


def build_generator(input_shape):
    grey = keras.Input(input_shape)
    top = layers.Conv2D(12, 3, padding="same", activation="relu")(grey)
    middle = layers.Conv2D(16, 3, padding="same", activation="relu")(layers.MaxPooling2D()(top))
    low = layers.Conv2D(24, 3, padding="same", activation="relu")(layers.MaxPooling2D()(middle))
    x = layers.Concatenate()([layers.UpSampling2D()(low), middle])
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    x = layers.Concatenate()([layers.UpSampling2D()(x), top])
    x = layers.Conv2D(12, 3, padding="same", activation="relu")(x)
    return keras.Model(grey, layers.Conv2D(3, 1, activation="sigmoid")(x))


def build_discriminator(input_shape, colour_shape):
    colour, grey = keras.Input(colour_shape), keras.Input(input_shape)
    x = layers.Concatenate()([colour, grey])
    for filters in (16, 32):
        x = layers.LeakyReLU(0.2)(layers.Conv2D(filters, 4, strides=2, padding="same")(x))
    return keras.Model([colour, grey], layers.Dense(1)(layers.Dropout(0.3)(layers.Flatten()(x))))
