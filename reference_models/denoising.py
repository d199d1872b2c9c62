"""Reference for denoising: a small U-Net, and four losses of keras.ops.

On grey images all work is done on grids of half the size and less, where it costs a quarter. Each loss is held where
its gradient would be infinite: the PSNR of equal images, and the roots that MS-SSIM takes of structure that is not
alike.
"""

import math

import keras
import numpy as np
from keras import layers, ops

GREY = (16, 24)  # filters of the half and the quarter grid
COLOUR = (32, 64, 128)  # of the whole, the half and the quarter grid
WINDOW, SMALL_WINDOW, WIDTH = 11, 7, 1.5  # pixels of the Gaussian windows of SSIM and MS-SSIM, and their deviation
C1, C2 = 0.01**2, 0.03**2  # pixels are in [0, 1]
WEIGHTS = np.array([0.0448, 0.2856, 0.3001]) / (0.0448 + 0.2856 + 0.3001)  # of three scales (Wang et al., 2003)
LEAST = 1e-4  # structure of which a root is taken
LEAST_ERROR = 1e-10  # mean squared error at which the PSNR ends, 100 dB


def block(x, filters, size=3, strides=1):
    """A convolution, and a non-linearity that lets a little through below zero."""
    convolved = layers.Conv2D(filters, size, strides, padding="same", kernel_initializer="he_normal")
    return layers.LeakyReLU()(convolved(x))


def build_denoiser(input_shape) -> keras.Model:
    """Return a U-Net from noisy images to clean ones, with pixels in [0, 1]; one in colour has the whole grid, too."""
    colour = input_shape[2] > 1
    noisy = keras.Input(input_shape)
    x, kept = layers.Rescaling(4.0, -2.0)(noisy), []
    for i, filters in enumerate(COLOUR if colour else GREY):
        first = (3, 1) if colour else (4, 2)
        x = block(block(x, filters, *((3, 2) if i else first)), filters)
        kept.append(x)
    x = kept.pop()
    for same in reversed(kept):
        x = layers.UpSampling2D()(layers.Conv2D(same.shape[-1], 1)(x))
        x = block(layers.Concatenate()([x, same]), same.shape[-1])
    size, strides = (3, 1) if colour else (4, 2)
    last = layers.Conv2DTranspose(input_shape[2], size, strides, padding="same", activation="sigmoid")
    return keras.Model(noisy, last(x))


def filtered(images, window):
    """Return weighted means of images under a Gaussian window, where it fits: a product of two narrow ones."""
    offsets = np.arange(window) - (window - 1) / 2
    shares = np.exp(-(offsets**2) / (2 * WIDTH**2))
    shares /= shares.sum()

    def along(size):
        rows = [np.pad(shares, (i, size - window - i)) for i in range(size - window + 1)]
        return ops.convert_to_tensor(np.array(rows, np.float32))

    down, across = (along(size) for size in images.shape[1:3])
    return ops.einsum("ih,bhwc,jw->bijc", down, images, across)


def likeness(y_true, y_pred, window):
    """Return luminance times structure, and structure alone, both (batch, channels): means over all positions."""
    means = filtered(y_true, window), filtered(y_pred, window)
    squares = filtered(ops.square(y_true) + ops.square(y_pred), window)
    product = filtered(y_true * y_pred, window)
    both, apart = means[0] * means[1], ops.square(means[0]) + ops.square(means[1])
    structure = (2 * (product - both) + C2) / (squares - apart + C2)
    luminance = (2 * both + C1) / (apart + C1)
    return ops.mean(luminance * structure, axis=(1, 2)), ops.mean(structure, axis=(1, 2))


def ssim_loss(y_true, y_pred):
    """Return 1 - SSIM, one number an image (Wang et al., 2004)."""
    return 1 - ops.mean(likeness(y_true, y_pred, WINDOW)[0], axis=-1)


def ms_ssim_loss(y_true, y_pred):
    """Return 1 - MS-SSIM on three scales, one number an image (Wang et al., 2003)."""
    found = 1.0
    for scale, weight in enumerate(WEIGHTS):
        if scale:
            y_true, y_pred = (ops.average_pool(y, 2, 2, "valid") for y in (y_true, y_pred))
        whole, structure = likeness(y_true, y_pred, SMALL_WINDOW)
        last = scale == len(WEIGHTS) - 1
        found *= ops.power(ops.maximum(whole if last else structure, LEAST), weight)
    return 1 - ops.mean(found, axis=-1)


def psnr_loss(y_true, y_pred):
    """Return minus the peak signal-to-noise ratio in dB, one number an image."""
    error = ops.mean(ops.square(y_true - y_pred), axis=(1, 2, 3))
    return 10 / math.log(10) * ops.log(ops.maximum(error, LEAST_ERROR))


def correntropy_loss(y_true, y_pred, sigma):
    """Return 1 - mean(exp(-error² / (2 sigma²))), one number an image; expm1 keeps small errors (Liu et al., 2007)."""
    return -ops.mean(ops.expm1(-ops.square((y_true - y_pred) / sigma) / 2), axis=(1, 2, 3))
