"""How well images are rebuilt."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_numbers, check_same_example
from harness.scoring.score import Score
from harness.scoring.threads import one_thread

KNOWN_BY_HEART = 10_000  # training images that a nearest one is looked for among


def mse(rebuilt: NDArray[Any], images: NDArray[Any]) -> Score:
    """Return the mean squared error over all pixels in float64, for images in [0, 1]; lower is better.

    Both arrays have the same shape (n, ...). Raises ValueError for empty or unequal shapes, NaN and
    infinity.
    """
    return _over_pixels("mse", lambda differences: differences**2, rebuilt, images)


def mae(rebuilt: NDArray[Any], images: NDArray[Any]) -> Score:
    """Return the mean absolute error over all pixels in float64, for images in [0, 1]; lower is better.

    Both arrays have the same shape (n, ...). Raises ValueError for empty or unequal shapes, NaN and
    infinity.
    """
    return _over_pixels("mae", np.abs, rebuilt, images)


def nearest_images(train: NDArray[Any], test: NDArray[Any]) -> NDArray[Any]:
    """Return for every test image (n, ...) the nearest training image, by squared distance over all pixels.

    Of training images (m, ...) the first 10,000 are looked at. Raises ValueError for images of different shapes, NaN
    and infinity.
    """
    from sklearn.metrics import pairwise_distances_argmin

    check_numbers("training images", train)
    check_numbers("test images", test)
    check_same_example(training_images=train, test_images=test)
    one_thread()
    known = train[:KNOWN_BY_HEART]
    places = pairwise_distances_argmin(test.reshape(len(test), -1), known.reshape(len(known), -1))
    nearest: NDArray[Any] = known[places]
    return nearest


def _over_pixels(
    name: str, error: Callable[[NDArray[np.float64]], NDArray[np.float64]], rebuilt: NDArray[Any], images: NDArray[Any]
) -> Score:
    check_numbers("rebuilt images", rebuilt)
    check_numbers("images", images)
    if rebuilt.shape != images.shape:
        raise ValueError(f"Expected equal shapes, received {rebuilt.shape} and {images.shape}.")
    total = 0.0
    for start in range(0, len(images), 1000):  # blocks keep the float64 copies small
        part = slice(start, start + 1000)
        total += float(np.sum(error(rebuilt[part].astype(np.float64) - images[part])))
    shape = "x".join(map(str, images.shape[1:]))
    return Score(total / rebuilt.size, f"{name}|n:{len(images)}|shape:{shape}|scale:0..1|v:1")
