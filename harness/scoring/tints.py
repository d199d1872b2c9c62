"""Colouring without a network: a tint by luminance, and that of the most similar patches of luminance."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.colour import chroma_plane, coloured, luminance
from harness.scoring.guards import check_between, check_least, check_numbers
from harness.scoring.threads import one_thread

LEVELS: Final = 32  # of luminance
SIDE: Final = 5  # pixels of a patch
KNOWN: Final = 2_000  # patches of training pictures
NEAREST: Final = 8
SEEN: Final = 5_000  # training pictures that a rule looks at
AT_ONCE: Final = 1_000  # pictures whose patches are held in memory

Floats = NDArray[np.float64]


def tint(train: NDArray[Any], grey: NDArray[Any]) -> NDArray[np.float32]:
    """Return pictures (n, h, w, 3) of a luminance (n, h, w), with the median chroma of training pixels as light.

    Training pictures are RGB (m, h, w, 3) in [0, 1], of which the first 5,000 are looked at; luminance is told apart in
    32 levels, and one that training lacks stays grey. The median is what the mean absolute error asks for. Raises
    ValueError for anything else.
    """
    _check_luminance(grey)
    known, plane = _level(luminance(train[:SEEN])), chroma_plane(train[:SEEN])
    table = np.zeros((LEVELS, 2))
    for one in np.unique(known):
        table[one] = np.median(plane[known == one], axis=0)
    return coloured(grey, table[_level(grey)])


def _level(grey: NDArray[Any]) -> NDArray[np.int64]:
    return np.clip(grey.astype(np.float64) * LEVELS, 0, LEVELS - 1).astype(np.int64)


def by_patches(train: NDArray[Any], grey: NDArray[Any], seed: int) -> NDArray[np.float32]:
    """Return pictures of a luminance (n, h, w), each pixel with the mean chroma of the most similar known patches.

    Known are 2,000 patches of 5 by 5 pixels of the first 5,000 training pictures, drawn with `seed`; the 8 nearest by
    squared distance of luminance count. Raises ValueError as `tint` does.
    """
    from sklearn.neighbors import NearestNeighbors

    _check_luminance(grey)
    check_least("seed", seed, 0)
    one_thread()
    light, plane = luminance(train[:SEEN]), chroma_plane(train[:SEEN])
    drawn = np.random.default_rng(seed).permutation(light.size)[:KNOWN]
    known = np.unravel_index(drawn, light.shape)
    search = NearestNeighbors(n_neighbors=min(NEAREST, len(drawn)), algorithm="brute")
    search.fit(_windows(light)[known].reshape(-1, SIDE * SIDE))
    found = np.zeros((*grey.shape, 2))
    for start in range(0, len(grey), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        nearest = search.kneighbors(_windows(grey[part]).reshape(-1, SIDE * SIDE), return_distance=False)
        found[part] = plane[known][nearest].mean(axis=1).reshape(found[part].shape)
    return coloured(grey, found)


def _windows(grey: NDArray[Any]) -> NDArray[np.float32]:
    """Return a view of the patch around every pixel of luminances (n, h, w), (n, h, w, 5, 5), mirrored at the edges."""
    half = SIDE // 2
    wide = np.pad(grey.astype(np.float32), ((0, 0), (half, half), (half, half)), mode="symmetric")
    return np.lib.stride_tricks.sliding_window_view(wide, (SIDE, SIDE), axis=(1, 2))


def _check_luminance(grey: NDArray[Any]) -> None:
    check_numbers("luminances", grey, 3)
    check_between("luminances", grey, 0, 1 + 1e-5)
