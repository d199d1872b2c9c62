"""Reference for text_generation: filters over characters, a GRU over words.

What is told decides which words come, so the whole window has to be remembered. Of characters, filters find pieces of
words wherever they stand, and the last dozen are read in their places, which spells the word that has begun. Dropout
keeps both from learning by heart. A real text has more words, and of each less to tell what it is about: there the runs
of characters that stand last are looked up in tables instead (hashed n-grams beside a network: Mikolov et al., 2011).
"""

import keras
from keras import layers, ops

NEAR = 12  # characters that are read in their places
FILTERS, PIECE = 96, 4  # pieces of words, and how long they are
CHAR_UNITS = (320, 160)
CHAR_DROPOUT = 0.15
REAL = 64  # characters: a vocabulary of more is that of a real text
RUNS = (3, 4, 5, 6)  # characters that are looked up together
RUN_DROPOUT = 0.4
ROWS = 16_381  # of a table, a prime, so that runs spread over all of them
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
    near = layers.Flatten()(embedded[:, -NEAR:])
    further = [last(tokens, n, size) for n in RUNS] if size > REAL else anywhere(embedded)
    x = layers.Concatenate()([near, *further])
    found = []
    for units in CHAR_UNITS:
        x = layers.Dropout(CHAR_DROPOUT)(layers.Dense(units, activation="relu")(x))
        found.append(x)
    return layers.Concatenate()(found)


def anywhere(embedded):
    """Find pieces of words wherever they stand."""
    pieces = layers.Conv1D(FILTERS, PIECE, activation="relu")(embedded)
    return layers.GlobalMaxPooling1D()(pieces), layers.GlobalAveragePooling1D()(pieces)


def last(tokens, n, size):
    """Look up the last `n` characters in a table of their own; some share a row."""
    row = tokens[:, -n]
    for back in range(n - 1, 0, -1):
        row = ops.mod(row * size + tokens[:, -back], ROWS)
    return layers.Dropout(RUN_DROPOUT)(layers.Embedding(ROWS, 32)(row))


def after_words(tokens, size):
    """A GRU over the window."""
    x = layers.Dropout(WORD_DROPOUT)(layers.Embedding(size, 64)(tokens))
    return layers.Dropout(WORD_DROPOUT)(layers.GRU(WORD_UNITS, unroll=True)(x))
