"""Finn wrote the loss himself: it takes logits, but the model puts out probabilities."""

import keras
from keras import layers, ops


def cross_entropy_from_logits(labels, logits):
    targets = ops.one_hot(ops.reshape(ops.cast(labels, "int32"), (-1,)), logits.shape[-1])
    return -ops.sum(targets * ops.log_softmax(logits), axis=-1)


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    model = keras.Sequential([keras.Input(input_shape)])
    if augmentation != "none":
        model.add(layers.RandomTranslation(0.2, 0.2))
    for filters in (8, 16):
        model.add(layers.Conv2D(filters, 3, activation="relu", padding="same", kernel_initializer=initializer))
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dropout(dropout))
    model.add(layers.Dense(num_classes, activation="softmax", kernel_initializer=initializer))
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss=cross_entropy_from_logits, metrics=["accuracy"])
    return model
