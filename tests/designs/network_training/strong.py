"""Convolutions and a dropped-out dense end, in the manner of Keras' "Simple MNIST convnet", with a dense layer more.

Earns 85 to 100.
"""

import keras
from keras import layers


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    stack = [keras.Input(input_shape)]
    if augmentation in ("soft", "hard"):
        stack.append(layers.RandomTranslation(0.2, 0.2, fill_mode="constant"))
    if augmentation == "hard":
        stack.append(layers.RandomRotation(0.2, fill_mode="constant"))
        stack.append(layers.RandomZoom(0.3, fill_mode="constant"))
    for filters in (32, 64):
        stack.append(layers.Conv2D(filters, 3, padding="same", use_bias=False, kernel_initializer=initializer))
        if batch_norm:
            stack.append(layers.BatchNormalization(momentum=0.9))
        stack += [layers.Activation("relu"), layers.MaxPooling2D(2)]
    stack += [layers.Flatten(), layers.Dropout(dropout)]
    stack.append(layers.Dense(128, activation="relu", kernel_initializer=initializer))
    stack.append(layers.Dropout(dropout))
    stack.append(layers.Dense(num_classes, activation="softmax", kernel_initializer=initializer))
    model = keras.Sequential(stack)
    model.compile(
        loss="sparse_categorical_crossentropy",
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        metrics=["accuracy"],
    )
    return model
