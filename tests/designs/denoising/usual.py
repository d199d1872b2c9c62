"""In the manner of the U-Net (Ronneberger, Fischer and Brox, 2015) on few filters; earns 60 to 85.

MS-SSIM is a mean of SSIM over two scales, and the PSNR of equal images is infinite.
"""

import keras
from keras import layers, ops


def build_denoiser(input_shape):
    noisy = keras.Input(input_shape)
    first = layers.Conv2D(8, 3, padding="same", activation="relu")(noisy)
    x = layers.MaxPooling2D()(first)
    second = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D()(second)
    x = layers.Conv2D(24, 3, padding="same", activation="relu")(x)
    x = layers.Concatenate()([layers.UpSampling2D()(x), second])
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    x = layers.Concatenate()([layers.UpSampling2D()(x), first])
    return keras.Model(noisy, layers.Conv2D(input_shape[2], 3, padding="same", activation="sigmoid")(x))


def ssim_loss(y_true, y_pred):
    return 1 - ops.image.ssim(y_true, y_pred)


def ms_ssim_loss(y_true, y_pred):
    whole = ops.image.ssim(y_true, y_pred, filter_size=7)
    half = ops.image.ssim(ops.average_pool(y_true, 2, 2), ops.average_pool(y_pred, 2, 2), filter_size=7)
    return 1 - (whole + half) / 2


def psnr_loss(y_true, y_pred):
    error = ops.mean((y_true - y_pred) ** 2, (1, 2, 3))
    return 10 * ops.log10(error)


def correntropy_loss(y_true, y_pred, sigma):
    return 1 - ops.mean(ops.exp(-((y_true - y_pred) ** 2) / (2 * sigma**2)), (1, 2, 3))
