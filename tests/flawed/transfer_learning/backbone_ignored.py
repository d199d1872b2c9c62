"""The backbone is left out: a network of the same kind is built and trained from random weights.

Loses: frozen, frozen-stays, frozen-beats-scratch, fine-tuned, fine-tuned-learns, remembered
"""

import keras
from keras import layers


def build_model(backbone, mode, input_shape, num_classes, mean, std):
    stack = [keras.Input(input_shape), layers.Normalization(mean=mean, variance=[s**2 for s in std])]
    for filters in (16, 32, 64):
        stack += [layers.Conv2D(filters, 3, padding="same", use_bias=False), layers.BatchNormalization(momentum=0.9)]
        stack += [layers.ReLU(), layers.MaxPooling2D()]
    stack += [layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dropout(0.3)]
    model = keras.Sequential([*stack, layers.Dense(num_classes, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
