"""Every month gets the same forecast, as nothing of the window reaches the output.

Loses: quarter, half-a-year, year, longer-18, longer-22, year-over-quarter
"""

import keras
from keras import layers


def build_model(window, units):
    model = keras.Sequential(
        [keras.Input((window, 1)), layers.Flatten(), layers.Dense(units), layers.Rescaling(0.0), layers.Dense(1)]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    return model
