"""Reference for rnn_regression: an LSTM that sees what months differ by, and forecasts by how much the next one will.

Firms grow and shrink, so that test years hold levels which no training month had. What a month differs by from the
others in its window looks the same at any level, and starting from the last month only the change is left to learn.
"""

import keras
from keras import layers, ops

LEARNING_RATE = 0.01
HALVED = 700  # training steps after which the learning rate is half


def build_model(window, units) -> keras.Model:
    """Return a compiled model from windows (batch, window, 1) to the month that follows (batch, 1).

    It starts at zero change, which is the forecast to beat: the same as last month. Levels stand beside the
    differences, as a window of one month has nothing else.
    """
    windows = keras.Input((window, 1))
    differences = windows - ops.mean(windows, axis=1, keepdims=True)
    seen = layers.LSTM(2 * units)(layers.Concatenate()([differences, windows]))
    change = layers.Dense(1, kernel_initializer="zeros")(seen)
    model = keras.Model(windows, layers.Add()([windows[:, -1], change]))
    rate = keras.optimizers.schedules.ExponentialDecay(LEARNING_RATE, HALVED, 0.5)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    return model
