"""Losses of images that are asked alone: are their values right, do they order images, are their gradients numbers?"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_between, check_flags, check_least, check_numbers, check_same_shape
from harness.scoring.score import Score
from harness.scoring.signs import Signs
from harness.scoring.similarity import ms_ssim_values, psnr_values, ssim_values

TINY: Final = 1e-12  # what is nearer 0 gives no share
COMPARED: Final = 50  # images whose structure is compared for a sign
BYTES: Final = 255.0  # the range of pixels that are not scaled


def correntropy_values(images: NDArray[Any], truth: NDArray[Any], sigma: float) -> NDArray[np.float64]:
    """Return 1 - mean(exp(-e² / (2 sigma²))) of each image (n, ...), from 0 to 1: 0 where both are the same.

    For small e it tends to MSE / (2 sigma²). Source: Liu, Pokharel and Principe, Correntropy (2007). Raises ValueError
    for unequal shapes, NaN and infinity, and for a sigma of 0 or less.
    """
    check_numbers("images", images)
    check_numbers("true images", truth)
    check_same_shape(images=images, true_images=truth)
    check_least("sigma", sigma, TINY)
    errors = (images.astype(np.float64) - truth).reshape(len(images), -1)
    return np.asarray(-np.expm1(-((errors / sigma) ** 2) / 2).mean(axis=1))


def exact_losses(name: str, images: NDArray[Any], truth: NDArray[Any], sigma: float = 1.0) -> list[NDArray[np.float64]]:
    """Return the values (n,) that a loss ought to have for images (n, h, w, c), in every form that counts as right.

    `name` is ssim_loss, ms_ssim_loss, psnr_loss (minus the PSNR, or 1 over it) or correntropy_loss. Raises ValueError
    for another name, and as the measures behind them do.
    """
    if name == "ssim_loss":
        return [1 - ssim_values(images, truth)]
    if name == "ms_ssim_loss":
        return [1 - ms_ssim_values(images, truth)]
    if name == "psnr_loss":
        ratio = psnr_values(images, truth)
        check_least("PSNR", float(ratio.min()), TINY)
        return [-ratio, 1 / ratio]
    if name == "correntropy_loss":
        return [correntropy_values(images, truth, sigma)]
    raise ValueError(f"Expected the name of a loss that is known here, received {name!r}.")


def loss_error(values: NDArray[Any], forms: Sequence[NDArray[np.float64]]) -> Score:
    """Return how far values (n,) are from the exact ones on average, as a share of their mean size.

    Of several `forms` the nearest counts. 0 is right, 1 what a loss that is always 0 reaches. Raises ValueError for
    other shapes, NaN and infinity, and for exact values that are all 0.
    """
    check_numbers("values", values, 1)
    errors = []
    for exact in forms:
        check_numbers("exact values", exact, 1)
        check_same_shape(values=values, exact_values=exact)
        size = float(np.abs(exact).mean())
        check_least("mean size of exact values", size, TINY)
        errors.append(float(np.abs(values.astype(np.float64) - exact).mean()) / size)
    return Score(min(errors), f"loss-error|relative|forms:{len(forms)}|n:{len(values)}|v:1")


def loss_order(values: NDArray[Any]) -> Score:
    """Return the share of neighbours in a row that rise, of values (n, k) for images from the true one to worse ones.

    0.5 is guessing, 0 what a similarity reaches that is not turned into a loss. Raises ValueError for other shapes,
    fewer than two columns, NaN and infinity.
    """
    check_numbers("values", values, 2)
    check_least("columns", values.shape[1], 2)
    rising = np.diff(values.astype(np.float64), axis=1) > 0
    return Score(float(rising.mean()), f"loss-order|n:{len(values)}|levels:{values.shape[1]}|v:1")


def falling_share(values: NDArray[Any]) -> Signs:
    """Return `loss_falls`, the share of neighbours in a row of values (n, k) that fall, as those of a similarity do.

    Raises ValueError as `loss_order` does.
    """
    check_numbers("values", values, 2)
    check_least("columns", values.shape[1], 2)
    return {"loss_falls": float((np.diff(values.astype(np.float64), axis=1) < 0).mean())}


def loss_finite(finite: NDArray[np.bool_]) -> Score:
    """Return the share of pairs (n,) for which value and gradient of a loss are numbers; 1 is right.

    Raises ValueError for anything but booleans, at least one.
    """
    check_flags("pairs", finite)
    check_least("pairs", len(finite), 1)
    return Score(float(finite.mean()), f"loss-finite|value+gradient|n:{len(finite)}|v:1")


def range_signs(name: str, values: NDArray[Any], images: NDArray[Any], truth: NDArray[Any]) -> Signs:
    """Return `other_range`, how far values (n,) are from those of the same loss for pixels from 0 to 255.

    It is a share of their mean size; nothing for a loss without a range. Raises ValueError for other shapes, NaN and
    infinity.
    """
    check_numbers("values", values, 1)
    measures = {"ssim_loss": ssim_values, "ms_ssim_loss": ms_ssim_values}
    check_numbers("images", images, 4)
    check_numbers("true images", truth, 4)
    check_between("images", images, 0.0, 1.0)
    if name not in measures:
        return {}
    return {"other_range": loss_error(values, [1 - measures[name](images, truth, BYTES)]).value}


def restored_signs(restored: NDArray[Any], spoilt: NDArray[Any], blurred: NDArray[Any], truth: NDArray[Any]) -> Signs:
    """Return what is left of the noise in images that a network restored, and how they stand beside a blur.

    noise_left        <restored - true, spoilt - true> / |spoilt - true|²: 1 for an image that is handed back
    over_blur         squared error over that of `blurred`: below 1 for what does more than a filter
    likeness_gained   structural similarity of the first images, more than that of `blurred`

    All are (n, h, w, c). Raises ValueError for unequal shapes, NaN and infinity.
    """
    arrays = {"restored": restored, "spoilt": spoilt, "blurred": blurred, "true": truth}
    for name, array in arrays.items():
        check_numbers(f"{name} images", array, 4, empty=True)
    check_same_shape(restored_images=restored, spoilt_images=spoilt, blurred_images=blurred, true_images=truth)
    left, noise, beside = (a.astype(np.float64) - truth for a in (restored, spoilt, blurred))
    size, error = (float((a**2).sum()) for a in (noise, beside))
    if not size or not error:
        return {}
    likeness = [ssim_values(a[:COMPARED], truth[:COMPARED]).mean() for a in (restored, blurred)]
    return {
        "noise_left": float((left * noise).sum()) / size,
        "over_blur": float((left**2).sum()) / error,
        "likeness_gained": float(likeness[0] - likeness[1]),
    }
