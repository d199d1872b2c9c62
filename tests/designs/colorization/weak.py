"""An autoencoder without skip connections, as in a first lesson on convolutions, and a dense discriminator.

Earns 40 to 60: what passes the bottleneck is blurred, and so are colours.
"""

import keras
from keras import layers


def build_generator(input_shape):
    grey = keras.Input(input_shape)
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(grey)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    return keras.Model(grey, layers.Conv2D(3, 3, padding="same", activation="sigmoid")(x))


def build_discriminator(input_shape, colour_shape):
    colour, grey = keras.Input(colour_shape), keras.Input(input_shape)
    x = layers.Flatten()(layers.Concatenate()([colour, grey]))
    x = layers.Dropout(0.3)(layers.LeakyReLU(0.2)(layers.Dense(32)(x)))
    return keras.Model([colour, grey], layers.Dense(1)(x))
