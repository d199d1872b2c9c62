"""LSTM(32) behind a mask under Adam at its default rate, and pretrained vectors that are frozen, as Keras's guides do.

Earns 60 to 85: the rate is small for so few steps, and the given vectors never learn on.
"""

import keras
from keras import layers


def compiled(*stack):
    model = keras.Sequential([*stack, layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def build_average(vocabulary_size, length):
    embedding = layers.Embedding(vocabulary_size, 32, mask_zero=True, name="embedding")
    return compiled(keras.Input((length,)), embedding, layers.GlobalAveragePooling1D())


def build_lstm(vocabulary_size, length, embedding_size):
    embedding = layers.Embedding(vocabulary_size, embedding_size, mask_zero=True, name="embedding")
    return compiled(keras.Input((length,)), embedding, layers.LSTM(32))


def build_glove(vocabulary_size, length, embedding_matrix, trainable):
    start = keras.initializers.Constant(embedding_matrix)
    embedding = layers.Embedding(
        *embedding_matrix.shape, embeddings_initializer=start, mask_zero=True, trainable=False, name="embedding"
    )
    return compiled(keras.Input((length,)), embedding, layers.LSTM(32))
