"""Learning curves as small multiples: one panel per variant, losses above, other quantities below."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.diagnosis.overfitting import overfits_from
from harness.report.drawing.sheet import Look, Panel, Sheet, legend_size
from harness.report.drawing.svg import INK
from harness.report.drawing.ticks import span, ticks
from harness.report.words.text import clean

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

ACROSS = 3
MAX_ROWS = 3
TRAIN_COLOURS = ("#2b84c6", "#009e73", "#8a63c8")
VALIDATION_COLOURS = ("#d55e00", "#a87b00", "#cc79a7")
DASHED = (0, (4, 1.5))
_WIDE, _TALL = 1.72, 1.0  # inches of one panel, and around it:
_LEFT, _RIGHT, _TITLE, _BETWEEN, _EPOCHS = 0.72, 0.1, 0.28, 0.26, 0.4
_WORDS = 0.17  # of the height of a panel, kept free of curves for words

Curves = Mapping[str, Sequence[float | None]]


def draw_curves(data: Mapping[str, Any]) -> "Canvas":
    """Draw `panels: {variant: {column: [value per epoch]}}`; values that are not finite are gaps."""
    panels: Mapping[str, Curves] = data["panels"]
    if not panels:
        raise ValueError("Expected the curves of at least one variant; received none.")
    rows = quantities(panels)
    across = min(len(panels), ACROSS)
    block = _TITLE + len(rows) * _TALL + (len(rows) - 1) * _BETWEEN + _EPOCHS
    column = _LEFT + _WIDE + _RIGHT
    wide = max(across * column, 3.4)
    columns, legend = legend_size(names_of(panels, rows), wide - _LEFT, 4)
    sheet = Sheet(wide, -(-len(panels) // across) * block + legend)
    named: dict[str, Look] = {}
    for place, (variant, curves) in enumerate(panels.items()):
        left = place % across * column + _LEFT
        top = sheet.height - legend - place // across * block - _TITLE
        for line, quantity in enumerate(rows):
            corner = left, top - _TALL - line * (_TALL + _BETWEEN)
            words = {"title": clean(variant)[:28] if line == 0 else "", "x": "epoch" if line == len(rows) - 1 else ""}
            named |= _panel(sheet, corner, quantity, curves, words)
    if named:
        sheet.legend(named, _LEFT, columns)
    return sheet.canvas


def names_of(panels: Mapping[str, Curves], rows: Sequence[str]) -> list[str]:
    """Return what the legend may name, at least one: columns that are not named beside their panel already."""
    columns = dict.fromkeys(column for curves in panels.values() for column in curves if base(column) in rows)
    return [column_name(c) for c in columns if column_name(c) != words_of(base(c))] or [""]


def base(column: str) -> str:
    """Return `loss` for `loss`, `val_loss`, `d_loss`; else the column without `val_`."""
    name = column.removeprefix("val_")
    return "loss" if name.endswith("loss") else name


def quantities(panels: Mapping[str, Curves]) -> list[str]:
    """Return what the rows of panels show: the loss first, then what else was recorded, three at most."""
    found = dict.fromkeys(base(column) for curves in panels.values() for column in curves)
    ordered = sorted(found, key=lambda name: (name != "loss", name != "accuracy"))
    return ordered[:MAX_ROWS] or ["loss"]


def best_epoch(values: Sequence[float | None]) -> int | None:
    """Return the position (from 0) of the lowest finite value, or None without one."""
    numbers = drawable(values)
    return None if np.isnan(numbers).all() else int(np.nanargmin(numbers))


def drawable(values: Sequence[float | None]) -> NDArray[np.float64]:
    """Return float64 of shape (epochs,); what cannot be drawn (infinite, beyond 1e30, missing) is NaN."""
    numbers = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    return np.where(np.abs(numbers) < 1e30, numbers, np.nan)


def overfitting_epoch(curves: Curves) -> int | None:
    """Return the epoch (from 1) from which these curves show overfitting, None if they do not."""
    loss, val = (drawable(curves.get(name, ())).tolist() for name in ("loss", "val_loss"))
    return overfits_from(loss, val)


def column_name(column: str) -> str:
    """Return a column in the words of the legend: `training`, `validation`, or its own name."""
    if column.removeprefix("val_") in ("loss", "accuracy"):
        return "validation" if column.startswith("val_") else "training"
    return words_of(column)


def words_of(column: str) -> str:
    return clean(column.replace("_", " "))[:24]


def _panel(
    sheet: Sheet, corner: tuple[float, float], quantity: str, curves: Curves, words: Mapping[str, str]
) -> dict[str, Look]:
    """Draw the columns of one quantity; return what the legend names: the look of each column drawn."""
    looks = _looks([column for column in curves if base(column) == quantity])
    lines = {column: drawable(curves[column]) for column in looks}
    drawn = {column: values for column, values in lines.items() if not np.isnan(values).all()}
    marked = quantity == "loss" and "val_loss" in drawn
    low, high = span(np.concatenate([*drawn.values()] or [np.zeros(0)]), flat=True)
    high += _WORDS / (1 - _WORDS) * (high - low) if marked else 0
    epochs = np.concatenate([np.arange(1.0, len(v) + 1)[~np.isnan(v)] for v in drawn.values()] or [np.zeros(0)])
    panel = Panel(sheet, *corner, _WIDE, _TALL, span(epochs), (low, high))
    names = {**words, "y": clean(quantity)[:20]}
    if drawn:
        panel.frame(ticks(*panel.x, 4, whole=True), ticks(*panel.y, 4), **names)
    else:
        panel.frame((), (), **names)
        panel.note("no values recorded")
    if marked:
        _mark(panel, curves)
    for column, values in drawn.items():
        _line(panel, values, looks[column])
    names = {column: column_name(column) for column in drawn}
    return {name: looks[column] for column, name in names.items() if name != words_of(quantity)}


def _looks(columns: Sequence[str]) -> dict[str, Look]:
    """Return how columns are drawn: those of validation dashed and in other colours."""
    train = [column for column in columns if not column.startswith("val_")]
    validation = [column for column in columns if column not in train]
    solid: dict[str, Look] = {c: {"color": TRAIN_COLOURS[i % 3], "linestyle": "-"} for i, c in enumerate(train)}
    dashed: dict[str, Look] = {
        c: {"color": VALIDATION_COLOURS[i % 3], "linestyle": DASHED} for i, c in enumerate(validation)
    }
    return {c: {**(solid | dashed)[c], "linewidth": 1.4} for c in columns}


def _line(panel: Panel, values: NDArray[np.float64], look: Look) -> None:
    """Draw one curve from epoch 1; few epochs get dots, so that a lone value is seen."""
    marker = "o" if len(values) <= 20 or np.isnan(values).any() else ""
    panel.line(np.arange(1, len(values) + 1), values, marker=marker, markersize=2.2, **look)


def _mark(panel: Panel, curves: Curves) -> None:
    """Ring the lowest validation loss, and shade the epochs from which on the curves show overfitting."""
    val = drawable(curves["val_loss"])
    best, begins = int(np.nanargmin(val)), overfitting_epoch(curves)
    look: Look = {"marker": "o", "markersize": 6.5, "markerfacecolor": "none", "markeredgewidth": 0.9, "color": INK}
    panel.line([best + 1], [val[best]], linestyle="none", **look)
    if begins is not None:
        start, right = float(panel.across(begins)), panel.left + panel.wide
        panel.sheet.area(start, panel.bottom, right - start, panel.tall, facecolor=INK, alpha=0.1, linewidth=0)
    words = f"lowest at epoch {best + 1}" if begins is None else f"overfitting from epoch {begins}"
    top = panel.bottom + panel.tall
    panel.sheet.words(panel.left + panel.wide - 0.03, top - 0.03, words, ha="right", va="top")
