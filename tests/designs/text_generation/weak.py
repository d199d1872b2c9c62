"""In the manner of Keras's first example of character-level text generation: one LSTM, and a layer for the next token.

Expected to earn 40–60 of 100: it is too small for what is to be remembered, and nothing keeps it from learning
by heart.
"""

import keras
from keras import layers

UNITS = {"char": 96, "word": 64}


def build_model(vocabulary_size, window, level):
    model = keras.Sequential([keras.Input((window,), dtype="int32")])
    model.add(layers.Embedding(vocabulary_size, 32))
    model.add(layers.LSTM(UNITS[level]))
    model.add(layers.Dense(vocabulary_size))
    return model
