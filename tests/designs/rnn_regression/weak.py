"""A plain LSTM of one layer: levels in, level out, Adam as it comes. Expected: 40 to 60 points of 100.

In the manner of Jason Brownlee's "Time Series Prediction with LSTM Recurrent Neural Networks in Python with Keras"
(machinelearningmastery.com, 2016).
"""

import keras
from keras import layers


def build_model(window, units):
    model = keras.Sequential([keras.Input((window, 1)), layers.LSTM(units), layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    return model
