"""Minutes are taken for parts as they are, and all beyond the last part for the last one.

Loses: coarse, in-its-part, middle, finer-pays
"""

import math

import keras
import numpy as np
from keras import layers, ops

MINUTES = 720
ANGLES = 60  # columns of an unrolled image
RADII = 12  # its rows
FILTERS = (24, 24)
WIDTH = 7  # columns that a convolution sees
RATE = 0.006


def build_classifier(input_shape, num_classes):
    """Return probabilities of parts of the dial: those of all minutes, added up."""
    image = keras.Input(input_shape)
    minutes = layers.Softmax()(scores(image))
    model = keras.Model(image, Fixed(parts(num_classes))(minutes))
    model.compile(keras.optimizers.Adam(RATE), in_part(num_classes))
    return model


def build_regressor(input_shape, loss):
    """Return the angle of the mean direction of all minutes as minutes."""
    image = keras.Input(input_shape)
    pair = Fixed(circle(MINUTES))(layers.Softmax()(scores(image)))
    model = keras.Model(image, Angle(MINUTES)(pair))
    model.compile(keras.optimizers.Adam(RATE), around(MINUTES, loss))
    return model


def build_two_heads(input_shape):
    """Return probabilities of hours, and the minute as an angle on its own circle."""
    image = keras.Input(input_shape)
    minutes = layers.Softmax()(scores(image))
    hour = Fixed(parts(12), name="hour")(minutes)
    of_hour = np.tile(np.eye(60, dtype=np.float32), (12, 1))
    minute = Angle(60, name="minute")(Fixed(of_hour @ circle(60))(minutes))
    model = keras.Model(image, [hour, minute])
    model.compile(keras.optimizers.Adam(RATE), [in_hour, around(60, "mae")], loss_weights=[1.0, 0.05])
    return model


def scores(image):
    """Score all 720 minutes: the vote for where the hour hand would be, and that for the minute hand."""
    x = layers.LayerNormalization(axis=(1, 2), center=False, scale=False)(Unrolled()(image))
    for n in FILTERS:
        x = layers.Conv1D(n, WIDTH, use_bias=False)(Around(WIDTH // 2)(x))
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    hour = layers.Flatten()(layers.Conv1D(1, 1)(x))
    minute = layers.Flatten()(layers.Conv1D(1, 1)(x))
    return layers.Add()([Fixed(hour_hands())(hour), Fixed(minute_hands())(minute)])


class Fixed(layers.Layer):
    """Multiplies by a matrix that is not learnt."""

    def __init__(self, matrix, **kwargs):
        super().__init__(**kwargs)
        self.matrix = np.asarray(matrix, np.float32)

    def call(self, x):
        return ops.matmul(x, ops.convert_to_tensor(self.matrix))

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.matrix.shape[1])


class Unrolled(layers.Layer):
    """Images (n, size, size, 1) by angle and distance from the middle, (n, ANGLES, RADII), between pixels linearly."""

    def build(self, shape):
        self.matrix = unrolling(shape[1])

    def call(self, images):
        flat = ops.reshape(images, (-1, self.matrix.shape[0]))
        return ops.reshape(ops.matmul(flat, ops.convert_to_tensor(self.matrix)), (-1, ANGLES, RADII))

    def compute_output_shape(self, shape):
        return (shape[0], ANGLES, RADII)


class Around(layers.Layer):
    """Repeats the columns of the beginning at the end and those of the end at the beginning."""

    def __init__(self, reach, **kwargs):
        super().__init__(**kwargs)
        self.reach = reach

    def call(self, x):
        return ops.concatenate([x[:, -self.reach :], x, x[:, : self.reach]], axis=1)

    def compute_output_shape(self, shape):
        return (shape[0], shape[1] + 2 * self.reach, shape[2])


class Angle(layers.Layer):
    """The direction of a sine and a cosine as a number from 0 to `whole`, which is once around."""

    def __init__(self, whole, **kwargs):
        super().__init__(**kwargs)
        self.whole = whole

    def call(self, pair):
        turns = ops.arctan2(pair[:, :1], pair[:, 1:]) / (2 * math.pi)
        return self.whole * ops.where(turns < 0, turns + 1, turns)

    def compute_output_shape(self, shape):
        return (shape[0], 1)


def unrolling(size):
    angle = 2 * np.pi * np.arange(ANGLES)[:, None] / ANGLES
    out = 0.95 * (np.arange(RADII) + 0.5) / RADII
    across, down = (((way * out + 1) * size - 1) / 2 for way in (np.sin(angle), -np.cos(angle)))
    matrix = np.zeros((size * size, ANGLES * RADII), np.float32)
    for i in (0, 1):
        for j in (0, 1):
            column, row = np.floor(across) + i, np.floor(down) + j
            share = (1 - abs(across - column)) * (1 - abs(down - row))
            place = np.clip(row, 0, size - 1) * size + np.clip(column, 0, size - 1)
            np.add.at(matrix, (place.astype(int).ravel(), np.arange(ANGLES * RADII)), share.ravel())
    return matrix


def hour_hands():
    """Return (ANGLES, 720): between which two angles the hour hand is at each minute."""
    place = np.arange(MINUTES) * ANGLES / MINUTES
    low = np.floor(place).astype(int)
    angles = np.eye(ANGLES, dtype=np.float32)
    share = (place - low)[:, None]
    return ((1 - share) * angles[low % ANGLES] + share * angles[(low + 1) % ANGLES]).T


def minute_hands():
    """Return (ANGLES, 720): at which angle the minute hand is at each minute."""
    return np.eye(ANGLES, dtype=np.float32)[np.arange(MINUTES) % 60 * ANGLES // 60].T


def parts(number):
    return np.eye(number, dtype=np.float32)[np.arange(MINUTES) * number // MINUTES]


def circle(whole):
    angle = 2 * np.pi * np.arange(whole) / whole
    return np.stack([np.sin(angle), np.cos(angle)], axis=1).astype(np.float32)


def in_part(number):
    """Return the cross-entropy of the part of the dial that minutes are in."""

    def loss(minutes, p):
        label = ops.minimum(ops.cast(ops.reshape(minutes, (-1,)), "int32"), number - 1)
        return keras.losses.sparse_categorical_crossentropy(label, p)

    return loss


def in_hour(hours, p):
    return keras.losses.sparse_categorical_crossentropy(ops.reshape(hours, (-1,)), p)


def around(whole, kind):
    """Return the mean of distances around a circle, or of their squares."""

    def loss(true, said):
        apart = ops.abs(true - said)
        apart = ops.minimum(apart, whole - apart)
        return ops.mean(apart if kind == "mae" else ops.square(apart), axis=-1)

    return loss
