"""How alike two images are to the eye: SSIM, MS-SSIM and PSNR, image by image. Pixels are in [0, 1]."""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_numbers, check_same_shape
from harness.scoring.means import mean_score
from harness.scoring.score import Score

WIDTH: Final = 1.5  # pixels: the deviation of the Gaussian window
K1, K2 = 0.01, 0.03
WINDOW: Final = 11  # pixels
SMALL_WINDOW: Final = 7  # pixels: three scales of it fit into 32 x 32
POWERS: Final = (0.0448, 0.2856, 0.3001)  # of the three finest scales of five; here they sum to 1
MOST_DB: Final = 100.0  # of two images that are the same


def psnr_values(images: NDArray[Any], truth: NDArray[Any]) -> NDArray[np.float64]:
    """Return 10 log10(1 / MSE) in dB of each image (n, h, w, c), at most 100; higher is better.

    Raises ValueError for unequal shapes, NaN and infinity.
    """
    _check(images, truth)
    errors = np.mean((images.astype(np.float64) - truth) ** 2, axis=(1, 2, 3))
    return np.asarray(-10 * np.log10(np.maximum(errors, 10 ** (-MOST_DB / 10))))


def ssim_values(images: NDArray[Any], truth: NDArray[Any], data_range: float = 1.0) -> NDArray[np.float64]:
    """Return the structural similarity of each image (n, h, w, c), from -1 to 1, mean over channels.

    A Gaussian window of 11 pixels and a deviation of 1.5 where it fits into the image, K 0.01 and 0.03, covariances
    with weights that sum to 1 (Wang et al., 2004), by scikit-image: as tf.image.ssim and keras.ops.image.ssim have it.
    Raises ValueError for unequal shapes, NaN and infinity.
    """
    from skimage.metrics import structural_similarity

    _check(images, truth)
    settings = {"gaussian_weights": True, "sigma": WIDTH, "use_sample_covariance": False, "K1": K1, "K2": K2}
    pairs = zip(images.astype(np.float64), truth.astype(np.float64), strict=True)
    found = [structural_similarity(a, b, data_range=data_range, channel_axis=-1, **settings) for a, b in pairs]
    return np.array(found, np.float64)


def ms_ssim_values(images: NDArray[Any], truth: NDArray[Any], data_range: float = 1.0) -> NDArray[np.float64]:
    """Return the multi-scale structural similarity of each image (n, h, w, c), from 0 to 1, mean over channels.

    Three scales, each half of the one before by means of 2 x 2 pixels, and a window of 7: contrast and structure of the
    finer two and all of the coarsest, to powers that sum to 1 (Wang et al., 2003), those below 0 as 0.
    With these powers tf.image.ssim_multiscale says the same. Raises ValueError for unequal shapes, NaN and infinity.
    """
    _check(images, truth)
    a, b = images.astype(np.float64), truth.astype(np.float64)
    found = np.ones((len(a), a.shape[-1]))
    for scale, power in enumerate(POWERS):
        if scale:
            a, b = _halved(a), _halved(b)
        luminance, structure = _compared(a, b, data_range)
        last = scale == len(POWERS) - 1
        alike = np.mean(luminance * structure if last else structure, axis=(1, 2))
        found *= np.maximum(alike, 0) ** (power / math.fsum(POWERS))
    return np.asarray(found.mean(axis=-1))


def ssim(images: NDArray[Any], truth: NDArray[Any]) -> Score:
    """Return the mean structural similarity of images, see `ssim_values`; higher is better, 1 is the same."""
    signature = f"ssim|gaussian:{WINDOW}|sigma:{WIDTH}|k:{K1},{K2}|n:{len(images)}|scale:0..1|v:1"
    return mean_score(ssim_values(images, truth), signature)


def psnr(images: NDArray[Any], truth: NDArray[Any]) -> Score:
    """Return the mean over images of their PSNR in dB, see `psnr_values`; higher is better."""
    return mean_score(psnr_values(images, truth), f"psnr|mean|most:{MOST_DB:g}|n:{len(images)}|scale:0..1|v:1")


def psnr_gain(images: NDArray[Any], other: NDArray[Any], truth: NDArray[Any]) -> Score:
    """Return by how many dB the PSNR of images exceeds that of other ones for the same truth, mean over images."""
    gains = psnr_values(images, truth) - psnr_values(other, truth)
    return mean_score(gains, f"psnr_gain|mean|most:{MOST_DB:g}|n:{len(images)}|scale:0..1|v:1")


def _check(images: NDArray[Any], truth: NDArray[Any]) -> None:
    check_numbers("images", images, 4)
    check_numbers("true images", truth, 4)
    check_same_shape(images=images, true_images=truth)


def _halved(a: NDArray[np.float64]) -> NDArray[np.float64]:
    n, h, w, c = a.shape
    return np.asarray(a[:, : h // 2 * 2, : w // 2 * 2].reshape(n, h // 2, 2, w // 2, 2, c).mean(axis=(2, 4)))


def _compared(
    a: NDArray[np.float64], b: NDArray[np.float64], data_range: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return luminance, and contrast with structure, wherever the small window fits."""
    c1, c2 = (K1 * data_range) ** 2, (K2 * data_range) ** 2
    mean_a, mean_b, squares, product = map(_windowed, (a, b, a**2 + b**2, a * b))
    both, apart = mean_a * mean_b, mean_a**2 + mean_b**2
    return (2 * both + c1) / (apart + c1), (2 * (product - both) + c2) / (squares - apart + c2)


def _windowed(a: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.ndimage import correlate1d

    offsets = np.arange(SMALL_WINDOW) - SMALL_WINDOW // 2
    shares = np.exp(-(offsets**2) / (2 * WIDTH**2))
    for axis in (1, 2):
        a = correlate1d(a, shares / shares.sum(), axis=axis)
    edge = SMALL_WINDOW // 2
    return a[:, edge : a.shape[1] - edge, edge : a.shape[2] - edge]
