"""No layer is trainable, so the network stays as it was made.

Loses: quarter, half-a-year, year, longer-18, longer-22, year-over-quarter
"""

import keras
from keras import layers


def build_model(window, units):
    model = keras.Sequential([keras.Input((window, 1)), layers.LSTM(units), layers.Dense(1)])
    model.trainable = False
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    return model
