"""Three blocks of convolution and pooling and a dense layer, as in the reports. Expected: 60 to 85 points of 100.

LeCun et al., "Gradient-Based Learning Applied to Document Recognition" (1998), with rectified units.
"""

import math

import keras
from keras import layers, ops

RATE = 0.0015


def seen(image):
    x = image
    for filters in (16, 32, 64):
        x = layers.MaxPooling2D()(layers.Conv2D(filters, 3, padding="same", activation="relu")(x))
    return layers.Dense(128, activation="relu")(layers.Flatten()(x))


def build_classifier(input_shape, num_classes):
    image = keras.Input(input_shape)
    model = keras.Model(image, layers.Dense(num_classes, activation="softmax")(seen(image)))

    def loss(minutes, p):
        label = ops.cast(ops.reshape(minutes, (-1,)), "int32") * num_classes // 720
        return keras.losses.sparse_categorical_crossentropy(label, p)

    model.compile(keras.optimizers.Adam(RATE), loss)
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


def around(whole, kind):
    def loss(true, said):
        apart = ops.abs(true - said)
        apart = ops.minimum(apart, whole - apart)
        return ops.mean(apart if kind == "mae" else ops.square(apart), axis=-1)

    return loss
