"""Ben forgot the convolutions, and batch normalisation too."""

import keras
from keras import layers


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    model = keras.Sequential([keras.Input(input_shape)])
    if augmentation != "none":
        model.add(layers.RandomTranslation(0.1, 0.1))
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation="relu", kernel_initializer=initializer))
    model.add(layers.Dropout(dropout))
    model.add(layers.Dense(num_classes, activation="softmax", kernel_initializer=initializer))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
