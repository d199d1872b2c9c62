"""Colouring without a network: a tint by luminance, and that of the most similar patches of luminance."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.colour import chroma_plane, coloured, luminance
from harness.scoring.guards import check_between, check_least, check_numbers
from harness.scoring.threads import one_thread

LEVELS: Final = 32  # of luminance
SIDE: Final = 5  # pixels of a patch
KNOWN: Final = 4_000  # patches of training pictures
NEAREST: Final = 8

Floats = NDArray[np.float64]


def tint(train: NDArray[Any], grey: NDArray[Any]) -> NDArray[np.float32]:
    """Return pictures (n, h, w, 3) of a luminance (n, h, w), with the median chroma of training pixels as light.

    Training pictures are RGB (m, h, w, 3) in [0, 1]; luminance is told apart in 32 levels, and one that training lacks
    stays grey. The median is what the mean absolute error asks for. Raises ValueError for anything else.
    """
    check_luminance(grey)
    known, plane = level(luminance(train)), chroma_plane(train)
    table = np.zeros((LEVELS, 2))
    for one in np.unique(known):
        table[one] = np.median(plane[known == one], axis=0)
    return coloured(grey, table[level(grey)])


def level(grey: NDArray[Any]) -> NDArray[np.int64]:
    return np.clip(grey.astype(np.float64) * LEVELS, 0, LEVELS - 1).astype(np.int64)


def by_patches(train: NDArray[Any], grey: NDArray[Any], seed: int) -> NDArray[np.float32]:
    """Return pictures of a luminance (n, h, w), each pixel with the mean chroma of the most similar known patches.

    Known are 4,000 patches of 5 by 5 pixels of the training pictures, drawn with `seed`; the 8 nearest by squared
    distance of luminance count. Raises ValueError as `tint` does.
    """
    from sklearn.neighbors import NearestNeighbors

    check_luminance(grey)
    check_least("seed", seed, 0)
    one_thread()
    every, colours = patches(luminance(train)), chroma_plane(train).reshape(-1, 2)
    known = np.random.default_rng(seed).permutation(len(every))[:KNOWN]
    search = NearestNeighbors(n_neighbors=min(NEAREST, len(known)), algorithm="brute").fit(every[known])
    nearest = search.kneighbors(patches(grey), return_distance=False)
    return coloured(grey, colours[known][nearest].mean(axis=1).reshape(*grey.shape, 2))


def patches(grey: NDArray[Any]) -> NDArray[np.float32]:
    """Return the patch around every pixel of luminances (n, h, w), float32 (n·h·w, 25), mirrored at the edges."""
    half = SIDE // 2
    wide = np.pad(grey.astype(np.float32), ((0, 0), (half, half), (half, half)), mode="symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(wide, (SIDE, SIDE), axis=(1, 2))
    return windows.reshape(-1, SIDE * SIDE)


def check_luminance(grey: NDArray[Any]) -> None:
    check_numbers("luminances", grey, 3)
    check_between("luminances", grey, 0, 1 + 1e-5)
