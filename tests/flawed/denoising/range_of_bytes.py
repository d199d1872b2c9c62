"""The constants of SSIM are those for pixels from 0 to 255, beside which all images in [0, 1] look alike.

Loses: ssim-value, ms-ssim-value
"""

import keras
import numpy as np
from keras import layers, ops

C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def build_denoiser(input_shape):
    noisy = keras.Input(input_shape)
    half = layers.Conv2D(12, 4, 2, padding="same", activation="relu")(noisy)
    x = layers.Conv2D(16, 3, 2, padding="same", activation="relu")(half)
    x = layers.Concatenate()([layers.UpSampling2D()(x), half])
    x = layers.Conv2D(12, 3, padding="same", activation="relu")(x)
    return keras.Model(noisy, layers.Conv2DTranspose(input_shape[2], 4, 2, padding="same", activation="sigmoid")(x))


def filtered(images, window):
    offsets = np.arange(window) - window // 2
    shares = np.exp(-(offsets**2) / 4.5)
    rows = [
        np.pad(shares / shares.sum(), (i, images.shape[1] - window - i)) for i in range(images.shape[1] - window + 1)
    ]
    along = ops.convert_to_tensor(np.array(rows, np.float32))
    return ops.einsum("ih,bhwc,jw->bijc", along, images, along)


def likeness(a, b, window):
    mean_a, mean_b = filtered(a, window), filtered(b, window)
    product, squares = filtered(a * b, window), filtered(a * a + b * b, window)
    both, apart = mean_a * mean_b, mean_a**2 + mean_b**2
    structure = (2 * (product - both) + C2) / (squares - apart + C2)
    whole = structure * (2 * both + C1) / (apart + C1)
    return ops.mean(whole, (1, 2, 3)), ops.mean(structure, (1, 2, 3))


def ms_ssim(a, b):
    found = 1.0
    for scale, power in enumerate((0.0710, 0.4530, 0.4759)):
        if scale:
            a, b = ops.average_pool(a, 2, 2), ops.average_pool(b, 2, 2)
        found *= ops.maximum(likeness(a, b, 7)[scale < 2], 1e-4) ** power
    return found


def ssim_loss(y_true, y_pred):
    return 1 - likeness(y_true, y_pred, 11)[0]


def ms_ssim_loss(y_true, y_pred):
    return 1 - ms_ssim(y_true, y_pred)


def psnr_loss(y_true, y_pred):
    error = ops.mean((y_true - y_pred) ** 2, (1, 2, 3))
    return 10 * ops.log10(ops.maximum(error, 1e-10))


def correntropy_loss(y_true, y_pred, sigma):
    return 1 - ops.mean(ops.exp(-((y_true - y_pred) ** 2) / (2 * sigma**2)), (1, 2, 3))
