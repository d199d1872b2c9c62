"""Without skip connections pictures are blurred, which a discriminator that nothing holds back sees: it wins at once.

Loses: nearer, more-vivid
"""

import keras
from keras import layers


def build_generator(input_shape):
    grey = keras.Input(input_shape)
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(grey)
    x = layers.Conv2D(24, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    return keras.Model(grey, layers.Conv2DTranspose(3, 3, strides=2, padding="same", activation="sigmoid")(x))


def build_discriminator(input_shape, colour_shape):
    colour, grey = keras.Input(colour_shape), keras.Input(input_shape)
    x = layers.Concatenate()([colour, grey])
    for filters in (32, 64):
        x = layers.Conv2D(filters, 4, strides=2, padding="same")(x)
        x = layers.LeakyReLU(0.2)(layers.BatchNormalization()(x))
    return keras.Model([colour, grey], layers.GlobalAveragePooling2D()(layers.Conv2D(1, 3, padding="same")(x)))
