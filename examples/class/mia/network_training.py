"""Mia's learning rate is a billion times too large: the weights overflow."""

import keras
from keras import layers


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Flatten(),
            layers.Dense(64, kernel_initializer=initializer),
            layers.Dense(64, kernel_initializer=initializer),
            layers.Dense(num_classes, activation="softmax", kernel_initializer=initializer),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate * 1e9, momentum=0.9),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
