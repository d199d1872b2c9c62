"""Reference for pegasus: dense networks for digits, convolutions for photographs, a blend along the arc between codes.

Batch normalisation in front of every non-linearity keeps a short code alive.
Half-way on the straight line between two codes lies a code shorter than both, as no picture has one, and what is drawn
from it is blurred. The arc keeps the length of codes (spherical interpolation; White, 2016).
"""

import math

import keras
from keras import layers, ops

UNITS = (256, 128)  # dense layers between a digit and its code
FILTERS = (24, 48, 96)  # of convolutions that halve a photograph
MOMENTUM = 0.9  # a short training must be enough for the moving averages
DARK = -2.0  # bias of the last layer: most pixels of a digit are black, so start there instead of at grey
PARALLEL = 1e-4  # sine of an angle below which the line is as good as the arc


def kl_divergence(z_mean, z_log_var):
    """Return KL(N(z_mean, exp(z_log_var)) || N(0, 1)) in nats, one number an example."""
    return 0.5 * ops.sum(ops.exp(z_log_var) + ops.square(z_mean) - 1.0 - z_log_var, axis=-1)


def blend(code_a, code_b, weight):
    """Return the codes at `weight` of the arc from code_b to code_a, (n, d)."""
    a, b = ops.convert_to_tensor(code_a), ops.convert_to_tensor(code_b)
    lengths = ops.norm(a, axis=-1, keepdims=True) * ops.norm(b, axis=-1, keepdims=True)
    cosine = ops.sum(a * b, axis=-1, keepdims=True) / ops.maximum(lengths, 1e-9)
    angle = ops.arccos(ops.clip(cosine, -1.0, 1.0))
    sine = ops.sin(angle)
    safe = ops.maximum(sine, PARALLEL)
    arc = ops.sin(weight * angle) / safe * a + ops.sin((1.0 - weight) * angle) / safe * b
    return ops.where(sine > PARALLEL, arc, weight * a + (1.0 - weight) * b)


def block(x, layer):
    """A layer, batch normalisation, ReLU."""
    return layers.ReLU()(layers.BatchNormalization(momentum=MOMENTUM)(layer(x)))


def halving(filters):
    return layers.Conv2D(filters, 4, strides=2, padding="same", use_bias=False)


def doubling(filters, **more):
    return layers.Conv2DTranspose(filters, 4, strides=2, padding="same", **more)


def seen(image):
    """Return what a code is made of."""
    if image.shape[-1] == 1:
        x = layers.Flatten()(image)
        for units in UNITS:
            x = block(x, layers.Dense(units, use_bias=False))
        return x
    x = image
    for filters in FILTERS:
        x = block(x, halving(filters))
    return layers.Flatten()(x)


def decoder(input_shape, size) -> keras.Model:
    """Return the mirror of what `seen` does."""
    height, width, channels = input_shape
    x = code = keras.Input((size,))
    if channels == 1:
        for units in reversed(UNITS):
            x = block(x, layers.Dense(units, use_bias=False))
        dark = keras.initializers.Constant(DARK)
        pixels = layers.Dense(math.prod(input_shape), activation="sigmoid", bias_initializer=dark)(x)
        return keras.Model(code, layers.Reshape(input_shape)(pixels))
    grid = (height // 8, width // 8, FILTERS[-1])
    x = layers.Reshape(grid)(block(x, layers.Dense(math.prod(grid), use_bias=False)))
    for filters in FILTERS[-2::-1]:
        x = block(x, doubling(filters, use_bias=False))
    return keras.Model(code, doubling(channels, activation="sigmoid")(x))


def build_autoencoder(input_shape, code_size) -> tuple[keras.Model, keras.Model]:
    image = keras.Input(input_shape)
    return keras.Model(image, layers.Dense(code_size)(seen(image))), decoder(input_shape, code_size)


def build_vae(input_shape, latent_size) -> tuple[keras.Model, keras.Model]:
    image = keras.Input(input_shape)
    x = seen(image)
    encoder = keras.Model(image, [layers.Dense(latent_size)(x), layers.Dense(latent_size)(x)])
    return encoder, decoder(input_shape, latent_size)
