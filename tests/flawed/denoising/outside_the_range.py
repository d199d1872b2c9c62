"""The network ends without a sigmoid, so that pixels leave [0, 1].

Loses: mse, structure-costs
Fault: output
"""

import keras
from keras import layers, ops


def build_denoiser(input_shape):
    noisy = keras.Input(input_shape)
    half = layers.Conv2D(12, 4, 2, padding="same", activation="relu")(noisy)
    x = layers.Conv2D(16, 3, 2, padding="same", activation="relu")(half)
    x = layers.Concatenate()([layers.UpSampling2D()(x), half])
    x = layers.Conv2D(12, 3, padding="same", activation="relu")(x)
    return keras.Model(noisy, layers.Conv2DTranspose(input_shape[2], 4, 2, padding="same")(x))


def ssim_loss(y_true, y_pred):
    return 1 - ops.image.ssim(y_true, y_pred)


def psnr_loss(y_true, y_pred):
    error = ops.mean((y_true - y_pred) ** 2, (1, 2, 3))
    return 10 * ops.log10(ops.maximum(error, 1e-10))


def correntropy_loss(y_true, y_pred, sigma):
    return 1 - ops.mean(ops.exp(-((y_true - y_pred) ** 2) / (2 * sigma**2)), (1, 2, 3))
