"""Padding is counted as a word: no mask is made.

Loses: average-padding
"""

import keras
from keras import layers


def classifier(length, embedding, reader):
    ids = keras.Input((length,), dtype="int32")
    model = keras.Model(ids, layers.Dense(1, activation="sigmoid")(reader(embedding(ids))))
    model.compile(keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def embedding_of(*shape, **more):
    return layers.Embedding(*shape, name="embedding", **more)


def build_average(vocabulary_size, length):
    return classifier(length, embedding_of(vocabulary_size, 16), layers.GlobalAveragePooling1D())


def build_lstm(vocabulary_size, length, embedding_size):
    return classifier(length, embedding_of(vocabulary_size, embedding_size), layers.LSTM(16))


def build_glove(vocabulary_size, length, embedding_matrix, trainable):
    given = embedding_of(*embedding_matrix.shape, weights=[embedding_matrix], trainable=trainable)
    return classifier(length, given, layers.LSTM(16))
