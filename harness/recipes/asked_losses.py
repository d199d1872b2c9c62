"""The pairs of images that losses are asked about, and what their answers say."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.losses import exact_losses, falling_share, loss_error, loss_finite, loss_order, range_signs
from harness.scoring.score import Score
from harness.task import Arrays, Scored

IMAGES: Final = 8  # with the most contrast of the first LOOKED_AT: structure is never unlike by chance there
LOOKED_AT: Final = 64
LEVELS: Final = (0.0, 0.05, 0.1, 0.15)  # noise that each of them is asked with
CHANGED: Final = (0.6, 0.1)  # and once with less contrast and more light
Asked = tuple[NDArray[np.float32], NDArray[np.float32]]


def asked_pairs(clean: NDArray[np.float32], rng: np.random.Generator) -> Asked:
    """Return pairs of images (n, h, w, c): IMAGES times every level and the change, then extreme ones."""
    contrast = clean[:LOOKED_AT].reshape(len(clean[:LOOKED_AT]), -1).std(axis=1)
    images = clean[np.sort(np.argsort(-contrast, kind="stable")[:IMAGES])]
    said = [
        [*(np.clip(one + rng.normal(0, level, one.shape), 0, 1) for level in LEVELS), changed(one)] for one in images
    ]
    first = images[0]
    black, grey, white = (np.full_like(first, shade) for shade in (0.0, 0.5, 1.0))
    extreme = [(black, black), (grey, grey), (white, black), (black, white), (first, 1 - first), (first, grey)]
    extreme += [(first, rng.random(first.shape)), (first, images[-1])]
    true = np.concatenate([np.repeat(images, len(LEVELS) + 1, axis=0), np.stack([a for a, _ in extreme])])
    pairs = true, np.concatenate([np.stack([b for row in said for b in row]), np.stack([b for _, b in extreme])])
    return pairs[0].astype(np.float32), pairs[1].astype(np.float32)


def changed(image: NDArray[np.float32]) -> NDArray[np.float32]:
    contrast, light = CHANGED
    return contrast * image + light


def of_loss(name: str, settings: Mapping[str, float], outputs: Arrays, arrays: Arrays) -> Scored:
    """Return measures and signs of a loss that was asked; none where it was not. NaN is the worst value.

    A gradient of 0 for an image that is noisy or changed counts as none.
    """
    if "values" not in outputs:
        return Scored({})
    values, gradients = outputs["values"], outputs["gradients"]
    numbers = np.isfinite(values)
    finite = numbers & np.isfinite(gradients).all(axis=(1, 2, 3))
    grid = np.arange(IMAGES * (len(LEVELS) + 1)).reshape(IMAGES, -1)
    rows = grid[:, 1:].reshape(-1)
    finite[rows] &= gradients[rows].any(axis=(1, 2, 3))  # of 0 for an image that is spoilt nothing is learnt
    measures = {"loss_finite": loss_finite(finite)}
    if not numbers[grid].all():
        worst = Score(float("nan"), "not finite for images of the usual kind")
        return Scored({**measures, "loss_error": worst, "loss_order": worst})
    true, said = arrays["asked_true"][rows], arrays["asked_said"][rows]
    exact = exact_losses(name, said, true, **settings)
    measures["loss_error"] = loss_error(values[rows], exact)
    worse = values[grid[:, : len(LEVELS)]]
    measures["loss_order"] = loss_order(worse)
    return Scored(measures, signs={**falling_share(worse), **range_signs(name, values[rows], said, true)})
