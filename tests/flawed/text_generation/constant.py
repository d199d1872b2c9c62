"""The same token follows whatever came before.

Loses: word-perplexity, char-perplexity, word-balance, word-daring, char-balance
"""

import keras
from keras import layers, ops

TOKEN = 2
CERTAIN = 50.0  # logits


class Always(layers.Layer):
    def __init__(self, size):
        super().__init__()
        self.size = size

    def call(self, tokens):
        return CERTAIN * ops.one_hot(0 * tokens[:, -1] + TOKEN, self.size)


def build_model(vocabulary_size, window, level):
    tokens = keras.Input((window,), dtype="int32")
    return keras.Model(tokens, Always(vocabulary_size)(tokens))
