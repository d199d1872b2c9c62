"""The regressor takes the dial for a line from 0 to 720, on which 11:59 and 12:01 are far apart.

Loses: regression, squares, at-twelve
"""

import math

import keras
import numpy as np
from keras import layers, ops

MINUTES = 720
FILTERS = (12, 24, 48)
UNITS = 128
RATE = 0.002
BELL = 6.0  # minutes: how far soft labels reach


def build_classifier(input_shape, num_classes):
    """Return probabilities of parts of the dial."""
    image = keras.Input(input_shape)
    model = keras.Model(image, layers.Dense(num_classes, activation="softmax")(seen(image)))
    model.compile(keras.optimizers.Adam(RATE), softly(num_classes))
    return model


def build_regressor(input_shape, loss):
    """Return the time as an angle, in minutes."""
    image = keras.Input(input_shape)
    share = layers.Dense(1, activation="sigmoid")(seen(image))
    model = keras.Model(image, layers.Rescaling(MINUTES)(share))
    model.compile(keras.optimizers.Adam(RATE), loss)
    return model


def build_two_heads(input_shape):
    """Return probabilities of hours, and the minute as an angle on its own circle."""
    image = keras.Input(input_shape)
    x = seen(image)
    hour = layers.Dense(12, activation="softmax", name="hour")(x)
    model = keras.Model(image, [hour, Angle(60, name="minute")(layers.Dense(2)(x))])
    losses = ["sparse_categorical_crossentropy", around(60, "mae")]
    model.compile(keras.optimizers.Adam(RATE), losses, loss_weights=[1.0, 0.1])
    return model


def seen(x):
    """Return what three blocks of convolutions and a dense layer see in images."""
    for n in FILTERS:
        x = layers.MaxPooling2D()(layers.Conv2D(n, 3, padding="same", use_bias=False)(x))
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Dense(UNITS, use_bias=False)(layers.Flatten()(x))
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))


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


def softly(number):
    """Return the cross-entropy with labels that fall off around the true time like a bell."""
    labels = bells(number)

    def loss(minutes, p):
        wanted = ops.take(ops.convert_to_tensor(labels), ops.cast(ops.reshape(minutes, (-1,)), "int32"), axis=0)
        return keras.losses.categorical_crossentropy(wanted, p)

    return loss


def bells(number):
    """Return the share (720, number) that every part has in the label of every minute.

    A bell over minutes is added up by part, so that a part is named for all of its own minutes.
    """
    whole = np.arange(MINUTES)
    apart = np.abs(whole[:, None] - whole)
    bell = np.exp(-0.5 * (np.minimum(apart, MINUTES - apart) / BELL) ** 2)
    return (bell / bell.sum(axis=1, keepdims=True) @ np.eye(number)[whole * number // MINUTES]).astype(np.float32)


def around(whole, kind):
    """Return the mean of distances around a circle, or of their squares."""

    def loss(true, said):
        apart = ops.abs(true - said)
        apart = ops.minimum(apart, whole - apart)
        return ops.mean(apart if kind == "mae" else ops.square(apart), axis=-1)

    return loss
