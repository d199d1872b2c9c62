"""Generated and rebuilt digits, and codes in the plane: what is kept of them, and how it is shown."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.recipes.figures import confusions, learning_curves, plane
from harness.tasks.base import Figure, Recorded

CLASSES: Final = 10
PER_CLASS: Final = 10  # samples of a class in a picture
PLOTTED: Final = 600  # codes in the plane
GRIDS: Final = ("cgan_10", "vae_20_deep")
PLANES: Final = ("vae_2", "vae_2_deep")


def rebuilt(outputs: Mapping[str, NDArray[Any]], truth: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return one test digit of each class with what became of it, and where codes of test digits lie."""
    shown = [int(np.argmax(truth["y_test"] == label)) for label in range(CLASSES)]
    return {
        "images": truth["x_test"][shown],
        "rebuilt": outputs["rebuilt_test"][shown],
        "plane": outputs["code_test"][:PLOTTED, :2].astype(np.float32),
        "labels": truth["y_test"][:PLOTTED],
    }


def by_class(images: NDArray[Any], labels: NDArray[Any]) -> NDArray[np.float16]:
    """Return the first ten images of each class, (10, 10, 28, 28, 1); black where there are no more."""
    grid = np.zeros((CLASSES, PER_CLASS, *images.shape[1:]), np.float16)
    for label in range(CLASSES):
        found = images[labels == label][:PER_CLASS]
        grid[label, : len(found)] = np.clip(found, 0, 1)
    return grid


def figures(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    found: list[Figure] = []
    for kind, start in (("VAEs", "vae"), ("GANs", ("gan", "cgan"))):  # their losses have other parts
        trained = {name: r for name, r in runs.items() if name.startswith(start)}
        text = "Loss and its parts per epoch of training, for every variant."
        found += learning_curves(trained, text, f"Learning curves of the {kind}")
    found += of_samples({name: r.evidence["samples"] for name, r in runs.items() if "samples" in r.evidence})
    asked = next((r.evidence for r in runs.values() if "confusion" in r.evidence), None)
    if asked:
        text = "Samples by the class asked for (rows) and the class that the frozen classifier sees (columns)."
        words = {"rows": "class asked for", "columns": "class seen", "said": "asked for, seen as"}
        found += confusions(asked, "Asked for and seen", text, **words)
    if redrawn := {name: r.evidence["rebuilt"] for name, r in runs.items() if "rebuilt" in r.evidence}:
        original = next(r.evidence["images"] for r in runs.values() if "images" in r.evidence)
        text = "One test digit of each class, and how each variant rebuilds it from the mean of its code."
        found.append(Figure("images", "Rebuilt digits", text, {"rows": {"original": original, **redrawn}}))
    name = next((name for name in PLANES if name in runs and "plane" in runs[name].evidence), "")
    if name:
        text = f"Means of the codes of test digits under {name}, by class: what lies side by side is drawn alike."
        found.append(plane(runs[name], f"Latent plane of {name}", text, [str(label) for label in range(CLASSES)]))
    return tuple(found)


def of_samples(samples: Mapping[str, NDArray[Any]]) -> list[Figure]:
    """Return one sample of each class by variant, and a grid of ten each for one network of either kind."""
    if not samples:
        return []
    text = (
        "One sample of each class: the class asked for of cgan_10, what the classifier sees for the others. Where it is"
        " black there is no sample of that class."
    )
    found = [Figure("images", "Samples", text, {"rows": {name: s[:, 0] for name, s in samples.items()}})]
    for name in (name for name in GRIDS if name in samples):
        rows = {str(label): row for label, row in enumerate(samples[name])}
        text = f"Ten samples of each class from {name}. Rows of samples that look alike show too little variety."
        found.append(Figure("images", f"Samples of {name} by class", text, {"rows": rows}))
    return found
