"""The learning rate is a thousand times too high, so that every image gets the same class.

Loses: accuracy, top-five, superclass, hardest, budget
"""

import keras
from keras import layers


def augment():
    return [
        layers.RandomTranslation(0.1, 0.1, fill_mode="constant"),
        layers.RandomRotation(0.05, fill_mode="constant"),
        layers.RandomZoom(0.1, fill_mode="constant"),
    ]


def build_model(input_shape, num_classes, budget, steps, augmentation, dropout):
    stack = [keras.Input(input_shape), *(augment() if augmentation else [])]
    for filters in (16, 32, 64):
        stack += [layers.Conv2D(filters, 3, padding="same", use_bias=False), layers.BatchNormalization(momentum=0.9)]
        stack += [layers.ReLU(), layers.MaxPooling2D()]
    stack += [layers.Flatten(), layers.Dropout(0.25 if dropout else 0.0)]
    stack += [layers.Dense(num_classes, activation="softmax")]
    model = keras.Sequential(stack)
    model.compile(
        optimizer=keras.optimizers.Adam(3.0),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
