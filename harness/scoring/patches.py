"""A classifier of small pictures that the harness fits itself: one layer of random patches, and logistic regression.

Source: Coates, Lee and Ng, An Analysis of Single-Layer Networks in Unsupervised Feature Learning (2011); with patches
drawn from images in place of learnt ones, which they found nearly as good.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_classes, check_integers, check_least, check_numbers, check_rows
from harness.scoring.once import once
from harness.scoring.threads import one_thread

SIDE: Final = 6  # pixels
FILTERS: Final = 128
SAMPLED: Final = 20_000  # patches that whitening is worked out from
CONTRAST: Final = 0.01  # added to the variance of a patch with pixels in [0, 1]
WHITENING: Final = 0.1  # added to the variance along each axis of normalised patches
THRESHOLD: Final = 1.0  # below which a filter is silent
POOLED: Final = 2  # parts of height and of width over which answers are averaged
MOST: Final = 10_000  # training images
BLOCK: Final = 200  # images at a time


@dataclass(frozen=True)
class PatchClassifier:
    """Filters (patch, FILTERS) with what they subtract, how features are scaled, and a linear answer of them."""

    filters: NDArray[np.float32]
    offset: NDArray[np.float32]
    centre: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    @property
    def name(self) -> str:
        """Return what a signature calls it: a hash says on which images it was fitted."""
        arrays = (self.filters, self.offset, self.centre, self.scale, self.weights, self.bias)
        digest = hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()
        return f"patches-{FILTERS}@sha256:{digest[:12]}"


def patch_classifier(train: NDArray[Any], labels: NDArray[Any]) -> PatchClassifier:
    """Return the classifier fitted to the first MOST images (n, h, w, c) in [0, 1] with integer labels (n,).

    Patches are drawn with a fixed seed, so the same images give the same classifier. Settings are fixed: L2 with
    C = 0.01 on standardised features (scikit-learn's `LogisticRegression`, lbfgs, 300 iterations). Raises ValueError
    for other shapes, images smaller than a patch, one class alone, NaN and infinity.
    """
    check_numbers("training images", train, 4)
    check_integers("training labels", labels)
    check_rows(images=train, labels=labels)
    check_classes("training labels", labels)
    check_least("height and width", min(train.shape[1:3]), SIDE + POOLED)
    return learnt(train[:MOST], labels[:MOST])


@once
def learnt(images: NDArray[Any], labels: NDArray[Any]) -> PatchClassifier:
    one_thread()
    filters, offset = whitened_filters(images)
    found = features(images, filters, offset)
    centre, scale = found.mean(axis=0), np.maximum(found.std(axis=0), 1e-6)
    weights, bias = fitted((found - centre) / scale, labels)
    return PatchClassifier(filters, offset, centre, scale, weights, bias)


def classify_patches(model: PatchClassifier, images: NDArray[Any]) -> NDArray[np.float64]:
    """Return logits (n, classes) for images (n, h, w, c) in [0, 1]; raises ValueError for other shapes and NaN."""
    check_numbers("images", images, 4)
    one_thread()
    found = (features(images, model.filters, model.offset) - model.centre) / model.scale
    return np.asarray(found @ model.weights + model.bias)


def fitted(rows: NDArray[np.float64], labels: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weights (features, classes) and bias (classes,), of two classes those of both."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=0.01, max_iter=300).fit(rows, labels)
    weights, bias = model.coef_.T, model.intercept_
    if weights.shape[1] == 1:  # one column for the second class, against none for the first
        weights, bias = np.hstack([0 * weights, weights]), np.array([0.0, bias[0]])
    return weights, bias


def whitened_filters(images: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return filters (patch, FILTERS) that whiten a normalised patch and compare it with random ones of unit length.

    With them comes what to subtract from each, (FILTERS,), as patches are not centred before.
    """
    rng = np.random.default_rng(0)
    h, w = images.shape[1:3]
    which = rng.integers(len(images), size=SAMPLED)
    top, left = rng.integers(h - SIDE + 1, size=SAMPLED), rng.integers(w - SIDE + 1, size=SAMPLED)
    patches = np.stack([images[i, t : t + SIDE, s : s + SIDE] for i, t, s in zip(which, top, left, strict=True)])
    rows = normalised(patches.reshape(SAMPLED, -1).astype(np.float32))
    mean = rows.mean(axis=0)
    values, axes = np.linalg.eigh(np.cov((rows - mean).astype(np.float64), rowvar=False))
    whitening = (axes / np.sqrt(np.maximum(values, 0) + WHITENING)) @ axes.T
    chosen = (rows[:FILTERS] - mean) @ whitening
    chosen /= np.maximum(np.linalg.norm(chosen, axis=1, keepdims=True), 1e-6)
    filters = (whitening @ chosen.T).astype(np.float32)
    return filters, (mean @ filters).astype(np.float32)


def normalised(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return patches (n, numbers) of mean 0 and about variance 1; flat ones stay near 0."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(centred / np.sqrt(rows.var(axis=1, keepdims=True) + CONTRAST), np.float32)


def features(images: NDArray[Any], filters: NDArray[np.float32], offset: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return what filters answer above a threshold, averaged over POOLED x POOLED parts: (n, FILTERS · POOLED²)."""
    return np.concatenate([*blocks(images, filters, offset)])


def blocks(
    images: NDArray[Any], filters: NDArray[np.float32], offset: NDArray[np.float32]
) -> Iterator[NDArray[np.float64]]:
    for start in range(0, len(images), BLOCK):
        block = images[start : start + BLOCK].astype(np.float32)
        views = np.lib.stride_tricks.sliding_window_view(block, (SIDE, SIDE), axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
        n, height, width = views.shape[:3]
        answers = normalised(views.reshape(n * height * width, -1)) @ filters - offset
        grid = np.maximum(answers - THRESHOLD, 0).reshape(n, height, width, -1)
        parts = (part for half in np.array_split(grid, POOLED, axis=1) for part in np.array_split(half, POOLED, axis=2))
        yield np.concatenate([part.mean(axis=(1, 2), dtype=np.float64) for part in parts], axis=1)
