"""Test images with what each loss makes of them, and what a loss gives in likeness for what it costs in error."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.recipes.figures import learning_curves
from harness.task import Figure, Recorded

SHOWN: Final = 6  # images of each kind


def figures(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    found = learning_curves(
        runs, "Loss per epoch on training images, each in its own unit: compare shapes, not heights."
    )
    shown = {name: r.evidence["rebuilt"] for name, r in runs.items() if "rebuilt" in r.evidence}
    clean = next((r.evidence["images"] for r in runs.values() if "images" in r.evidence), None)
    if clean is not None:
        rows = {name: plain(images) for name, images in {"clean": clean, **shown}.items()}
        text = (
            "Test images, clean and noisy, and what filters and the network under each loss make of the noisy ones."
            " Squared errors blur what is unsure; losses of structure keep edges and may miss the light."
        )
        found.append(Figure("images", "Denoised images", text, {"rows": rows}))
    return (*found, *traded(runs))


def plain(images: NDArray[Any]) -> NDArray[Any]:
    """Return the first images, those in grey without their axis of channels."""
    few = images[:SHOWN]
    return few[..., 0] if few.shape[-1] == 1 else few


def traded(runs: Mapping[str, Recorded]) -> list[Figure]:
    """Return each answer as a point of its error and its likeness."""
    both = {n: r.measures for n, r in runs.items() if {"test_mse", "test_ssim"} <= r.measures.keys()}
    if not both:
        return []
    points = np.array([[m["test_mse"], m["test_ssim"]] for m in both.values()], np.float64)
    text = (
        "Test images by mean squared error (across) and structural similarity (up), a point a loss or filter. Better is"
        " up and to the left; no loss need be best in both."
    )
    data = {"points": points, "labels": np.arange(len(both)), "classes": list(both)}
    return [Figure("scatter", "Error and likeness", text, data)]
