"""Reference for autoencoder: two pairs of encoder and decoder that earn full marks.

Batch normalisation in front of every non-linearity keeps a code of ten numbers alive: without it most runs end with a
decoder that draws the mean digit, because its sigmoid saturates before the code carries anything.

In a long training the encoder sees digits moved by about a pixel for a while, and has to code what they are rather
than where. A straight line then separates the classes better; at the end it sees them as they are, because a moved
digit cannot be rebuilt as sharply.
"""

import math

import keras
from keras import layers, ops

UNITS = (512, 256, 128)  # dense layers between image and code, as many of them as asked for
FILTERS = 32  # of the first convolution, doubled as the image halves
BOTTLENECK = 512  # units between the convolutions and the code
MOMENTUM = 0.9  # a short training must be enough for the moving averages
DARK = -2.0  # bias of the last layer: most pixels are black, so start there instead of at grey
SHIFT = 0.035  # of height and width: about one pixel
SHIFT_STEPS = (500, 9_000, 11_000)  # begin to move digits, begin to stop, have stopped; a short training never begins


class FadingShift(layers.Layer):
    """Moves a share of the images of a batch while training: none, then all, then ever fewer, by training step."""

    def __init__(self, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.move = layers.RandomTranslation(SHIFT, SHIFT, fill_mode="constant")
        self.random = keras.random.SeedGenerator(seed)

    def build(self, input_shape):
        self.step = self.add_weight(shape=(), initializer="zeros", trainable=False, name="step")

    def call(self, images, training=False):
        if not training:
            return images
        self.step.assign(self.step + 1)
        begin, fade, end = SHIFT_STEPS
        share = ops.where(self.step < begin, 0.0, ops.clip((end - self.step) / (end - fade), 0.0, 1.0))
        moved = keras.random.uniform((ops.shape(images)[0], 1, 1, 1), seed=self.random) < share
        return ops.where(moved, self.move(images, training=True), images)


def block(x, layer):
    """A layer, batch normalisation, ReLU."""
    x = layers.BatchNormalization(momentum=MOMENTUM)(layer(x))
    return layers.ReLU()(x)


def code_layer(x, code_size):
    """A sparse code: ReLU behind batch normalisation makes about half of its numbers zero for any one image."""
    return block(x, layers.Dense(code_size, use_bias=False))


def dark():
    return keras.initializers.Constant(DARK)


def build_dense(input_shape, code_size, hidden_layers) -> tuple[keras.Model, keras.Model]:
    """Return (encoder, decoder) of dense layers; the decoder mirrors the encoder."""
    units = UNITS[:hidden_layers]
    image = keras.Input(input_shape)
    x = layers.Flatten()(FadingShift()(image))
    for n in units:
        x = block(x, layers.Dense(n, use_bias=False))
    encoder = keras.Model(image, code_layer(x, code_size))

    x = code = keras.Input((code_size,))
    for n in reversed(units):
        x = block(x, layers.Dense(n, use_bias=False))
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid", bias_initializer=dark())(x)
    return encoder, keras.Model(code, layers.Reshape(input_shape)(pixels))


def build_conv(input_shape, code_size, hidden_layers) -> tuple[keras.Model, keras.Model]:
    """Return (encoder, decoder) of convolutions that halve the image `hidden_layers` times, and double it again."""
    filters = [FILTERS * 2**i for i in range(hidden_layers)]
    image = keras.Input(input_shape)
    x = FadingShift()(image)
    for n in filters:
        x = block(x, layers.Conv2D(n, 3, strides=2, padding="same", use_bias=False))
    grid = x.shape[1:]
    x = block(layers.Flatten()(x), layers.Dense(BOTTLENECK, use_bias=False))
    encoder = keras.Model(image, code_layer(x, code_size))

    x = code = keras.Input((code_size,))
    x = block(x, layers.Dense(BOTTLENECK, use_bias=False))
    x = block(x, layers.Dense(math.prod(grid), use_bias=False))
    x = layers.Reshape(grid)(x)
    for n in reversed(filters[:-1]):
        x = block(x, layers.Conv2DTranspose(n, 3, strides=2, padding="same", use_bias=False))
    last = layers.Conv2DTranspose(
        input_shape[-1], 4, strides=2, padding="same", activation="sigmoid", bias_initializer=dark()
    )
    pixels = last(x)
    return encoder, keras.Model(code, pixels)
