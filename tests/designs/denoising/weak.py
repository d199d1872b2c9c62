"""In the manner of Keras's example on denoising with a convolutional autoencoder (Valdarrama, 2021); earns 40 to 60.

Nothing passes around the small grid, MS-SSIM is a mean of SSIM over scales, and the PSNR of equal images is infinite.
"""

import keras
from keras import layers, ops


def build_denoiser(input_shape):
    noisy = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(noisy)
    x = layers.MaxPooling2D(2, padding="same")(x)
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(2, padding="same")(x)
    x = layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu")(x)
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
