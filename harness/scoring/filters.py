"""Noise taken away without a network: a Gaussian filter, and non-local means."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_least, check_numbers, check_same_shape

WIDTHS: Final = (0.5, 0.6, 0.7, 0.8, 1.0, 1.2, 1.4, 1.7)  # pixels
STRENGTHS: Final = (0.4, 0.6, 0.8)  # of the noise
PATCH, DISTANCE = 5, 6  # pixels
TRIED: Final = 60  # training images that a width or a strength is chosen on


def gaussian_filtered(noisy: NDArray[Any], noisy_train: NDArray[Any], train: NDArray[Any]) -> NDArray[np.float32]:
    """Return noisy images (n, h, w, c) under the Gaussian filter that is best on training images.

    Raises ValueError for other shapes, NaN and infinity.
    """
    _check(noisy, noisy_train, train)
    tried = [_gaussian(noisy_train[:TRIED], width) for width in WIDTHS]
    return _gaussian(noisy, WIDTHS[_best(tried, train[:TRIED])])


def nl_means_filtered(
    noisy: NDArray[Any], noisy_train: NDArray[Any], train: NDArray[Any], deviation: float
) -> NDArray[np.float32]:
    """Return noisy images (n, h, w, c) under non-local means, as strong as is best on training images.

    Patches of 5 x 5 pixels up to 6 pixels away; `deviation` is that of the noise. Source: Buades, Coll and Morel, A
    non-local algorithm for image denoising (2005), by scikit-image. Raises ValueError for other shapes, NaN and
    infinity, and for a deviation of 0 or less.
    """
    _check(noisy, noisy_train, train)
    check_least("deviation of the noise", deviation, 1e-6)
    tried = [_nl_means(noisy_train[:TRIED], strength, deviation) for strength in STRENGTHS]
    return _nl_means(noisy, STRENGTHS[_best(tried, train[:TRIED])], deviation)


def _check(noisy: NDArray[Any], noisy_train: NDArray[Any], train: NDArray[Any]) -> None:
    check_numbers("noisy images", noisy, 4)
    check_numbers("noisy training images", noisy_train, 4)
    check_numbers("training images", train, 4)
    check_same_shape(noisy_training_images=noisy_train, training_images=train)


def _best(tried: Sequence[NDArray[Any]], truth: NDArray[Any]) -> int:
    return int(np.argmin([np.mean((one.astype(np.float64) - truth) ** 2) for one in tried]))


def _gaussian(images: NDArray[Any], width: float) -> NDArray[np.float32]:
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(images.astype(np.float32), (0, width, width, 0)), np.float32)


def _nl_means(images: NDArray[Any], strength: float, deviation: float) -> NDArray[np.float32]:
    from skimage.restoration import denoise_nl_means

    settings = {"patch_size": PATCH, "patch_distance": DISTANCE, "h": strength * deviation, "sigma": deviation}
    found = [denoise_nl_means(one, fast_mode=True, channel_axis=-1, **settings) for one in images.astype(np.float32)]
    filtered = np.asarray(found, np.float32).reshape(images.shape)  # one channel loses its axis
    return np.clip(filtered, 0, 1)
