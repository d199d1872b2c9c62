"""The frozen classifier of digits behind the Inception Score."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILE = "digits_cnn.npz"  # written by tools/train_digit_classifier.py


@dataclass(frozen=True)
class Classifier:
    """Weights by name, float32, and what a signature calls them."""

    weights: Mapping[str, NDArray[Any]]
    name: str


@cache
def digits_classifier() -> Classifier:
    """Return the classifier that ships with the package: a CNN for images (28, 28, 1) in [0, 1].

    It learnt on the 60,000 training images of MNIST, of which the 5,000 of the set `digits` may be a part.
    """
    data = files(__package__).joinpath(FILE).read_bytes()
    with np.load(io.BytesIO(data)) as stored:
        weights = {name: stored[name].astype(np.float32) for name in stored.files}
    return Classifier(weights, f"digits-cnn@sha256:{hashlib.sha256(data).hexdigest()[:12]}")
