"""Reference for network_training: a small network that earns full marks.

Three blocks of convolution and pooling, then a dense layer. Every switch is one layer or one argument. Photographs
need a larger network than digits: two convolutions a block, four times as many filters and units.
"""

import keras
from keras import layers

FILTERS = (16, 32, 64)  # doubled as the image halves, so that each block costs about the same
UNITS = 64
LARGER = 4  # times as many of both for photographs, which have three channels
SHIFT = 0.2  # of height and width, both augmentations
TURN = 0.2  # of a full circle, hard augmentation only
ZOOM = 0.3
MOMENTUM = 0.9  # the default 0.99 needs more steps than a short training has to settle its averages


def augment(kind: str) -> list[layers.Layer]:
    """Layers that act while training only; they come first, so that the network sees changed images."""
    if kind == "none":
        return []
    shift = layers.RandomTranslation(SHIFT, SHIFT, fill_mode="constant")
    if kind == "soft":
        return [shift]
    return [
        shift,
        layers.RandomRotation(TURN, fill_mode="constant"),
        layers.RandomZoom(ZOOM, fill_mode="constant"),
    ]


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate) -> keras.Model:
    """Return the compiled classifier of the task's contract."""
    photographs = input_shape[-1] == 3
    convolutions, times = (2, LARGER) if photographs else (1, 1)
    stack = [keras.Input(input_shape), *augment(augmentation)]
    for filters in FILTERS:
        for _ in range(convolutions):
            stack.append(layers.Conv2D(times * filters, 3, padding="same", kernel_initializer=initializer))
            if batch_norm:
                stack.append(layers.BatchNormalization(momentum=MOMENTUM))
            stack.append(layers.ReLU())
        stack.append(layers.MaxPooling2D())
    stack.append(layers.Flatten())
    if dropout:
        stack.append(layers.Dropout(dropout))
    stack.append(layers.Dense(times * UNITS, activation="relu", kernel_initializer=initializer))
    if dropout:
        stack.append(layers.Dropout(dropout))
    stack.append(layers.Dense(num_classes, activation="softmax", kernel_initializer=initializer))
    model = keras.Sequential(stack)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
