"""1,797 digits of 43 people, 8 × 8 pixels in 17 shades of grey: real images that scikit-learn ships.

They are the test part of the Optical Recognition of Handwritten Digits (Alpaydin and Kaynak, 1998; UCI Machine
Learning Repository, CC BY 4.0): other people, another scanner and far fewer pixels than those of MNIST.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset, Sizes
from harness.data.key import Key
from harness.data.loader import Shipped
from harness.data.parts import Parts, dataset, divide

SIZE: Final = 1797
SHADES: Final = 16  # the largest number of a pixel
OWN_SIZES: Final = Sizes(train=800, val=200, test=700)
ORIGIN: Final = "1,797 handwritten digits of 8 by 8 pixels, as scikit-learn ships them"


def optdigits() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return images, float32 in [0, 1] of shape (1797, 8, 8, 1), and labels, int64 in 0..9 of shape (1797,)."""
    from sklearn.datasets import load_digits

    stored = load_digits()
    return (stored.images[..., np.newaxis] / SHADES).astype(np.float32), stored.target.astype(np.int64)


def drawn(sizes: Sizes, key: Key) -> Dataset:
    """Return images x float32 in [0, 1] of shape (n, 8, 8, 1), labels y int64 of shape (n,).

    Sizes are 800/200/700 unless asked for otherwise.
    """
    parts = divide(Parts(train=optdigits()), sizes, OWN_SIZES, key)
    return dataset("optdigits", parts, tuple("0123456789"), ORIGIN, {"all": SIZE}, key)


DATASET = Shipped(drawn)
