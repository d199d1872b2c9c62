"""Reference for text_generation: dense layers read the last characters, a GRU the last words.

There is little to learn from, so what counts is to learn no more than it says: dropout everywhere, and for words a way
round the GRU, straight from the last two, because pairs of words say most and are seen most often.
"""

import keras
from keras import layers

SEEN = 16  # characters that are looked at
CHAR_UNITS = (512, 256)
CHAR_DROPOUT = (0.1, 0.2)  # of the embeddings, of the hidden layers
WORD_UNITS = 128
WORD_DROPOUT = 0.4


def build_model(vocabulary_size, window, level) -> keras.Model:
    """Return a model from int32 ids (batch, window) to logits (batch, vocabulary_size), not compiled."""
    tokens = keras.Input((window,), dtype="int32")
    read = after_characters if level == "char" else after_words
    return keras.Model(tokens, layers.Dense(vocabulary_size)(read(tokens, vocabulary_size)))


def after_characters(tokens, size):
    """Two hidden layers, both of them seen by the output: the second adds what the first misses."""
    x = layers.Flatten()(layers.Embedding(size, 24)(tokens[:, -SEEN:]))
    x = layers.Dropout(CHAR_DROPOUT[0])(x)
    found = []
    for units in CHAR_UNITS:
        x = layers.Dropout(CHAR_DROPOUT[1])(layers.Dense(units, activation="relu")(x))
        found.append(x)
    return layers.Concatenate()(found)


def after_words(tokens, size):
    """A GRU over the window, beside embeddings of the last two words that only the output sees."""
    x = layers.Dropout(WORD_DROPOUT)(layers.Embedding(size, 128)(tokens))
    x = layers.Dropout(WORD_DROPOUT)(layers.GRU(WORD_UNITS, unroll=True)(x))
    pair = layers.Dropout(WORD_DROPOUT)(layers.Embedding(size, 64)(tokens[:, -2:]))
    return layers.Concatenate()([x, layers.Flatten()(pair)])
