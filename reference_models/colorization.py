"""Reference for colorization: a small U-Net that adds chroma to the grey picture, and a discriminator of patches.

The U-Net gives two numbers a pixel, the axes of the plane of chroma in Rec. 601, and its last layer adds the colour of
that chroma to the grey picture: so luminance stays as it is, whatever has been learnt. In the discriminator batch
normalisation and dropout keep it from winning at once.
"""

import keras
from keras import layers, ops

FILTERS = (16, 32, 48)  # of the U-Net, from the top down
DISCRIMINATOR_FILTERS = (16, 32)  # of convolutions that each halve the picture
MOMENTUM = 0.9  # a short training must be enough for the moving averages
SLOPE = 0.2  # of a leaky ReLU below zero
DROPOUT = 0.3
RED, GREEN, BLUE = 0.299, 0.587, 0.114  # in luminance


def build_generator(input_shape) -> keras.Model:
    """Return a U-Net whose last layer adds chroma to the grey picture."""
    grey = keras.Input(input_shape)
    x, beside = grey, []
    for n in FILTERS[:-1]:
        x = block(x, n)
        beside.append(x)
        x = layers.MaxPooling2D()(x)
    x = block(x, FILTERS[-1])
    for n, before in zip(reversed(FILTERS[:-1]), reversed(beside), strict=True):
        x = layers.Concatenate()([layers.UpSampling2D()(x), before])
        x = block(x, n)
    chroma = layers.Conv2D(2, 1, activation="tanh")(layers.Concatenate()([x, grey]))
    return keras.Model(grey, Coloured()([grey, layers.Rescaling(0.5)(chroma)]))


def build_discriminator(input_shape, colour_shape) -> keras.Model:
    """Return what says of every patch how true its colours are, and the mean of it."""
    colour, grey = keras.Input(colour_shape), keras.Input(input_shape)
    x = layers.Concatenate()([colour, grey])
    for i, n in enumerate(DISCRIMINATOR_FILTERS):
        x = layers.Conv2D(n, 4, strides=2, padding="same")(x)
        x = layers.BatchNormalization(momentum=MOMENTUM)(x) if i else x
        x = layers.LeakyReLU(SLOPE)(x)
    patches = layers.Conv2D(1, 3, padding="same")(layers.Dropout(DROPOUT)(x))
    return keras.Model([colour, grey], layers.GlobalAveragePooling2D()(patches))


def block(x, filters):
    """A convolution, batch normalisation, ReLU."""
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=MOMENTUM)(x))


class Coloured(layers.Layer):
    """Adds the colour of a chroma (batch, h, w, 2) to a grey picture (batch, h, w, 1), and cuts it to [0, 1]."""

    def call(self, inputs):
        grey, chroma = inputs
        blue, red = 1.772 * chroma[..., :1], 1.402 * chroma[..., 1:]
        green = -(RED * red + BLUE * blue) / GREEN  # so that luminance does not change
        return ops.clip(grey + ops.concatenate([red, green, blue], axis=-1), 0.0, 1.0)
