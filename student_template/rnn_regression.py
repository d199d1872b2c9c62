"""Task rnn_regression: forecast monthly series from a window of the months before.

`harness tasks rnn_regression` shows the whole contract. What is below runs, but it says the same whatever the window
holds, so it earns nothing. Replace it.
"""

import keras
from keras import layers


def build_model(window, units) -> keras.Model:
    """Return a compiled model from windows (batch, window, 1) to the month that follows (batch, 1).

    window: how many months the model sees, oldest first; you are asked for 1, 3, 6, 12, 18 and 22.
    units: units of the recurrent layer.

    One network learns from the series of all firms. Each is scaled by its training years: its lowest month is 0 and its
    highest 1, and years that you forecast may go beyond. Forecasts are in the same scale. Choose optimizer and loss
    here: the harness fits the model, in windows of random order, and asks for one month after the other.
    """
    # TODO: use a recurrent layer of as many units, so that a forecast follows from the window.
    model = keras.Sequential([keras.Input((window, 1)), layers.Flatten(), layers.Rescaling(0.0), layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    return model
