"""Confusion matrices, rows of images and scatters, drawn with matplotlib's object interface."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.report.svg import INK
from harness.report.text import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

MAX_POINTS = 1000
MAX_IMAGES = 12
# Okabe and Ito's palette without the tones that vanish on white or on black, then mid tones; markers
# differ too.
CLASS_COLOURS = (
    "#2b84c6", "#d55e00", "#009e73", "#cc79a7", "#a87b00",
    "#4fb3c8", "#8a63c8", "#7a8a2a", "#b2485e", "#7f7f7f",
)  # fmt: skip
MARKERS = "os^DvPX*<>"
_CELL_BLUE = (0x00 / 255, 0x5A / 255, 0x94 / 255)


def _canvas(width: float, height: float) -> "Canvas":
    """Return an empty drawing of `width` by `height` inches."""
    from matplotlib.figure import Figure as Canvas

    return Canvas(figsize=(width, height))


def short(name: object, longest: int = 16) -> str:
    text = clean(str(name))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def draw_matrix(data: Mapping[str, Any]) -> "Canvas":
    counts = np.nan_to_num(np.asarray(data["counts"], dtype=np.float64), posinf=0.0, neginf=0.0).clip(min=0)
    classes = [short(name) for name in data["classes"]]
    k = len(classes)
    if counts.shape != (k, k) or k == 0:
        raise ValueError(f"Expected counts of shape ({k}, {k}) for {k} classes; received {counts.shape}.")
    label = 0.3 + 0.075 * max(map(len, classes))
    side = k * max(0.12, min(0.42, 4.6 / k))
    width, height = side + label + 0.25, side + label + 0.25
    canvas = _canvas(width, height)
    axes = canvas.add_axes((label / width, label / height, side / width, side / height))
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    cells = np.empty((k, k, 4))
    cells[...] = (*_CELL_BLUE, 1.0)
    cells[..., 3] = share
    axes.imshow(cells, interpolation="none", aspect="auto")
    _name_axes(axes, classes)
    if k <= 20:
        _write_counts(axes, counts, share)
    return canvas


def _name_axes(axes: "Axes", classes: Sequence[str]) -> None:
    k = len(classes)
    every = range(0, k, -(-k // 40))  # at most forty names
    names, size = [classes[i] for i in every], 8 if k <= 20 else 5
    upright = max(map(len, classes)) > 2
    axes.set_xticks(list(every), names, rotation=90 if upright else 0, fontsize=size)
    axes.set_yticks(list(every), names, fontsize=size)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")


def _write_counts(axes: "Axes", counts: NDArray[np.float64], share: NDArray[np.float64]) -> None:
    """Write every count that is not zero; white where the shade is dark in both colour schemes."""
    size = 7.5 if len(counts) <= 12 else 5.5
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = "#ffffff" if share[row, column] > 0.75 else INK
        text = f"{counts[row, column]:.0f}"
        axes.text(column, row, text, ha="center", va="center", fontsize=size, color=colour)


def draw_images(data: Mapping[str, Any]) -> "Canvas":
    rows = {short(label, 24): _mosaic(np.asarray(images)) for label, images in data["rows"].items()}
    if not rows:
        raise ValueError("Expected at least one row of images; received none.")
    most = max(n for _, n in rows.values())
    tile = min(0.62, 6.0 / most)
    label = 0.2 + 0.07 * max(map(len, rows))
    heights = [tile * picture.shape[0] / picture.shape[1] * n for picture, n in rows.values()]
    width, height = label + most * tile + 0.05, sum(heights) + 0.06 * len(rows) + 0.05
    canvas = _canvas(width, height)
    top = height - 0.05
    for (name, (picture, n)), tall in zip(rows.items(), heights, strict=True):
        top -= tall
        axes = canvas.add_axes((label / width, top / height, n * tile / width, tall / height))
        axes.imshow(picture, interpolation="none", aspect="auto")
        axes.set_axis_off()
        canvas.text((label - 0.08) / width, (top + tall / 2) / height, name, ha="right", va="center")
        top -= 0.06
    return canvas


def _mosaic(images: NDArray[Any]) -> tuple[NDArray[np.uint8], int]:
    """Return (h, n * (w + gap), 4) with images side by side on nothing, and n (at most MAX_IMAGES)."""
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or 0 in images.shape:
        raise ValueError(f"Expected images of shape (n, h, w) or (n, h, w, 3); received {images.shape}.")
    images = images[:MAX_IMAGES]
    n, h, w, _ = images.shape
    gap = max(1, w // 14)
    tiles = np.zeros((h, n, w + gap, 4), dtype=np.uint8)
    shades = np.nan_to_num(images.astype(np.float64), nan=0.0, posinf=1.0, neginf=0.0).clip(0, 1)
    tiles[:, :, :w, :3] = np.round(255 * shades).astype(np.uint8).transpose(1, 0, 2, 3)
    tiles[:, :, :w, 3] = 255
    return tiles.reshape(h, n * (w + gap), 4), n


def draw_scatter(data: Mapping[str, Any]) -> "Canvas":
    points, labels = np.asarray(data["points"], dtype=np.float64), np.asarray(data["labels"]).astype(np.int64)
    if points.ndim != 2 or points.shape[1] != 2 or labels.shape != points.shape[:1]:
        raise ValueError(f"Expected points (n, 2) and labels (n,); received {points.shape} and {labels.shape}.")
    finite = np.isfinite(points).all(axis=1) & (np.abs(points) < 1e30).all(axis=1)
    kept = np.flatnonzero(finite)
    if len(kept) > MAX_POINTS:  # evenly spread, so the same data gives the same picture
        kept = kept[np.linspace(0, len(kept) - 1, MAX_POINTS).astype(np.int64)]
    canvas = _canvas(6.2, 4.2)
    axes = canvas.add_axes((0.075, 0.11, 0.68, 0.86))
    names = [short(name) for name in data["classes"]]
    for label in np.unique(labels[kept]):
        _plot_class(axes, points[kept][labels[kept] == label], int(label), names)
    axes.grid(visible=True, color=INK, alpha=0.1, linewidth=0.5)
    note = f"{len(kept):,} of {len(points):,} points"
    if not finite.all():
        note += f"; {np.count_nonzero(~finite):,} without finite coordinates"
    axes.set_xlabel(note)
    if len(kept):
        axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0, handletextpad=0.2, markerscale=1.5)
    return canvas


def _plot_class(axes: "Axes", points: NDArray[np.float64], label: int, names: Sequence[str]) -> None:
    axes.plot(
        points[:, 0],
        points[:, 1],
        linestyle="none",
        marker=MARKERS[label % len(MARKERS)],
        markersize=4,
        markeredgewidth=0,
        color=CLASS_COLOURS[label % len(CLASS_COLOURS)],
        label=names[label] if 0 <= label < len(names) else f"class {label}",
    )
