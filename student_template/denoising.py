"""Task denoising: take the noise out of photographs, with a U-Net and losses that see images as people do.

`harness tasks denoising` shows the whole contract. What is below runs, but the network hands back plain grey and the
losses are zero, so it earns nothing. Replace it.
"""

import keras
from keras import layers, ops


def build_denoiser(input_shape) -> keras.Model:
    """Return a network from noisy images to clean ones.

    input_shape: (height, width, channels) of an image with pixels in [0, 1]; height and width are multiples of 4.

    It maps (batch, *input_shape) to the same shape, with pixels in [0, 1]. Do not compile it: the harness trains it
    once with each loss.
    """
    # TODO: halve the image a few times, double it again, and join what has the same size (a U-Net).
    noisy = keras.Input(input_shape)
    grey = layers.Dense(input_shape[2], activation="sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(noisy))
    return keras.Model(noisy, layers.UpSampling2D(input_shape[:2])(grey))


def nothing(y_true, y_pred):
    """Zero for every image, with a gradient that is zero, too."""
    return ops.mean(0.0 * (y_true - y_pred), axis=(1, 2, 3))


def ssim_loss(y_true, y_pred):
    """Return 1 - SSIM, one number an image: a tensor (batch,).

    y_true, y_pred: tensors (batch, height, width, channels), pixels in [0, 1]. Use keras.ops, so that gradients pass. A
    Gaussian window of 11 pixels with a deviation of 1.5 where it fits into the image, K 0.01 and 0.03, a range of 1.
    """
    # TODO: compare means, variances and covariance under the window; keras.ops.image has something to begin with.
    return nothing(y_true, y_pred)


def ms_ssim_loss(y_true, y_pred):
    """Return 1 - MS-SSIM on three scales, one number an image: a tensor (batch,).

    A window of 7 pixels, else as in SSIM; each scale is half of the one before, by means of 2 x 2 pixels. Contrast and
    structure of the finer two count to the powers 0.0710 and 0.4530, all of the coarsest to 0.4759.
    """
    # TODO: mind the gradient of a power where structure is not alike at all.
    return nothing(y_true, y_pred)


def psnr_loss(y_true, y_pred):
    """Return minus the PSNR in dB, one number an image: a tensor (batch,)."""
    # TODO: mind images that are the same.
    return nothing(y_true, y_pred)


def correntropy_loss(y_true, y_pred, sigma):
    """Return 1 - mean(exp(-error² / (2 sigma²))), one number an image: a tensor (batch,)."""
    # TODO: errors far beyond sigma should hardly cost more than those at it.
    return nothing(y_true, y_pred)
