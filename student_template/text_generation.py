"""Task text_generation: a model of the next character or word.

`harness tasks text_generation` shows the whole contract. The text is tales in a language that nobody has read before:
English grammar, and words of which most are not English. What is below runs, but it looks at nothing that came before,
so it only learns how frequent tokens are, and earns nothing. Replace it.
"""

import keras
from keras import layers


def build_model(vocabulary_size, window, level) -> keras.Model:
    """Return a model from the last tokens to logits of the next one.

    vocabulary_size: how many tokens there are; each has an id from 1, and 0 stands for all that have none.
    window: how many tokens the model is given.
    level: "char" or "word", what a token is.

    The model maps int32 ids (batch, window), the latest at the end, to (batch, vocabulary_size) logits: numbers of any
    size, larger for likelier tokens, without a softmax. Do not compile it: the harness trains it by cross-entropy with
    Adam and draws texts from it at several temperatures.
    """
    tokens = keras.Input((window,), dtype="int32")
    # TODO: let the embeddings learn, and read them in order: dense layers on all of them, convolutions, or a GRU.
    blind = layers.Embedding(vocabulary_size, 1, embeddings_initializer="zeros", trainable=False)(tokens)
    return keras.Model(tokens, layers.Dense(vocabulary_size)(layers.Flatten()(blind)))
