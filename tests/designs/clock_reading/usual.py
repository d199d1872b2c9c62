"""One layer of convolutions along the circle, and a distribution for each hand. Expected: 60 to 85 points of 100.

An image unrolled around its middle, as in Esteves et al., "Polar Transformer Networks" (2018); angles in bins
as in Mousavian et al., "3D Bounding Box Estimation Using Deep Learning and Geometry" (2017).
"""

import math

import keras
import numpy as np
from keras import layers, ops

ANGLES, RADII, REACH, RATE = 60, 12, 2, 0.004
FILTERS = (10,)


class Fixed(layers.Layer):
    def __init__(self, matrix, **kwargs):
        super().__init__(**kwargs)
        self.matrix = np.asarray(matrix, np.float32)

    def call(self, x):
        return ops.matmul(x, ops.convert_to_tensor(self.matrix))

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.matrix.shape[1])


class Around(layers.Layer):
    def call(self, x):
        return ops.concatenate([x[:, -REACH:], x, x[:, :REACH]], axis=1)

    def compute_output_shape(self, shape):
        return (shape[0], shape[1] + 2 * REACH, shape[2])


class Angle(layers.Layer):
    def __init__(self, whole, **kwargs):
        super().__init__(**kwargs)
        self.whole = whole

    def call(self, pair):
        return self.whole * ((ops.arctan2(pair[:, :1], pair[:, 1:]) / (2 * math.pi)) % 1.0)

    def compute_output_shape(self, shape):
        return (shape[0], 1)


def unrolled(image):
    flat = layers.Flatten()(image)
    x = layers.Reshape((ANGLES, RADII))(Fixed(unrolling(image.shape[1]))(flat))
    return layers.LayerNormalization(axis=(1, 2), center=False, scale=False)(x)


def unrolling(size):
    """Return a matrix that takes pixels to angles and distances from the middle, the nearest pixel for each."""
    angle = 2 * np.pi * np.arange(ANGLES)[:, None] / ANGLES
    out = 0.95 * (np.arange(RADII) + 0.5) / RADII
    column, row = (np.rint(((way * out + 1) * size - 1) / 2) for way in (np.sin(angle), -np.cos(angle)))
    matrix = np.zeros((size * size, ANGLES * RADII), np.float32)
    matrix[(row * size + column).astype(int).ravel(), np.arange(ANGLES * RADII)] = 1
    return matrix


def times(image):
    """Return probabilities of 720 times: those of where the hour hand is times those of where the minute hand is."""
    x = unrolled(image)
    for filters in FILTERS:
        x = layers.Conv1D(filters, 2 * REACH + 1, activation="relu")(Around()(x))
    hour, minute = (layers.Flatten()(layers.Conv1D(1, 1)(x)) for _ in range(2))
    hours = np.eye(ANGLES)[np.rint(np.arange(720) * ANGLES / 720).astype(int) % ANGLES].T
    minutes = np.eye(ANGLES)[np.arange(720) % 60 * ANGLES // 60].T
    return layers.Softmax()(layers.Add()([Fixed(hours)(hour), Fixed(minutes)(minute)]))


def circle(whole):
    angle = 2 * np.pi * (np.arange(720) % whole) / whole
    return np.stack([np.sin(angle), np.cos(angle)], axis=1)


def parts(number):
    return np.eye(number)[np.arange(720) * number // 720]


def build_classifier(input_shape, num_classes):
    image = keras.Input(input_shape)
    model = keras.Model(image, Fixed(parts(num_classes))(times(image)))
    model.compile(keras.optimizers.Adam(RATE), in_part(num_classes))
    return model


def build_regressor(input_shape, loss):
    image = keras.Input(input_shape)
    model = keras.Model(image, Angle(720)(Fixed(circle(720))(times(image))))
    model.compile(keras.optimizers.Adam(RATE), around(720, loss))
    return model


def build_two_heads(input_shape):
    image = keras.Input(input_shape)
    p = times(image)
    hour = Fixed(parts(12), name="hour")(p)
    model = keras.Model(image, [hour, Angle(60, name="minute")(Fixed(circle(60))(p))])
    two = ["sparse_categorical_crossentropy", around(60, "mae")]
    model.compile(keras.optimizers.Adam(RATE), two, loss_weights=[1.0, 0.05])
    return model


def in_part(number):
    def loss(minutes, p):
        label = ops.cast(ops.reshape(minutes, (-1,)), "int32") * number // 720
        return keras.losses.sparse_categorical_crossentropy(label, p)

    return loss


def around(whole, kind):
    def loss(true, said):
        apart = ops.abs(true - said)
        apart = ops.minimum(apart, whole - apart)
        return ops.mean(apart if kind == "mae" else ops.square(apart), axis=-1)

    return loss
