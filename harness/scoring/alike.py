"""The training image that a sample is most like, wherever in the picture, how large and how far turned it stands.

A training image that was moved by a pixel lies as far from itself, pixel by pixel, as another digit does. So images are
brought to one place and size by their moments, and a sample is compared as it stands and turned.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_numbers, check_same_example
from harness.scoring.once import once
from harness.scoring.threads import one_thread

BLOCK: Final = 2_000  # training images at a time
BRIGHT: Final = 0.25  # what is darker says nothing of where a stroke is: moments would follow noise
BLUR: Final = 0.7  # pixels, so that two ways of drawing between pixels come out alike
STEP: Final = 2  # every other pixel is kept
TURNS: Final = tuple(range(-20, 21, 5))  # degrees
SIZES: Final = (0.5, 1.5)  # by how much an image may be drawn smaller or larger
RADIUS: Final = 3.5  # sides of a picture over the radius of what is drawn in it

Places = NDArray[np.intp]
Found = tuple[NDArray[np.float64], Places]


def nearest_moved(images: NDArray[Any], train: NDArray[Any]) -> Found:
    """Return the least distance (n,) of each image to a training image, and the place (n,) of that one.

    Images are (n, h, w, c), bright on black, in [0, 1]; the least is over their place, their size and turns of up to 20
    degrees. Distances are Euclidean, the products float32. Raises ValueError for images of different shapes, none at
    all, NaN and infinity.
    """
    check_numbers("images", images, 4)
    check_numbers("training images", train, 4)
    check_same_example(images=images, training_images=train)
    one_thread()
    turned = [features(images, degrees) for degrees in TURNS]
    best, place = np.full(len(images), np.inf), np.zeros(len(images), np.intp)
    for start, (bank, lengths) in zip(range(0, len(train), BLOCK), banks(train), strict=True):
        for asked in turned:
            apart, where = nearest_rows(asked, bank, lengths)
            place = np.where(apart < best, start + where, place)
            best = np.minimum(best, apart)
    return np.sqrt(np.maximum(best, 0)).astype(np.float64), place


def nearest_rows(asked: NDArray[Any], bank: NDArray[Any], lengths: NDArray[Any]) -> tuple[NDArray[Any], Places]:
    """Return of each row asked (n, d) the least squared distance (n,) to one of a bank (m, d), and the place of that.

    `lengths` (m,) are those of the bank, squared.
    """
    squares = lengths - 2 * asked @ bank.T
    where = squares.argmin(axis=1)
    return squares[np.arange(len(asked)), where] + np.sum(asked**2, axis=1), where


@once
def banks(train: NDArray[Any]) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Return the features of training images, BLOCK at a time, and their squared lengths (BLOCK,)."""
    found = [features(train[start : start + BLOCK]) for start in range(0, len(train), BLOCK)]
    return [(bank, np.sum(bank**2, axis=1)) for bank in found]


def features(images: NDArray[Any], degrees: float = 0.0) -> NDArray[np.float32]:
    """Return images (n, h, w, c) at one place and size, turned, blurred and thinned out, as rows (n, numbers).

    Raises ValueError for other shapes, NaN and infinity.
    """
    from scipy.ndimage import gaussian_filter

    check_numbers("images", images, 4)
    drawn = redrawn(images.astype(np.float32), *moments(images.mean(axis=3)), np.deg2rad(degrees))
    blurred = gaussian_filter(drawn, (0, BLUR, BLUR, 0))[:, ::STEP, ::STEP]
    return np.ascontiguousarray(blurred.reshape(len(images), -1))


def moments(shades: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the centre (n, 2) of what is bright in shades (n, h, w), and its size beside the usual one (n,).

    A picture with nothing bright in it has its own middle and the usual size. Raises ValueError for other shapes, NaN
    and infinity.
    """
    check_numbers("shades", shades, 3)
    n, *sides = shades.shape
    bright = np.where(shades > BRIGHT, shades, 0).astype(np.float64)
    mass = bright.sum(axis=(1, 2))
    empty = mass == 0
    centre, spread = np.empty((n, 2)), np.zeros(n)
    for axis, side in enumerate(sides):
        along, at = bright.sum(axis=2 - axis), np.arange(side)
        mean = np.where(empty, (side - 1) / 2, along @ at / np.where(empty, 1, mass))
        centre[:, axis] = mean
        spread += np.where(empty, 0, along @ at**2 / np.where(empty, 1, mass) - mean**2)
    usual = sum(sides) / 2 / RADIUS
    return centre, np.clip(np.where(empty, 1, np.sqrt(np.maximum(spread, 0)) / usual), *SIZES)


def redrawn(
    images: NDArray[np.float32], centre: NDArray[np.float64], size: NDArray[np.float64], angle: float
) -> NDArray[np.float32]:
    """Return images (n, h, w, c) with their `centre` in the middle, of the usual size, turned by an angle in radians.

    Between pixels values are bilinear; outside a picture it is black.
    """
    n, h, w, _ = images.shape
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    down, right = np.meshgrid(np.arange(h) - (h - 1) / 2, np.arange(w) - (w - 1) / 2, indexing="ij")
    scale = size[:, None, None]
    y = centre[:, 0, None, None] + scale * (np.cos(angle) * down - np.sin(angle) * right)
    x = centre[:, 1, None, None] + scale * (np.sin(angle) * down + np.cos(angle) * right)
    (row, below), (column, beside) = parted(y, h), parted(x, w)
    at = np.arange(n)[:, None, None]
    upper = framed[at, row, column] * (1 - beside) + framed[at, row, column + 1] * beside
    lower = framed[at, row + 1, column] * (1 - beside) + framed[at, row + 1, column + 1] * beside
    return np.asarray(upper * (1 - below) + lower * below, np.float32)


def parted(at: NDArray[np.float64], side: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return the pixels, of a frame wider by one each side, in which places lie, and how far into it, (n, h, w, 1)."""
    framed = np.clip(at + 1, 0, side + 0.999)
    whole = framed.astype(np.intp)
    return whole, (framed - whole).astype(np.float32)[..., None]
