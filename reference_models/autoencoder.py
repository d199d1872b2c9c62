"""Reference for autoencoder: two pairs of encoder and decoder that earn full marks.

Batch normalisation in front of every non-linearity keeps a code of ten numbers alive: without it most runs end with a
decoder that draws the mean digit, because its sigmoid saturates before the code carries anything. The dense code is
linear, so that none of its numbers can die; the convolutional one is sparse.

Two things make a code say what a digit is and not how it lies, so that a straight line separates the classes. The dense
encoder sees digits moved by about a pixel for a while in a long training; at the end it sees them as they are, because
a moved digit cannot be rebuilt as sharply. The convolutional one straightens the image first, and its decoder
turns a straight digit back.
"""

import math

import keras
from keras import layers, ops

UNITS = (512, 256, 128)  # dense layers between image and code, as many of them as asked for
FILTERS = 16  # of the first convolution, doubled as the image halves
BOTTLENECK = 512  # units between the convolutions and the code
POSE_FILTERS = (8, 16, 16)  # of the convolutions that tell how a digit lies
COMPARING_FILTERS = (16, 32, 32)  # of those that compare an image with what its first code gives
REACH = 0.5  # how far a warp goes: half of a half image
MOMENTUM = 0.9  # a short training must be enough for the moving averages
DARK = -2.0  # bias of the last layer: most pixels are black, so start there instead of at grey
SHIFT = 0.035  # of height and width: about one pixel
SHIFT_STEPS = (2_000, 9_000, 11_000)  # begin to move digits, begin to stop, have stopped; a short training never begins


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
    encoder = keras.Model(image, layers.Dense(code_size)(x))

    x = code = keras.Input((code_size,))
    for n in reversed(units):
        x = block(x, layers.Dense(n, use_bias=False))
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid", bias_initializer=dark())(x)
    return encoder, keras.Model(code, layers.Reshape(input_shape)(pixels))


class Warp(layers.Layer):
    """Slants, moves and stretches images: first along their rows, then along their columns.

    Takes images (n, height, width, 1) and poses (n, 6) in [-1, 1]; all zero leaves an image as it is. Differentiable in
    both, as the sampler of a spatial transformer (Jaderberg et al., 2015).
    """

    def call(self, inputs):
        images, pose = inputs
        slant, shift, stretch, slant_y, shift_y, stretch_y = ops.unstack(REACH * pose, 6, axis=1)
        rows = self.along_rows(images[..., 0], slant, shift, stretch)
        columns = self.along_rows(ops.swapaxes(rows, 1, 2), slant_y, shift_y, stretch_y)
        return ops.swapaxes(columns, 1, 2)[..., None]

    def along_rows(self, images, slant, shift, stretch):
        height, width = images.shape[1:]
        x = ops.linspace(-1.0, 1.0, width)[None, None, :]
        y = ops.linspace(-1.0, 1.0, height)[None, :, None]
        slant, shift, stretch = (ops.reshape(v, (-1, 1, 1)) for v in (slant, shift, stretch))
        place = (1 + stretch) * x + slant * y + shift
        place = ops.clip((place + 1) * (width - 1) / 2, -1, width) + 1  # in columns of the image with a dark edge
        left = ops.minimum(ops.floor(place), width)
        index = ops.cast(left, "int32")
        edged = ops.pad(images, ((0, 0), (0, 0), (1, 1)))
        near, far = (ops.take_along_axis(edged, index + i, axis=2) for i in (0, 1))
        return near + (place - left) * (far - near)

    def compute_output_shape(self, input_shape):
        return input_shape[0]


def pose(x):
    """Six numbers in [-1, 1] that start at almost nothing, so that a warp starts by changing nothing."""
    x = block(x, layers.Dense(64, use_bias=False))
    return layers.Dense(6, activation="tanh", kernel_initializer=almost_zero())(x)


def almost_zero():
    return keras.initializers.RandomNormal(stddev=1e-3)


class Redraw(layers.Layer):
    """Draws codes with a decoder as it will be used: by its moving averages, in training too."""

    def __init__(self, decoder, **kwargs):
        super().__init__(**kwargs)
        self.decoder = decoder

    def call(self, codes):
        return self.decoder(codes, training=False)

    def compute_output_shape(self, input_shape):
        return self.decoder.compute_output_shape(input_shape)


def build_conv(input_shape, code_size, hidden_layers) -> tuple[keras.Model, keras.Model]:
    """Return (encoder, decoder) of convolutions that halve the image `hidden_layers` times, and double it again.

    The encoder straightens the image and codes what it sees then. It has a copy of the decoder: it looks at what that
    makes of its first code, beside the image, and corrects the code once (iterative amortised inference, Marino et
    al., 2018). The best code for an unseen digit is much better than the first one an encoder thinks of.
    """
    filters = [FILTERS * 2**i for i in range(hidden_layers)]
    decoder = conv_decoder(input_shape, code_size, filters)
    image = keras.Input(input_shape)
    lie = pose(convolutions(image, POSE_FILTERS))
    seen = convolutions(Warp()([image, lie]), filters)
    seen = layers.Concatenate()([seen, layers.BatchNormalization(momentum=MOMENTUM)(lie)])
    seen = block(seen, layers.Dense(BOTTLENECK, use_bias=False))
    first = layers.BatchNormalization(momentum=MOMENTUM)(layers.Dense(code_size, use_bias=False)(seen))

    drawn = Redraw(decoder)(layers.ReLU()(first))
    compared = convolutions(layers.Concatenate()([image, drawn]), COMPARING_FILTERS)
    compared = layers.Concatenate()([compared, seen, layers.ReLU()(first)])
    compared = block(compared, layers.Dense(BOTTLENECK // 2, use_bias=False))
    correction = layers.Dense(code_size, kernel_initializer=almost_zero())(compared)
    code = layers.ReLU()(layers.Add()([first, correction]))
    return keras.Model(image, code), decoder


def convolutions(x, filters):
    """Convolutions that halve the image each, flattened."""
    for n in filters:
        x = block(x, layers.Conv2D(n, 3, strides=2, padding="same", use_bias=False))
    return layers.Flatten()(x)


def conv_decoder(input_shape, code_size, filters) -> keras.Model:
    """Draws a straight digit, and turns it as the code says."""
    height, width, channels = input_shape
    grid = (height // 2 ** len(filters), width // 2 ** len(filters), filters[-1])
    code = keras.Input((code_size,))
    wide = block(code, layers.Dense(BOTTLENECK, use_bias=False))
    x = layers.Reshape(grid)(block(wide, layers.Dense(math.prod(grid), use_bias=False)))
    for n in reversed(filters[:-1]):
        x = block(x, layers.Conv2DTranspose(n, 3, strides=2, padding="same", use_bias=False))
    last = layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="sigmoid", bias_initializer=dark())
    return keras.Model(code, Warp()([last(x), pose(wide)]))
