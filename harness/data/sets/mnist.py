"""MNIST: 70,000 handwritten digits (LeCun, Cortes and Burges)."""

from harness.data.downloadable import Downloadable

DATASET = Downloadable("mnist", "MNIST", (28, 28), 60_000, 10_000, tuple("0123456789"))
