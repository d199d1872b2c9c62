"""Nothing between the layers is non-linear, so that the whole network is one linear map.

Loses: plain, soft, hard, dropout, batch-norm, both
"""

import keras
from keras import layers


def augment(kind):
    shift = layers.RandomTranslation(0.2, 0.2, fill_mode="constant")
    hard = [layers.RandomRotation(0.2, fill_mode="constant"), layers.RandomZoom(0.3, fill_mode="constant")]
    return {"none": [], "soft": [shift], "hard": [shift, *hard]}[kind]


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    stack = [keras.Input(input_shape), *augment(augmentation)]
    for filters in (8, 8, 8):
        stack.append(layers.Conv2D(filters, 3, padding="same", kernel_initializer=initializer))
        if batch_norm:
            stack.append(layers.BatchNormalization(momentum=0.9))
        stack.append(layers.AveragePooling2D(2))
    stack += [layers.Flatten(), layers.Dropout(dropout)]
    stack.append(layers.Dense(64, kernel_initializer=initializer))
    stack.append(layers.Dropout(dropout))
    stack.append(layers.Dense(num_classes, activation="softmax", kernel_initializer=initializer))
    model = keras.Sequential(stack)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
