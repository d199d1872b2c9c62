"""The last month of the window is passed off as a forecast.

Loses: quarter, half-a-year, year, longer-18, longer-22, year-over-quarter
"""

import keras
from keras import layers


class LastMonth(layers.Layer):
    """Says the last month again, with a weight so that there is something to train."""

    def build(self, input_shape):
        self.unused = self.add_weight(shape=(), initializer="zeros")

    def call(self, windows):
        return windows[:, -1] + 0.0 * self.unused


def build_model(window, units):
    model = keras.Sequential([keras.Input((window, 1)), LastMonth()])
    model.compile(optimizer="adam", loss="mse")
    return model
