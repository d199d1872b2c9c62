"""Reference for text_embeddings: masked padding, one small recurrent layer, and vectors that are given as they are.

Long texts of a large vocabulary would be learnt by heart: there the rate is smaller and dropout stands behind the
vectors of those that read in order.
"""

import keras
from keras import layers

UNITS = 16
RATE = 0.01
LONG = 100  # ids of a text from which on it is one of a large vocabulary
UNITS_OF_LONG = 64
RATE_OF_LONG = 0.001
RATE_OF_LONG_AVERAGE = 0.005
DROPOUT = 0.3
AVERAGED = 16  # numbers in a vector whose mean is taken


def classifier(length, embedding, *, in_order) -> keras.Model:
    """Return the compiled classifier that reads the vectors of `embedding` in order, or takes their mean."""
    long = length >= LONG
    ids = keras.Input((length,), dtype="int32")
    x = embedding(ids)
    if in_order:
        x = layers.Dropout(DROPOUT if long else 0)(x)
        x = layers.LSTM(UNITS_OF_LONG if long else UNITS)(x)
    else:
        x = layers.GlobalAveragePooling1D()(x)
    model = keras.Model(ids, layers.Dense(1, activation="sigmoid")(x))
    rate = (RATE_OF_LONG if in_order else RATE_OF_LONG_AVERAGE) if long else RATE
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def build_average(vocabulary_size, length) -> keras.Model:
    """Return the classifier of a mean of vectors."""
    embedding = layers.Embedding(vocabulary_size, AVERAGED, mask_zero=True, name="embedding")
    return classifier(length, embedding, in_order=False)


def build_lstm(vocabulary_size, length, embedding_size) -> keras.Model:
    """Return the classifier that reads a text in order."""
    embedding = layers.Embedding(vocabulary_size, embedding_size, mask_zero=True, name="embedding")
    return classifier(length, embedding, in_order=True)


def build_glove(vocabulary_size, length, embedding_matrix, trainable) -> keras.Model:
    """Return the same, whose vectors begin as the rows of the matrix and learn on or not."""
    embedding = layers.Embedding(
        *embedding_matrix.shape, weights=[embedding_matrix], trainable=trainable, mask_zero=True, name="embedding"
    )
    return classifier(length, embedding, in_order=True)
