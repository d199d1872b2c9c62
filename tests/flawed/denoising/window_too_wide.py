"""MS-SSIM takes a window of 11 pixels on every scale, into which the smallest image does not fit.

Loses: ms-ssim-value, ms-ssim-likeness
Fault: exception
"""

import keras
from keras import layers, ops


def build_denoiser(input_shape):
    noisy = keras.Input(input_shape)
    half = layers.Conv2D(12, 4, 2, padding="same", activation="relu")(noisy)
    x = layers.Conv2D(16, 3, 2, padding="same", activation="relu")(half)
    x = layers.Concatenate()([layers.UpSampling2D()(x), half])
    x = layers.Conv2D(12, 3, padding="same", activation="relu")(x)
    return keras.Model(noisy, layers.Conv2DTranspose(input_shape[2], 4, 2, padding="same", activation="sigmoid")(x))


def ssim_loss(y_true, y_pred):
    return 1 - ops.image.ssim(y_true, y_pred)


def ms_ssim_loss(y_true, y_pred):
    found = 1.0
    for power in (0.0710, 0.4530, 0.4759):
        found *= ops.maximum(ops.image.ssim(y_true, y_pred), 1e-4) ** power
        y_true, y_pred = ops.average_pool(y_true, 2, 2), ops.average_pool(y_pred, 2, 2)
    return 1 - found


def psnr_loss(y_true, y_pred):
    error = ops.mean((y_true - y_pred) ** 2, (1, 2, 3))
    return 10 * ops.log10(ops.maximum(error, 1e-10))


def correntropy_loss(y_true, y_pred, sigma):
    return 1 - ops.mean(ops.exp(-((y_true - y_pred) ** 2) / (2 * sigma**2)), (1, 2, 3))
