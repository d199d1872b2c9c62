"""The discriminator is given the grey picture alone, so that it cannot say anything about colours.

Loses: more-vivid, more-colourful
"""

import keras
from keras import layers, ops


def block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))


class Coloured(layers.Layer):
    """Adds the colour of a chroma to a grey picture."""

    def call(self, inputs):
        grey, chroma = inputs
        blue, red = 1.772 * chroma[..., :1], 1.402 * chroma[..., 1:]
        return ops.clip(grey + ops.concatenate([red, -(0.299 * red + 0.114 * blue) / 0.587, blue], axis=-1), 0.0, 1.0)


def build_generator(input_shape):
    grey = keras.Input(input_shape)
    top = block(grey, 16)
    middle = block(layers.MaxPooling2D()(top), 24)
    low = block(layers.MaxPooling2D()(middle), 32)
    x = block(layers.Concatenate()([layers.UpSampling2D()(low), middle]), 24)
    x = block(layers.Concatenate()([layers.UpSampling2D()(x), top]), 16)
    chroma = layers.Conv2D(2, 1, activation="tanh")(layers.Concatenate()([x, grey]))
    return keras.Model(grey, Coloured()([grey, layers.Rescaling(0.5)(chroma)]))


def build_discriminator(input_shape, colour_shape):
    colour, grey = keras.Input(colour_shape), keras.Input(input_shape)
    x = layers.Conv2D(16, 4, strides=2, padding="same")(grey)
    x = layers.GlobalAveragePooling2D()(layers.LeakyReLU(0.2)(x))
    return keras.Model([colour, grey], layers.Dense(1)(x))
