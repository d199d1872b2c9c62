"""Confusion matrices, rows of images and scatters."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.report.drawing.confusions import axes_of
from harness.report.drawing.pixels import gap
from harness.report.drawing.sheet import SMALL, USUAL, Look, Panel, Sheet
from harness.report.drawing.svg import INK
from harness.report.drawing.ticks import span, ticks
from harness.report.words.text import clean

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

MAX_POINTS = 1000
MAX_IMAGES = 12
SHADES = 32  # of grey in an image: the eye sees no more on a tile of this size, and the page is smaller
# Okabe and Ito's palette without the tones that vanish on white or on black, then mid tones; markers
# differ too.
CLASS_COLOURS = (
    "#2b84c6", "#d55e00", "#009e73", "#cc79a7", "#a87b00",
    "#4fb3c8", "#8a63c8", "#7a8a2a", "#b2485e", "#7f7f7f",
)  # fmt: skip
MARKERS = "os^DvPX*<>"
_CELL_BLUE = (0x00, 0x5A, 0x94)
LIGHT, DARK = 0.66, 0.84  # the darkest cell with ink on it and the lightest with white, in either colour scheme
_UPRIGHT: Look = {"rotation": 90, "rotation_mode": "anchor"}


def short(name: object, longest: int = 16) -> str:
    text = clean(str(name))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def counted(data: Mapping[str, Any]) -> tuple[NDArray[np.float64], list[str]]:
    """Return counts (k, k), what is no count as 0, and k names; raises ValueError where they do not fit."""
    counts = np.nan_to_num(np.asarray(data["counts"], dtype=np.float64), posinf=0.0, neginf=0.0).clip(min=0)
    classes = [short(name) for name in data["classes"]]
    k = len(classes)
    if counts.shape != (k, k) or k == 0:
        raise ValueError(f"Expected counts of shape ({k}, {k}) for {k} classes; received {counts.shape}.")
    return counts, classes


def draw_matrix(data: Mapping[str, Any]) -> "Canvas":
    counts, classes = counted(data)
    k = len(classes)
    label = 0.3 + 0.075 * max(map(len, classes))
    side = k * max(0.12, min(0.42, 4.6 / k))
    sheet = Sheet(side + label + 0.25, side + label + 0.25)
    opaque = shade(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
    cells = np.empty((k, k, 4), dtype=np.uint8)
    cells[..., :3], cells[..., 3] = _CELL_BLUE, np.round(255 * opaque)
    sheet.image(cells, (label, label, side, side))
    grid = Panel(sheet, label, label, side, side, (-0.5, k - 0.5), (k - 0.5, -0.5))
    _name_cells(grid, classes, *axes_of(data))
    if k <= 20:
        _write_counts(grid, counts, opaque)
    return sheet.canvas


def shade(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how opaque a cell is: few mistakes are seen too, and no shade is one that neither ink nor white suits."""
    return np.where(share > 0.5, DARK + (1 - DARK) * (2 * share - 1), LIGHT * np.sqrt(2 * share))


def _name_cells(grid: Panel, classes: Sequence[str], rows: str, columns: str) -> None:
    """Name rows and columns, at most forty of them, and what they stand for."""
    k, sheet = len(classes), grid.sheet
    every = range(0, k, -(-k // 40))
    size, upright = SMALL if k <= 20 else 5, max(map(len, classes)) > 2
    look: Look = {**_UPRIGHT, "ha": "right", "va": "center"} if upright else {"ha": "center", "va": "top"}
    for place in every:
        x, y = float(grid.across(place)), float(grid.up(place))
        sheet.words(x, grid.bottom - 0.05, classes[place], fontsize=size, **look)
        sheet.words(grid.left - 0.06, y, classes[place], fontsize=size, ha="right", va="center")
    middle = grid.left + grid.wide / 2
    sheet.words(middle, 0.03, short(columns, 40), fontsize=USUAL, ha="center", va="bottom")
    sheet.words(0.15, middle, short(rows, 40), fontsize=USUAL, ha="center", va="bottom", **_UPRIGHT)


def _write_counts(grid: Panel, counts: NDArray[np.float64], opaque: NDArray[np.float64]) -> None:
    """Write every count that is not zero; white where the shade is dark in both colour schemes."""
    size = 7.5 if len(counts) <= 12 else 5.5
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = "#ffffff" if opaque[row, column] >= DARK else INK
        place = float(grid.across(column)), float(grid.up(row))
        grid.sheet.words(*place, f"{counts[row, column]:.0f}", ha="center", va="center", fontsize=size, color=colour)


def draw_images(data: Mapping[str, Any]) -> "Canvas":
    rows = {short(label, 48): _mosaic(np.asarray(images)) for label, images in data["rows"].items()}
    if not rows:
        raise ValueError("Expected at least one row of images; received none.")
    most = max(n for _, n in rows.values())
    tile = min(0.62, 6.0 / most)
    label = 0.2 + 0.07 * max(map(len, rows))
    heights = [tile * picture.shape[0] / picture.shape[1] * n for picture, n in rows.values()]
    sheet = Sheet(label + most * tile + 0.05, sum(heights) + 0.06 * len(rows) + 0.05)
    top = sheet.height - 0.05
    for (name, (picture, n)), tall in zip(rows.items(), heights, strict=True):
        top -= tall
        sheet.image(picture, (label, top, n * tile, tall), n)
        sheet.words(label - 0.08, top + tall / 2, name, fontsize=USUAL, ha="right", va="center")
        top -= 0.06
    return sheet.canvas


def _mosaic(images: NDArray[Any]) -> tuple[NDArray[np.uint8], int]:
    """Return images side by side, uint8 (h, n * (w + gap)) or (h, n * (w + gap), 3), and n (at most MAX_IMAGES)."""
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or 0 in images.shape:
        raise ValueError(f"Expected images of shape (n, h, w) or (n, h, w, 3); received {images.shape}.")
    images = images[:MAX_IMAGES]
    n, h, w, channels = images.shape
    shades = np.nan_to_num(images.astype(np.float64), nan=0.0, posinf=1.0, neginf=0.0).clip(0, 1)
    steps = SHADES - 1 if channels == 1 else 255
    tiles = np.zeros((h, n, w + gap(w), channels), dtype=np.uint8)
    tiles[:, :, :w] = (np.round(steps * shades) * (255 / steps)).astype(np.uint8).transpose(1, 0, 2, 3)
    wide = tiles.reshape(h, n * (w + gap(w)), channels)
    return (wide[..., 0] if channels == 1 else wide), n


def placed(data: Mapping[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return points (n, 2), labels (n,) and which can be drawn; raises ValueError for other shapes."""
    points, labels = np.asarray(data["points"], dtype=np.float64), np.asarray(data["labels"]).astype(np.int64)
    if points.ndim != 2 or points.shape[1] != 2 or labels.shape != points.shape[:1]:
        raise ValueError(f"Expected points (n, 2) and labels (n,); received {points.shape} and {labels.shape}.")
    finite: NDArray[np.bool_] = np.all(np.isfinite(points) & (np.abs(points) < 1e30), axis=1)
    return points, labels, finite


def class_name(label: int, names: Sequence[str]) -> str:
    return names[label] if 0 <= label < len(names) else f"class {label}"


def draw_scatter(data: Mapping[str, Any]) -> "Canvas":
    points, labels, finite = placed(data)
    kept = np.flatnonzero(finite)
    if len(kept) > MAX_POINTS:  # evenly spread, so the same data gives the same picture
        kept = kept[np.linspace(0, len(kept) - 1, MAX_POINTS).astype(np.int64)]
    points, labels = points[kept], labels[kept]
    sheet = Sheet(6.2, 4.2)
    plane = Panel(sheet, 0.5, 0.46, 4.2, 3.64, span(points[:, 0]), span(points[:, 1]))
    note = f"{len(kept):,} of {len(finite):,} points"
    if not finite.all():
        note += f"; {np.count_nonzero(~finite):,} without finite coordinates"
    plane.frame(ticks(*plane.x, 8), ticks(*plane.y, 8), x=note)
    names = [short(name) for name in data["classes"]]
    for place, label in enumerate(np.unique(labels)):
        look = _class_look(int(label))
        plane.line(*points[labels == label].T, **look)
        y = plane.bottom + plane.tall - 0.08 - 0.2 * place
        sheet.line([4.9], [y], **{**look, "markersize": 6})
        sheet.words(5.02, y, class_name(int(label), names), fontsize=8.5, va="center")
    return sheet.canvas


def _class_look(label: int) -> Look:
    marker, colour = MARKERS[label % len(MARKERS)], CLASS_COLOURS[label % len(CLASS_COLOURS)]
    return {"linestyle": "none", "marker": marker, "markersize": 4, "markeredgewidth": 0, "color": colour}
