"""Reference for text_generation: filters over characters, a GRU over words.

What is told decides which words come, so the whole window has to be remembered. Of characters, filters find pieces of
words wherever they stand, and the last dozen are read in their places, which spells the word that has begun. Dropout
keeps both from learning by heart.
"""

import keras
from keras import layers

NEAR = 12  # characters that are read in their places
FILTERS, PIECE = 96, 4  # pieces of words, and how long they are
CHAR_UNITS = (320, 160)
CHAR_DROPOUT = 0.15
WORD_UNITS = 96
WORD_DROPOUT = 0.3


def build_model(vocabulary_size, window, level) -> keras.Model:
    """Return a model from int32 ids (batch, window) to logits (batch, vocabulary_size), not compiled."""
    tokens = keras.Input((window,), dtype="int32")
    read = after_characters if level == "char" else after_words
    return keras.Model(tokens, layers.Dense(vocabulary_size)(read(tokens, vocabulary_size)))


def after_characters(tokens, size):
    """Two hidden layers, both of them seen by the output: the second adds what the first misses."""
    embedded = layers.Embedding(size, 24)(tokens)
    pieces = layers.Conv1D(FILTERS, PIECE, activation="relu")(embedded)
    near = layers.Flatten()(embedded[:, -NEAR:])
    x = layers.Concatenate()([near, layers.GlobalMaxPooling1D()(pieces), layers.GlobalAveragePooling1D()(pieces)])
    found = []
    for units in CHAR_UNITS:
        x = layers.Dropout(CHAR_DROPOUT)(layers.Dense(units, activation="relu")(x))
        found.append(x)
    return layers.Concatenate()(found)


def after_words(tokens, size):
    """A GRU over the window."""
    x = layers.Dropout(WORD_DROPOUT)(layers.Embedding(size, 64)(tokens))
    return layers.Dropout(WORD_DROPOUT)(layers.GRU(WORD_UNITS, unroll=True)(x))
