"""Reference for image_generation: a dense VAE and a small convolutional GAN that earn full marks.

The VAE is as in the autoencoder's reference: batch normalisation in front of every non-linearity, and a last layer that
starts dark. In the GAN batch normalisation in the discriminator keeps it from running ahead, real and made images being
normalised apart; without it the generator collapses on a few digits. The discriminator compares what it sees with the
label by a product (Miyato and Koyama, 2018) and does not merely read the label beside the image.
"""

import math

import keras
from keras import layers, ops

UNITS = (512, 256, 256)  # dense layers of the VAE between image and code, as many of them as asked for
GRID_FILTERS = 32  # of the generator's first grid, a quarter of the image wide and high
DISCRIMINATOR_FILTERS = (16, 32, 64)  # of convolutions that each halve the image
SEEN = 64  # numbers that the discriminator compares with a label
DROPOUT = 0.3
SLOPE = 0.2  # of a leaky ReLU below zero
MOMENTUM = 0.9  # a short training must be enough for the moving averages
DARK = -2.0  # bias of the last layer: most pixels are black, so start there instead of at grey


def kl_divergence(z_mean, z_log_var):
    """Return KL(N(z_mean, exp(z_log_var)) || N(0, 1)) in nats, one number an example."""
    return 0.5 * ops.sum(ops.exp(z_log_var) + ops.square(z_mean) - 1.0 - z_log_var, axis=-1)


def block(x, layer):
    """A layer, batch normalisation, ReLU."""
    return layers.ReLU()(layers.BatchNormalization(momentum=MOMENTUM)(layer(x)))


def dark():
    return keras.initializers.Constant(DARK)


def build_vae(input_shape, latent_size, hidden_layers) -> tuple[keras.Model, keras.Model]:
    """Return (encoder, decoder) of dense layers; the decoder mirrors the encoder."""
    units = UNITS[:hidden_layers]
    image = keras.Input(input_shape)
    x = layers.Flatten()(image)
    for n in units:
        x = block(x, layers.Dense(n, use_bias=False))
    encoder = keras.Model(image, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])

    x = code = keras.Input((latent_size,))
    for n in reversed(units):
        x = block(x, layers.Dense(n, use_bias=False))
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid", bias_initializer=dark())(x)
    return encoder, keras.Model(code, layers.Reshape(input_shape)(pixels))


def build_gan(input_shape, noise_size, num_classes) -> tuple[keras.Model, keras.Model]:
    return generator(input_shape, noise_size, num_classes), discriminator(input_shape, num_classes)


def generator(input_shape, noise_size, num_classes) -> keras.Model:
    """Unfolds noise and label into a grid, and doubles it twice."""
    height, width, channels = input_shape
    grid = (height // 4, width // 4, GRID_FILTERS)
    noise, label = keras.Input((noise_size,)), keras.Input((num_classes,))
    x = block(layers.Concatenate()([noise, label]) if num_classes else noise, layers.Dense(256, use_bias=False))
    x = layers.Reshape(grid)(block(x, layers.Dense(math.prod(grid), use_bias=False)))
    x = block(x, layers.Conv2DTranspose(GRID_FILTERS // 2, 4, strides=2, padding="same", use_bias=False))
    last = layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="sigmoid", bias_initializer=dark())
    return keras.Model([noise, label] if num_classes else noise, last(x))


def discriminator(input_shape, num_classes) -> keras.Model:
    """Says how real an image is, and adds how well it fits its label where there is one."""
    image, label = keras.Input(input_shape), keras.Input((num_classes,))
    x = image
    for i, n in enumerate(DISCRIMINATOR_FILTERS):
        x = layers.Conv2D(n, 4, strides=2, padding="same")(x)
        x = layers.BatchNormalization(momentum=MOMENTUM)(x) if i else x
        x = layers.LeakyReLU(SLOPE)(x)
    x = layers.Dropout(DROPOUT)(layers.Flatten()(x))
    seen = layers.LeakyReLU(SLOPE)(layers.Dense(SEEN)(x))
    real = layers.Dense(1)(seen)
    if not num_classes:
        return keras.Model(image, real)
    fits = layers.Dot(axes=1)([seen, layers.Dense(SEEN, use_bias=False)(label)])
    return keras.Model([image, label], layers.Add()([real, fits]))
