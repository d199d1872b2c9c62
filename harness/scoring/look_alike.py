"""The training image that a sample is most like, wherever in the picture it stands, and mirrored or not.

For pictures that fill their frame, such as faces; `alike` is for strokes on black.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.alike import BLUR, STEP, Found, nearest_rows
from harness.scoring.filter_bank import smaller
from harness.scoring.guards import check_numbers, check_same_example
from harness.scoring.once import once
from harness.scoring.threads import one_thread

MOVED: Final = 2  # pixels of the picture as it is compared, each way


def nearest_shifted(images: NDArray[Any], train: NDArray[Any]) -> Found:
    """Return the least distance (n,) of each image to a training image, and the place (n,) of that one.

    Images are (n, h, w, c) in [0, 1]; the least is over both sides of a mirror and shifts of up to two of 24 pixels, in
    the middle of a picture, whatever its lightness. Distances are Euclidean, the products float32. Raises ValueError
    for images of different shapes, none at all, NaN and infinity.
    """
    check_numbers("images", images, 4)
    check_numbers("training images", train, 4)
    check_same_example(images=images, training_images=train)
    one_thread()
    bank = _bank(train)
    lengths, best, place = np.sum(bank**2, axis=1), np.full(len(images), np.inf), np.zeros(len(images), np.intp)
    around = range(-MOVED, MOVED + 1)
    shades = _blurred(images)
    for picture in (shades, shades[:, :, ::-1]):
        for down, right in ((y, x) for y in around for x in around):
            apart, where = nearest_rows(_middle(picture, down, right), bank, lengths)
            place, best = np.where(apart < best, where, place), np.minimum(best, apart)
    return np.sqrt(np.maximum(best, 0)).astype(np.float64), place


@once
def _bank(train: NDArray[Any]) -> NDArray[np.float32]:
    return _middle(_blurred(train), 0, 0)


def _blurred(images: NDArray[Any]) -> NDArray[np.float32]:
    from scipy.ndimage import gaussian_filter

    shades = smaller(images.mean(axis=3, dtype=np.float64))
    return np.asarray(gaussian_filter(shades, (0, BLUR, BLUR)), np.float32)


def _middle(shades: NDArray[np.float32], down: int, right: int) -> NDArray[np.float32]:
    """Return the middle of shades (n, h, w) moved by so many pixels, as rows whose mean is 0."""
    height, width = shades.shape[1:]
    edge = min(MOVED, (height - 1) // 2, (width - 1) // 2)
    y, x = (max(-edge, min(edge, by)) for by in (down, right))
    cut = shades[:, edge + y : height - edge + y : STEP, edge + x : width - edge + x : STEP].reshape(len(shades), -1)
    return np.ascontiguousarray(cut - cut.mean(axis=1, keepdims=True))
