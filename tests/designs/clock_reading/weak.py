"""One block of convolution and pooling, and a dial that is a line from 0 to 720. Expected: 40 to 60 points of 100.

LeCun et al., "Gradient-Based Learning Applied to Document Recognition" (1998), with one of the blocks.
"""

import keras
from keras import layers, ops


def seen(image):
    x = layers.MaxPooling2D(4)(layers.Conv2D(6, 3, activation="relu")(image))
    return layers.Dense(64, activation="relu")(layers.Flatten()(x))


def build_classifier(input_shape, num_classes):
    image = keras.Input(input_shape)
    model = keras.Model(image, layers.Dense(num_classes, activation="softmax")(seen(image)))

    def loss(minutes, p):
        label = ops.cast(ops.reshape(minutes, (-1,)), "int32") * num_classes // 720
        return keras.losses.sparse_categorical_crossentropy(label, p)

    model.compile("adam", loss)
    return model


def build_regressor(input_shape, loss):
    image = keras.Input(input_shape)
    time = layers.Rescaling(720)(layers.Dense(1, activation="sigmoid")(seen(image)))
    model = keras.Model(image, time)
    model.compile("adam", loss)
    return model


def build_two_heads(input_shape):
    image = keras.Input(input_shape)
    x = seen(image)
    hour = layers.Dense(12, activation="softmax", name="hour")(x)
    minute = layers.Rescaling(60, name="minute")(layers.Dense(1, activation="sigmoid")(x))
    model = keras.Model(image, [hour, minute])
    model.compile("adam", ["sparse_categorical_crossentropy", "mae"], loss_weights=[1.0, 0.1])
    return model
