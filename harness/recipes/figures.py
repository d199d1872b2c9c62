"""Figures that several tasks show: learning curves, codes in the plane, and what a classifier confuses."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.task import Arrays, Figure, Recorded


def learning_curves(runs: Mapping[str, Recorded], text: str, title: str = "Learning curves") -> list[Figure]:
    """Return the curves of every variant that has some, as one figure; none without any."""
    panels = {name: r.curve for name, r in runs.items() if r.curve}
    return [Figure("curves", title, text, {"panels": panels})] if panels else []


def lines(title: str, text: str, panels: Mapping[str, Any], x: str, y: str, truth: str = "") -> Figure:
    """Return panels of series ([x], [y]) as one figure; `x` and `y` are labels, `truth` a series to compare with."""
    data: dict[str, Any] = {"panels": panels, "x": x, "y": y}
    return Figure("lines", title, text, {**data, "truth": truth} if truth else data)


def against_truth(
    truth: NDArray[Any], predicted: NDArray[Any], names: Sequence[str], said: str, title: str = "Predicted against true"
) -> Figure:
    """Return test examples as points of what is true and what `said` predicts, both (n, d); `names` are of the d."""
    n, d = truth.shape
    labels = np.tile(np.arange(d), n)
    points = np.stack([truth.reshape(-1), predicted.reshape(-1)], axis=1).astype(np.float64)
    text = (
        f"Test examples by what is true (across) and what is predicted (up), for {said}. On the diagonal a prediction"
        " is right; a flat cloud says the same of every example."
    )
    classes = list(names) or [f"number {i + 1}" for i in range(d)]
    return Figure("scatter", title, text, {"points": points, "labels": labels, "classes": classes})


def plane(run: Recorded, title: str, text: str, classes: Sequence[str]) -> Figure:
    """Return the codes of a run as points, from its evidence `plane` (n, 2) and `labels` (n,)."""
    data = {"points": run.evidence["plane"], "labels": run.evidence["labels"], "classes": list(classes)}
    return Figure("scatter", title, text, data)


def rebuilt_images(runs: Mapping[str, Recorded], labelled: bool, of: str) -> list[Figure]:
    """Return test images with what each variant makes of them: evidence `images` and `rebuilt`, both (n, h, w, c).

    With `labelled` data there is one of each class. `of` ends the caption: what they are rebuilt from.
    """
    rows = {name: r.evidence["rebuilt"] for name, r in runs.items() if "rebuilt" in r.evidence}
    original = next((r.evidence["images"] for r in runs.values() if "images" in r.evidence), None)
    if original is None:
        return []
    which, one = ("One test image of each class", "it") if labelled else ("Test images", "each of them")
    text = f"{which}, and how each variant rebuilds {one} {of}."
    return [Figure("images", "Rebuilt images", text, {"rows": {"original": original, **rows}})]


def class_names(evidence: Arrays) -> list[str]:
    """Return the names of the classes, which older records lack: then their numbers."""
    if "classes" in evidence:
        return [str(name) for name in evidence["classes"]]
    if "confusion" in evidence:
        return [str(label) for label in range(len(evidence["confusion"]))]
    return [str(label) for label in range(int(evidence["labels"].max()) + 1)]


WORST: Final = "Worst confusions"


def confusions(evidence: Arrays, title: str, text: str, *, worst: str = WORST, **words: str) -> list[Figure]:
    """Return the matrix of evidence `confusion` (k, k), and images of the pairs that are confused most often.

    `title` is that of the matrix, `worst` that of the images. `words` are `rows` and `columns`, what they stand
    for, and what is `said` between two classes that are confused, where it is not a true class taken for the predicted
    one.
    """
    names = class_names(evidence)
    data: Mapping[str, Any] = {"counts": evidence["confusion"], "classes": names, **words}
    images = _worst(evidence, worst, names, words.get("said", "taken for"))
    return [Figure("matrix", title, text, data), *images]


def _worst(evidence: Arrays, title: str, names: Sequence[str], said: str) -> list[Figure]:
    """Return images of the pairs confused most often; none where nothing is confused or older records lack them."""
    counts, pairs = evidence["confusion"], evidence.get("confused_pairs", ())
    rows = {
        f"{names[true]} {said} {names[taken]} ({counts[true, taken]} of {counts[true].sum()})": _shades(images, n)
        for (true, taken), images in zip(pairs, evidence.get("confused_images", ()), strict=True)
        if (n := min(int(counts[true, taken]), len(images)))
    }
    text = "The classes that are confused most often, and images of which that is true, those first that look surest."
    return [Figure("images", title, text, {"rows": rows})] if rows else []


def _shades(images: NDArray[np.uint8], n: int) -> NDArray[np.float32]:
    """Return the first n images with pixels in [0, 1]."""
    return images[:n].astype(np.float32) / np.float32(255)


def sample_images(made: Arrays, grids: Sequence[str], conditional: Sequence[str]) -> list[Figure]:
    """Return one sample a class of each variant, and for those in `grids` all that were kept, a row a class.

    `made` maps a variant to samples (classes, n, h, w, c). Those of the `conditional` ones stand by the class asked
    for, the others by the class that a classifier sees.
    """
    if not made:
        return []
    asked = f"the class asked for of {', '.join(conditional)}, what the classifier sees for the others"
    which = asked if conditional else "what the classifier sees"
    text = f"One sample of each class: {which}. Where it is black there is no sample of that class."
    found = [Figure("images", "Samples", text, {"rows": {name: samples[:, 0] for name, samples in made.items()}})]
    for name in (name for name in grids if name in made):
        rows = {str(label): row for label, row in enumerate(made[name])}
        text = f"Ten samples of each class from {name}. Rows of samples that look alike show too little variety."
        found.append(Figure("images", f"Samples of {name} by class", text, {"rows": rows}))
    return found


def unlabelled_images(made: Arrays) -> list[Figure]:
    """Return samples (1, n, h, w, c) of each variant in a row."""
    if not made:
        return []
    text = "Samples of every variant. Those that look alike show too little variety."
    return [Figure("images", "Samples", text, {"rows": {name: samples[0] for name, samples in made.items()}})]


def ways_between(ways: Arrays) -> list[Figure]:
    """Return images (n, h, w, c) on the way from one point of the code to another, of each variant in a row."""
    if not ways:
        return []
    text = "From one point of the code to another in even steps: images should change little by little."
    return [Figure("images", "Interpolation", text, {"rows": dict(ways)})]
