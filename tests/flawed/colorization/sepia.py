"""Every pixel is coloured alone, by one factor for each channel: the same tint for everything.

Loses: nearer, right-colours, more-vivid, more-colourful, price
"""

import keras
from keras import layers


def build_generator(input_shape):
    grey = keras.Input(input_shape)
    x = layers.Conv2D(3, 1, use_bias=False, kernel_initializer="ones")(grey)
    return keras.Model(grey, layers.ReLU(max_value=1.0)(x))


def build_discriminator(input_shape, colour_shape):
    colour, grey = keras.Input(colour_shape), keras.Input(input_shape)
    x = layers.Conv2D(8, 4, strides=4)(layers.Concatenate()([colour, grey]))
    x = layers.GlobalAveragePooling2D()(layers.LeakyReLU(0.2)(x))
    return keras.Model([colour, grey], layers.Dense(1)(x))
