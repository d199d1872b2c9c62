"""No layer is trainable, so the network stays as it was made.

Loses: quarter, half-a-year, year, longer-18, longer-22, year-over-quarter
"""

import keras
from keras import layers


def build_model(window, units):
    hidden = layers.Dense(units, activation="tanh")
    model = keras.Sequential([keras.Input((window, 1)), layers.Flatten(), hidden, layers.Dense(1)])
    model.trainable = False
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    return model
