"""Nothing keeps the models from learning the training text by heart.

Loses: word-perplexity, char-perplexity, char-balance
"""

import keras
from keras import layers

SIZE = {"char": 12, "word": 64}


def build_model(vocabulary_size, window, level):
    tokens = keras.Input((window,), dtype="int32")
    x = layers.Flatten()(layers.Embedding(vocabulary_size, SIZE[level])(tokens))
    x = layers.Dense(256, activation="relu")(x)
    return keras.Model(tokens, layers.Dense(vocabulary_size)(x))
