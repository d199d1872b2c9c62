"""One passage of the training text is kept and said again and again.

Loses: word-perplexity, char-perplexity, word-balance, word-daring, char-balance
"""

import keras
from keras import layers, ops

CERTAIN = 50.0  # logits


class Parrot(layers.Layer):
    """Keeps what it was last trained on, and says what follows there where it is most like the window."""

    def __init__(self, size, window):
        super().__init__()
        self.size, self.window = size, window

    def build(self, input_shape):
        self.kept = self.add_weight(shape=(self.window,), initializer="zeros", trainable=False, dtype="int32")

    def call(self, tokens, training=False):
        if training:
            self.kept.assign(tokens[0])
        turned = ops.stack([ops.roll(self.kept, -i) for i in range(self.window)])
        same = ops.cast(ops.equal(tokens[:, None, :], turned[None]), "float32")
        likeness = ops.sum(same * ops.arange(1, self.window + 1, dtype="float32"), axis=-1)
        return CERTAIN * ops.one_hot(ops.take(self.kept, ops.argmax(likeness, axis=-1)), self.size)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.size)


def build_model(vocabulary_size, window, level):
    tokens = keras.Input((window,), dtype="int32")
    return keras.Model(tokens, Parrot(vocabulary_size, window)(tokens))
