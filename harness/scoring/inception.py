"""Inception Score (Salimans et al., 2016) under a frozen classifier of digits, whose forward pass is plain NumPy."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_between, check_numbers
from harness.scoring.sampling import log_softmax
from harness.scoring.score import Score
from harness.scoring.threads import one_thread

Weights = Mapping[str, NDArray[Any]]
CHUNK = 250  # images at a time: their patches fit into a processor's cache


def inception_score(logits: NDArray[Any], classifier: str) -> Score:
    """Return exp(mean KL(p(y|x) || p(y))) of logits (n, classes), one split; higher is better, from 1 to `classes`.

    `classifier` names in the signature what made the logits of images in [0, 1]. Raises ValueError for no image,
    one class, NaN and infinity.
    """
    check_numbers("logits", logits, 2)
    if logits.shape[1] < 2:
        raise ValueError(f"Expected logits of shape (n, classes) for two or more, received {logits.shape}.")
    log_p = log_softmax(logits)
    p = np.exp(log_p)
    marginal = p.mean(axis=0)
    log_marginal = np.log(np.where(marginal > 0, marginal, 1))  # a class that nobody has a share of adds nothing
    divergence = np.sum(p * (log_p - log_marginal), axis=1)
    signature = f"IS|clf:{classifier}|n:{len(logits)}|splits:1|scale:0..1|v:1"
    return Score(float(np.exp(divergence.mean())), signature)


def classify(weights: Weights, images: NDArray[Any]) -> NDArray[np.float32]:
    """Return logits (n, classes) for images (n, 28, 28, 1) in [0, 1].

    Three convolutions of 3x3 without padding, each with ReLU, the first two with a maximum over 2x2 behind; then a
    dense layer. Raises ValueError for values outside [0, 1] or NaN, other shapes, and no image: the classifier has
    seen no others.
    """
    check_numbers("images", images, 4)
    check_between("images", images, -1e-3, 1 + 1e-3)
    one_thread()
    parts = [forward(weights, images[i : i + CHUNK].astype(np.float32)) for i in range(0, len(images), CHUNK)]
    return np.concatenate(parts)


def forward(weights: Weights, x: NDArray[np.float32]) -> NDArray[np.float32]:
    for layer in ("conv1", "conv2", "conv3"):
        x = convolve(x, weights[f"{layer}_kernel"])
        x = pool(x) if layer != "conv3" else x
        x = np.maximum(x + weights[f"{layer}_bias"], 0)  # as both rise with x, after the maximum: on fewer numbers
    return np.asarray(x.reshape(len(x), -1) @ weights["dense_kernel"] + weights["dense_bias"])


def convolve(x: NDArray[np.float32], kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the cross-correlation of x (n, h, w, c) with a kernel (k, k, c, d), without padding, as one product."""
    size, _, channels, _ = kernel.shape
    height, width = x.shape[1] - size + 1, x.shape[2] - size + 1
    shifts = [(i, j) for i in range(size) for j in range(size)]
    patches = np.concatenate([x[:, i : i + height, j : j + width] for i, j in shifts], axis=-1)
    flat = patches.reshape(-1, size * size * channels) @ kernel.reshape(-1, kernel.shape[-1])
    return np.asarray(flat.reshape(len(x), height, width, -1))


def pool(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the maximum over 2x2, without an odd last row or column."""
    height, width = (n // 2 * 2 for n in x.shape[1:3])
    x = x[:, :height, :width]
    rows = np.maximum(x[:, ::2], x[:, 1::2])
    return np.maximum(rows[:, :, ::2], rows[:, :, 1::2])
