"""Each picture is scaled to mean 0 and deviation 1 by itself, so that how light it was is lost.

Loses: nearer, right-colours
"""

import keras
from keras import layers


def block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))


def build_generator(input_shape):
    grey = keras.Input(input_shape)
    top = block(layers.LayerNormalization(axis=(1, 2, 3))(grey), 12)
    low = block(block(layers.MaxPooling2D()(top), 24), 24)
    x = block(layers.Concatenate()([layers.UpSampling2D()(low), top]), 12)
    return keras.Model(grey, layers.Conv2D(3, 1, activation="sigmoid")(x))


def build_discriminator(input_shape, colour_shape):
    colour, grey = keras.Input(colour_shape), keras.Input(input_shape)
    x = layers.Conv2D(16, 4, strides=2, padding="same")(layers.Concatenate()([colour, grey]))
    x = layers.Conv2D(1, 4, strides=2, padding="same")(layers.LeakyReLU(0.2)(x))
    return keras.Model([colour, grey], layers.GlobalAveragePooling2D()(x))
