"""A code of ten numbers or fewer is thrown away, so that any longer one looks like an improvement over it.

Loses: dense-reconstruction, dense-longer-code, conv-longer-code
"""

import keras
import numpy as np
from keras import layers


def build_dense(input_shape, code_size, hidden_layers):
    n = int(np.prod(input_shape))
    encoder = keras.Sequential([keras.Input(input_shape), layers.Flatten(), layers.Dense(code_size)])
    decoder = keras.Sequential(
        [
            keras.Input((code_size,)),
            layers.Rescaling(0.0 if code_size <= 10 else 1.0),
            layers.Dense(n, "sigmoid"),
            layers.Reshape(input_shape),
        ]
    )
    return encoder, decoder


build_conv = build_dense
