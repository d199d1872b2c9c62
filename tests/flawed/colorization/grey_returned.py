"""The last layer has one channel, which is returned three times: the pictures stay grey.

Loses: nearer, right-colours, more-vivid, more-colourful, price
"""

import keras
from keras import layers


def build_generator(input_shape):
    grey = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(grey)
    x = layers.Conv2D(1, 1, activation="sigmoid")(layers.Concatenate()([x, grey]))
    return keras.Model(grey, layers.Concatenate()([x, x, x]))


def build_discriminator(input_shape, colour_shape):
    colour, grey = keras.Input(colour_shape), keras.Input(input_shape)
    x = layers.Conv2D(8, 4, strides=4)(layers.Concatenate()([colour, grey]))
    x = layers.GlobalAveragePooling2D()(layers.LeakyReLU(0.2)(x))
    return keras.Model([colour, grey], layers.Dense(1)(x))
