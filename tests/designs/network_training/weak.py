"""A dense network, in the manner of TensorFlow's quickstart for beginners: one layer of 128 units, then dropout.

Earns 40 to 60: it learns, but without convolutions it gains little from moved images.
"""

import keras
from keras import layers


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    model = keras.Sequential([keras.Input(input_shape)])
    if augmentation in ("soft", "hard"):
        model.add(layers.RandomTranslation(0.2, 0.2))
    if augmentation == "hard":
        model.add(layers.RandomRotation(0.2))
        model.add(layers.RandomZoom(0.3))
    model.add(layers.Flatten())
    model.add(layers.Dense(128, kernel_initializer=initializer))
    if batch_norm:
        model.add(layers.BatchNormalization())
    model.add(layers.Activation("relu"))
    model.add(layers.Dropout(dropout))
    model.add(layers.Dense(num_classes, activation="softmax", kernel_initializer=initializer))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
