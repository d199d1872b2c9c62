"""Task colorization: colour grey pictures.

`harness tasks colorization` shows the whole contract. What is below runs, but it gives the grey picture back, so it
earns nothing. Replace it.
"""

import keras
from keras import layers


def build_generator(input_shape) -> keras.Model:
    """Return a model, not compiled, from grey pictures to pictures in colour.

    input_shape: (height, width, 1) of a grey picture with pixels in [0, 1].

    Its outputs are RGB pictures (batch, height, width, 3) with pixels in [0, 1]. Their luminance, 0.299 R + 0.587 G +
    0.114 B, should be the grey that was given.
    """
    grey = keras.Input(input_shape)
    x = layers.Conv2D(4, 1, activation="relu")(grey)
    # TODO: a U-Net: halve the picture a few times, double it again, and join what was there before.
    factor = layers.Conv2D(1, 1, activation="sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(x))
    return keras.Model(grey, layers.Concatenate()([layers.Multiply()([grey, factor])] * 3))


def build_discriminator(input_shape, colour_shape) -> keras.Model:
    """Return a model, not compiled, that tells true colours from those of the generator.

    input_shape: (height, width, 1) of a grey picture.
    colour_shape: (height, width, 3) of the same in colour.

    It takes [pictures in colour, grey pictures] and returns logits (batch, 1), large for true colours.
    """
    colour, grey = keras.Input(colour_shape), keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(layers.Concatenate()([colour, grey]))
    # TODO: look at patches of the picture, and keep the discriminator from winning at once.
    return keras.Model([colour, grey], layers.Dense(1)(x))
