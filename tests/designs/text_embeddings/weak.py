"""SimpleRNN(32) under rmsprop, and flat vectors for an average, in the manner of Chollet's first networks for IMDB.

Earns 40 to 60: a flat layer knows places, padding is read as words, and the given vectors learn on though frozen.
"""

import keras
from keras import layers


def compiled(*stack):
    model = keras.Sequential(stack)
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def build_average(vocabulary_size, length):
    embedding = layers.Embedding(vocabulary_size, 8, name="embedding")
    return compiled(keras.Input((length,)), embedding, layers.Flatten(), layers.Dense(1, activation="sigmoid"))


def build_lstm(vocabulary_size, length, embedding_size):
    embedding = layers.Embedding(vocabulary_size, embedding_size, name="embedding")
    return compiled(keras.Input((length,)), embedding, layers.SimpleRNN(32), layers.Dense(1, activation="sigmoid"))


def build_glove(vocabulary_size, length, embedding_matrix, trainable):
    model = build_lstm(vocabulary_size, length, embedding_matrix.shape[1])
    model.layers[0].set_weights([embedding_matrix])
    return model
