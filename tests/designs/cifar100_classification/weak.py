"""A dense network, in the manner of TensorFlow's quickstart for beginners, with as many units as the budget allows.

Earns 40 to 60: without convolutions, few images teach it little, and moved ones little more.
"""

import keras
from keras import layers


def build_model(input_shape, num_classes, budget, steps, augmentation, dropout):
    model = keras.Sequential([keras.Input(input_shape)])
    if augmentation:
        model.add(layers.RandomTranslation(0.1, 0.1))
    model.add(layers.Flatten())
    model.add(layers.Dense(60, activation="relu"))
    if dropout:
        model.add(layers.Dropout(0.2))
    model.add(layers.Dense(num_classes, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
