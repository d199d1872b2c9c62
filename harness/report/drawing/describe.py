"""What is to be seen in a picture, in words made from its data: the text alternative for those who do not see it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.report.drawing.confusions import axes_of, worst_pairs
from harness.report.drawing.curves import best_epoch, column_name, drawable, overfitting_epoch
from harness.report.drawing.numbers import place_name
from harness.report.drawing.plots import MAX_IMAGES, class_name, counted, placed, short
from harness.report.words.text import count, number

FEW: Final = 6  # points of a series that are all told
LONGEST: Final = 2400

Curves = Mapping[str, Sequence[float | None]]


def description(kind: str, data: Mapping[str, Any]) -> str:
    """Return a few sentences with the key numbers of a figure as `harness.task.Figure` describes it."""
    said = _KINDS[kind](data)
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def _curves(data: Mapping[str, Any]) -> str:
    told = [f"{short(variant, 28)}: {_course(curves)}." for variant, curves in data["panels"].items()]
    return f"{count(len(told), 'variant')} by epoch. {' '.join(told)}"


def _course(curves: Curves) -> str:
    """Say how each column that judges the model ends and where it was best: of validation, or of training if none."""
    judged = [name for name in curves if name.startswith("val_")] or list(curves)
    told = [words for name in judged if (words := _ends(name, curves[name]))]
    begins = overfitting_epoch(curves)
    if begins is not None:
        told.append(f"overfitting from epoch {begins}")
    return "; ".join(told) or "no values recorded"


def _ends(name: str, values: Sequence[float | None]) -> str:
    numbers = drawable(values)
    if np.isnan(numbers).all():
        return ""
    words, quantity = column_name(name), name.removeprefix("val_")
    what = f"{words} {quantity}" if words in ("training", "validation") else words
    last = int(np.flatnonzero(~np.isnan(numbers))[-1])
    highest = quantity == "accuracy"
    best = int(np.nanargmax(numbers)) if highest else best_epoch(values)
    known = f"{what} {number(numbers[last])} in epoch {last + 1}"
    if best is None or best == last:
        return f"{known}, its {'highest' if highest else 'lowest'}"
    return f"{known}, {'highest' if highest else 'lowest'} {number(numbers[best])} in epoch {best + 1}"


def _matrix(data: Mapping[str, Any]) -> str:
    counts, classes = counted(data)
    (row, column), said = axes_of(data), short(data.get("said", "taken for"), 40)
    right, every = int(np.trace(counts)), int(counts.sum())
    told = [
        f"{count(len(classes), 'class', 'classes')}, {short(row, 40)} by row and {short(column, 40)} by column:"
        f" {right:,} of {every:,} images are right."
    ]
    pairs = worst_pairs(counts, classes, 3)
    if pairs:
        named = "; ".join(f"{p.true} {said} {p.predicted}, {p.count:,} of {p.of:,}" for p in pairs)
        told.append(f"Most often confused: {named}.")
    return " ".join(told)


def _images(data: Mapping[str, Any]) -> str:
    names = [short(label, 48) for label in data["rows"]]
    sizes = [min(len(images), MAX_IMAGES) for images in data["rows"].values()]
    if len(set(sizes)) == 1:
        each = " each" if len(names) > 1 else ""
        return f"{count(len(names), 'row')} of {count(sizes[0], 'image')}{each}: {', '.join(names)}."
    told = [f"{name} ({size})" for name, size in zip(names, sizes, strict=True)]
    return f"{count(len(names), 'row')} of images, with how many each has: {', '.join(told)}."


def _scatter(data: Mapping[str, Any]) -> str:
    points, labels, finite = placed(data)
    names = [short(name) for name in data["classes"]]
    told = [
        f"{class_name(int(label), names)} around {_centre(points[finite & (labels == label)])}"
        for label in np.unique(labels[finite])
    ]
    every = f"{count(int(finite.sum()), 'point')} in the plane, {count(len(told), 'class', 'classes')}"
    return f"{every}: {', '.join(told)}." if told else f"{every}."


def _centre(points: NDArray[np.float64]) -> str:
    across, up = points.mean(axis=0)
    return f"({across:.3g}, {up:.3g})"


def _lines(data: Mapping[str, Any]) -> str:
    across, up = short(data["x"], 40), short(data["y"], 40)
    told = []
    for title, panel in data["panels"].items():
        series = "; ".join(f"{short(name, 28)} {_run(x, y)}" for name, (x, y) in panel.items())
        told.append(f"{short(title, 44)}: {series}." if title else f"{series}.")
    return f"{up[:1].upper()}{up[1:]} by {across}. {' '.join(told)}"


def _run(x: Any, y: Any) -> str:
    """Tell a short series whole, and of a long one where it begins, ends and is highest and lowest."""
    across, up = (drawable(np.asarray(values, dtype=object).reshape(-1).tolist()) for values in (x, y))
    known = ~np.isnan(across) & ~np.isnan(up)
    across, up = across[known], up[known]
    if not len(up):
        return "without values"
    if len(up) <= FEW:
        if len(set(up.tolist())) == 1:
            return f"{number(up[0])} throughout"
        return ", ".join(f"{number(b)} at {place_name(a)}" for a, b in zip(across, up, strict=True))
    told = [f"from {number(up[0])} at {place_name(across[0])} to {number(up[-1])} at {place_name(across[-1])}"]
    for word, place in (("lowest", int(up.argmin())), ("highest", int(up.argmax()))):
        if up[place] not in (up[0], up[-1]):
            told.append(f"{word} {number(up[place])} at {place_name(across[place])}")
    return ", ".join(told)


_KINDS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "curves": _curves,
    "matrix": _matrix,
    "images": _images,
    "scatter": _scatter,
    "lines": _lines,
}
