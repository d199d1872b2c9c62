"""LSTM(32) under rmsprop, and pretrained vectors that are frozen, in the manner of Chollet's Deep Learning with Python.

Earns 40 to 60: padding is read as words, the given vectors never learn on, and the rate is too small for few steps.
"""

import keras
from keras import layers


def compiled(*stack):
    model = keras.Sequential(stack)
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def build_average(vocabulary_size, length):
    embedding = layers.Embedding(vocabulary_size, 32, name="embedding")
    hidden = layers.GlobalAveragePooling1D(), layers.Dense(32, activation="relu")
    return compiled(keras.Input((length,)), embedding, *hidden, layers.Dense(1, activation="sigmoid"))


def build_lstm(vocabulary_size, length, embedding_size):
    embedding = layers.Embedding(vocabulary_size, embedding_size, name="embedding")
    return compiled(keras.Input((length,)), embedding, layers.LSTM(32), layers.Dense(1, activation="sigmoid"))


def build_glove(vocabulary_size, length, embedding_matrix, trainable):
    model = build_lstm(vocabulary_size, length, embedding_matrix.shape[1])
    model.layers[0].set_weights([embedding_matrix])
    model.layers[0].trainable = False
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    return model
