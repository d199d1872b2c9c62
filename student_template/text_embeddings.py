"""Task text_embeddings: does a text praise or blame? With word vectors of your own and with given ones.

`harness tasks text_embeddings` shows the whole contract. What is below runs, but it looks at how long a text is and at
no word of it, so it earns nothing. Replace it.
"""

import keras
from keras import layers


def length_only(vocabulary_size, length):
    """Return a compiled classifier that knows how many words a text has."""
    ids = keras.Input((length,), dtype="int32")
    embedding = layers.Embedding(vocabulary_size, 1, embeddings_initializer="zeros", trainable=False, name="embedding")
    no_word = layers.GlobalAveragePooling1D()(embedding(ids))
    is_word = keras.ops.cast(keras.ops.not_equal(ids, 0), "float32")
    words = keras.ops.mean(is_word, axis=1, keepdims=True)
    outputs = layers.Dense(1, activation="sigmoid")(layers.Concatenate()([no_word, words]))
    model = keras.Model(ids, outputs)
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def build_average(vocabulary_size, length):
    """Return a compiled classifier of the mean of a text's word vectors.

    vocabulary_size: how many ids there are. 0 is padding, which stands behind the words; 1 is every word that has no id
        of its own.
    length: how many ids a text has.

    The model maps int32 ids (batch, length) to the probability of praise (batch, 1), behind a sigmoid; labels are 0 and
    1. The layer with a vector for each id is named "embedding"; padding is no word, so leave it out of the mean.
    """
    return length_only(vocabulary_size, length)  # TODO: a vector for each word, and the mean of them


def build_lstm(vocabulary_size, length, embedding_size):
    """Return a compiled classifier that reads a text in order, with vectors of `embedding_size` numbers."""
    return length_only(vocabulary_size, length)  # TODO: an embedding named "embedding", and an LSTM


def build_glove(vocabulary_size, length, embedding_matrix, trainable):
    """Return the same, whose vectors begin as the rows of a matrix.

    embedding_matrix: float32 (vocabulary_size, size), a vector for each id; zeros where there is none.
    trainable: whether these vectors learn on, or stay what they are to the last bit.
    """
    return length_only(vocabulary_size, length)  # TODO: load the matrix into the embedding, frozen or not
