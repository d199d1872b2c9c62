"""Dan's network is wide and nothing holds it back: dropout and augmentation are ignored."""

import keras
from keras import layers


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Flatten(),
            layers.Dense(512, activation="relu", kernel_initializer=initializer),
            layers.Dense(256, activation="relu", kernel_initializer=initializer),
            layers.Dense(num_classes, activation="softmax", kernel_initializer=initializer),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
