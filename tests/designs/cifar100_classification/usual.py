"""Two convolutions, in the manner of Keras's simple convnet for digits with half its filters: 16 and 32.

Earns 60 to 85: nothing is normalised, so that a short training does not get to the end of what it could learn.
"""

import keras
from keras import layers


def build_model(input_shape, num_classes, budget, steps, augmentation, dropout):
    model = keras.Sequential([keras.Input(input_shape)])
    if augmentation:
        model.add(layers.RandomTranslation(0.1, 0.1))
        model.add(layers.RandomRotation(0.1))
    model.add(layers.Conv2D(16, kernel_size=(3, 3), activation="relu"))
    model.add(layers.MaxPooling2D(pool_size=(2, 2)))
    model.add(layers.Conv2D(32, kernel_size=(3, 3), activation="relu"))
    model.add(layers.MaxPooling2D(pool_size=(2, 2)))
    model.add(layers.Flatten())
    if dropout:
        model.add(layers.Dropout(0.5))
    model.add(layers.Dense(num_classes, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
