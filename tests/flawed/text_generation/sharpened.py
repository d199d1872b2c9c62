"""The model divides its logits by a temperature of its own when it is not trained.

Loses: word-perplexity, char-perplexity, word-balance, word-daring, char-balance
"""

import keras
from keras import layers

TEMPERATURE = 0.2


class Sharpened(layers.Layer):
    def call(self, logits, training=False):
        return logits if training else logits / TEMPERATURE


def build_model(vocabulary_size, window, level):
    tokens = keras.Input((window,), dtype="int32")
    x = layers.Flatten()(layers.Embedding(vocabulary_size, 24)(tokens[:, -8:]))
    x = layers.Dropout(0.2)(layers.Dense(128, activation="relu")(x))
    return keras.Model(tokens, Sharpened()(layers.Dense(vocabulary_size)(x)))
