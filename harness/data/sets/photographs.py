"""1,723 patches of seven photographs, 32 × 32 pixels in colour.

Two are those that scikit-learn ships (`load_sample_images`), five those of scikit-image that show what a camera sees:
an astronaut, a cat, a cup of coffee, a motorcycle and a rocket.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset, Sizes
from harness.data.key import Key
from harness.data.loader import Shipped
from harness.data.parts import Parts, dataset, divide
from harness.data.sets.patches import tiles

SIDE: Final = 32  # pixels
SIZE: Final = 1723
CLASSES: Final = ("china", "flower", "astronaut", "cat", "coffee", "motorcycle", "rocket")
OWN_SIZES: Final = Sizes(train=1_000, val=150, test=250)
ORIGIN: Final = "1,723 patches of 32 by 32 pixels of seven photographs that scikit-learn and scikit-image ship"


def photographs() -> list[NDArray[np.uint8]]:
    """Return seven photographs (h, w, 3), uint8 in 0..255, in the order of `CLASSES`."""
    from skimage import data
    from sklearn.datasets import load_sample_images

    motorcycle, _, _ = data.stereo_motorcycle()  # seen from the left; the right eye sees the same
    others = (data.astronaut(), data.cat(), data.coffee(), motorcycle, data.rocket())
    return [np.asarray(one, np.uint8)[..., :3] for one in (*load_sample_images().images, *others)]


def cut() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return patches (1723, 32, 32, 3), uint8, and of which photograph each is, int64 (1723,), by photograph."""
    parts = [tiles(one, SIDE) for one in photographs()]
    return np.concatenate(parts), np.repeat(np.arange(len(parts), dtype=np.int64), [len(one) for one in parts])


def drawn(sizes: Sizes, key: Key) -> Dataset:
    """Return images x float32 in [0, 1] of shape (n, 32, 32, 3), photographs y int64 of shape (n,).

    Sizes are 1000/150/250 unless asked for otherwise.
    """
    parts = divide(Parts(train=cut()), sizes, OWN_SIZES, key)
    return dataset("photographs", parts, CLASSES, ORIGIN, {"all": SIZE}, key)


DATASET = Shipped(drawn)
