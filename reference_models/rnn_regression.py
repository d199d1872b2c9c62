"""Reference for rnn_regression: an LSTM that sees how months relate to the last one, and forecasts likewise.

Passengers grow by a factor from year to year, and so do the swings of a season. In scaled passengers the test years
lie where no training month was, and an LSTM of them cannot follow: its units are bounded. The logarithm of a month over
that of the last one looks the same in every year, so what was learned of 1950 holds in 1960.
"""

import keras
from keras import layers, ops

OFFSET = 1 / 3  # zero passengers, in the scale of the windows: 104 thousand are 0, 413 thousand are 1
ZOOM = 4.0  # log ratios of a year stay within about 0.4; units like inputs near 1
STEP = 0.3  # the largest change from one month to the next, about
NOISE = 0.1  # on inputs while training: a hundred windows are soon known by heart
DROPOUT = 0.2
LEARNING_RATE = 0.01
HALVED = 200  # training steps after which the learning rate is half


@keras.saving.register_keras_serializable("reference")
class LogRatios(layers.Layer):
    """Maps windows (n, window, 1) to the logarithm of each month over the last one."""

    def call(self, windows):
        logs = log_passengers(windows)
        return ZOOM * (logs - logs[:, -1:])


@keras.saving.register_keras_serializable("reference")
class Apply(layers.Layer):
    """Changes the last month of windows (n, window, 1) by a log ratio (n, 1)."""

    def call(self, inputs):
        windows, change = inputs
        return ops.exp(log_passengers(windows)[:, -1] + STEP * change) - OFFSET


def log_passengers(windows):
    return ops.log(ops.maximum(windows + OFFSET, 0.05))


def build_model(window, units) -> keras.Model:
    """Return a compiled model from windows (batch, window, 1) to the month that follows (batch, 1).

    It starts at zero change, which is the forecast to beat: the same as last month. Beside the recurrent layer a
    straight line over the window sees each month at its place, such as that of the same season a year ago.
    """
    windows = keras.Input((window, 1))
    ratios = layers.GaussianNoise(NOISE)(LogRatios()(windows))
    seen = layers.Dropout(DROPOUT)(layers.LSTM(units)(ratios))
    change = layers.Add()([
        layers.Dense(1, kernel_initializer="zeros")(seen),
        layers.Dense(1, kernel_initializer="zeros", use_bias=False)(layers.Flatten()(ratios)),
    ])  # fmt: skip
    model = keras.Model(windows, Apply()([windows, change]))
    rate = keras.optimizers.schedules.ExponentialDecay(LEARNING_RATE, HALVED, 0.5)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    return model
