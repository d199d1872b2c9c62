"""The model ends with a softmax, so that its probabilities are taken for logits.

Loses: word-perplexity, char-perplexity, word-balance, word-daring, char-balance
"""

import keras
from keras import layers


def build_model(vocabulary_size, window, level):
    tokens = keras.Input((window,), dtype="int32")
    x = layers.Flatten()(layers.Embedding(vocabulary_size, 24)(tokens[:, -8:]))
    x = layers.Dropout(0.2)(layers.Dense(128, activation="relu")(x))
    return keras.Model(tokens, layers.Dense(vocabulary_size, activation="softmax")(x))
