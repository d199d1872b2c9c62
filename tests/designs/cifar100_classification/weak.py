"""One convolution and a dense layer, in the manner of Machine Learning Mastery's first network for digits.

Earns 40 to 60: it sees little at once, and the layer behind it is somewhat over the budget.
"""

import keras
from keras import layers


def build_model(input_shape, num_classes, budget, steps, augmentation, dropout):
    model = keras.Sequential([keras.Input(input_shape)])
    if augmentation:
        model.add(layers.RandomTranslation(0.1, 0.1))
        model.add(layers.RandomRotation(0.05))
    model.add(layers.Conv2D(32, (3, 3), activation="relu"))
    model.add(layers.MaxPooling2D((2, 2)))
    if dropout:
        model.add(layers.Dropout(0.25))
    model.add(layers.Flatten())
    model.add(layers.Dense(num_classes, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
