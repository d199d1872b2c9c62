"""Residual blocks with batch normalisation, and labels that fall off around a time. Expected: 85 to 100 points of 100.

He et al., "Deep Residual Learning for Image Recognition" (2016); soft labels on a circle as in Yang and Yan,
"Arbitrary-Oriented Object Detection with Circular Smooth Label" (2020).
"""

import math

import keras
import numpy as np
from keras import layers, ops

RATE = 0.002


def normed(x):
    return layers.BatchNormalization(momentum=0.9)(x)


def seen(image):
    x = layers.ReLU()(normed(layers.MaxPooling2D()(layers.Conv2D(12, 3, padding="same", use_bias=False)(image))))
    for filters in (24, 32):
        before = layers.MaxPooling2D()(x)
        inner = layers.ReLU()(normed(layers.Conv2D(filters, 3, padding="same", use_bias=False)(before)))
        inner = normed(layers.Conv2D(filters, 3, padding="same", use_bias=False)(inner))
        x = layers.ReLU()(layers.Add()([inner, layers.Conv2D(filters, 1)(before)]))
    x = layers.Dense(128, use_bias=False)(layers.Flatten()(x))
    return layers.ReLU()(normed(x))


def build_classifier(input_shape, num_classes):
    image = keras.Input(input_shape)
    model = keras.Model(image, layers.Dense(num_classes, activation="softmax")(seen(image)))
    model.compile(keras.optimizers.Adam(RATE), softly(num_classes))
    return model


def build_regressor(input_shape, loss):
    image = keras.Input(input_shape)
    model = keras.Model(image, Angle(720)(layers.Dense(2)(seen(image))))
    model.compile(keras.optimizers.Adam(RATE), around(720, loss))
    return model


def build_two_heads(input_shape):
    image = keras.Input(input_shape)
    x = seen(image)
    hour = layers.Dense(12, activation="softmax", name="hour")(x)
    model = keras.Model(image, [hour, Angle(60, name="minute")(layers.Dense(2)(x))])
    two = ["sparse_categorical_crossentropy", around(60, "mae")]
    model.compile(keras.optimizers.Adam(RATE), two, loss_weights=[1.0, 0.1])
    return model


class Angle(layers.Layer):
    def __init__(self, whole, **kwargs):
        super().__init__(**kwargs)
        self.whole = whole

    def call(self, pair):
        return self.whole * ((ops.arctan2(pair[:, :1], pair[:, 1:]) / (2 * math.pi)) % 1.0)

    def compute_output_shape(self, shape):
        return (shape[0], 1)


def softly(number):
    minutes = np.arange(720)
    apart = np.abs(minutes[:, None] - minutes)
    bell = np.exp(-np.minimum(apart, 720 - apart) / 4.0)
    shares = (bell / bell.sum(axis=1, keepdims=True)) @ np.eye(number)[minutes * number // 720]
    labels = shares.astype("float32")

    def loss(minutes, p):
        wanted = ops.take(ops.convert_to_tensor(labels), ops.cast(ops.reshape(minutes, (-1,)), "int32"), axis=0)
        return keras.losses.categorical_crossentropy(wanted, p)

    return loss


def around(whole, kind):
    def loss(true, said):
        apart = ops.abs(true - said)
        apart = ops.minimum(apart, whole - apart)
        return ops.mean(apart if kind == "mae" else ops.square(apart), axis=-1)

    return loss
