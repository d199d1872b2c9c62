"""No switch reaches a layer, so that every variant is the same network.

Loses: soft, soft-gap, hard, dropout, batch-norm, both, zero-init, learning-rate
Compared with: none
"""

import keras
from keras import layers


def augment(kind):
    shift = layers.RandomTranslation(0.2, 0.2, fill_mode="constant")
    hard = [layers.RandomRotation(0.2, fill_mode="constant"), layers.RandomZoom(0.3, fill_mode="constant")]
    return {"none": [], "soft": [shift], "hard": [shift, *hard]}[kind]


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    augmentation, dropout, batch_norm, initializer, learning_rate = "none", 0.0, False, "glorot_uniform", 0.001
    stack = [keras.Input(input_shape), *augment(augmentation)]
    for filters in (16, 32, 64):
        stack.append(layers.Conv2D(filters, 3, padding="same", kernel_initializer=initializer))
        if batch_norm:
            stack.append(layers.BatchNormalization(momentum=0.9))
        stack += [layers.ReLU(), layers.MaxPooling2D()]
    stack += [layers.Flatten(), layers.Dropout(dropout)]
    stack.append(layers.Dense(64, activation="relu", kernel_initializer=initializer))
    stack.append(layers.Dropout(dropout))
    stack.append(layers.Dense(num_classes, activation="softmax", kernel_initializer=initializer))
    model = keras.Sequential(stack)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
