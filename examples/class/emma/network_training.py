"""Emma tried zeros as the initialiser and left it there."""

import keras
from keras import layers


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(8, 3, activation="relu", kernel_initializer="zeros"),
            layers.MaxPooling2D(4),
            layers.Flatten(),
            layers.Dense(32, activation="relu", kernel_initializer="zeros"),
            layers.Dense(num_classes, activation="softmax", kernel_initializer="zeros"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
