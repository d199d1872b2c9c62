"""The LSTM sees and forecasts levels, so that it cannot follow passengers beyond those of the training years.

Loses: year-persistence, year-season, longer-18, longer-22
"""

import keras
from keras import layers


def build_model(window, units):
    model = keras.Sequential([keras.Input((window, 1)), layers.LSTM(units), layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    return model
