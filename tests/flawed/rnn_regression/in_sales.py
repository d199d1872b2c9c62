"""Forecasts are in sales, which lie about a hundred, not in the scale of the window.

Loses: quarter, half-a-year, year, longer-18, longer-22, year-over-quarter
"""

import keras
from keras import layers, ops

LOW, HIGH = 60.0, 180.0  # about the lowest and the highest month of a firm


def sales_loss(truth, forecast):
    return ops.mean(ops.square((LOW + (HIGH - LOW) * truth - forecast) / (HIGH - LOW)), axis=-1)


def build_model(window, units):
    windows = keras.Input((window, 1))
    change = layers.Dense(1)(layers.Dense(units, activation="tanh")(layers.Flatten()(windows)))
    scaled = layers.Add()([windows[:, -1], change])
    model = keras.Model(windows, layers.Rescaling(HIGH - LOW, LOW)(scaled))
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=sales_loss)
    return model
