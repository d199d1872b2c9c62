"""Learning curves as small multiples: one panel per variant, losses above, other quantities below."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.report.svg import INK
from harness.report.text import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

ACROSS = 3
MAX_ROWS = 3
TRAIN_COLOURS = ("#2b84c6", "#009e73", "#8a63c8")
VALIDATION_COLOURS = ("#d55e00", "#a87b00", "#cc79a7")
_WIDE, _TALL = 1.72, 1.0  # inches of one panel, and around it:
_LEFT, _RIGHT, _TITLE, _BETWEEN, _EPOCHS, _LEGEND = 0.66, 0.1, 0.28, 0.26, 0.4, 0.28

Curves = Mapping[str, Sequence[float | None]]


def draw_curves(data: Mapping[str, Any]) -> "Canvas":
    """Draw `panels: {variant: {column: [value per epoch]}}`; values that are not finite are gaps."""
    from matplotlib.figure import Figure as Canvas

    panels: Mapping[str, Curves] = data["panels"]
    if not panels:
        raise ValueError("Expected the curves of at least one variant; received none.")
    rows = quantities(panels)
    across = min(len(panels), ACROSS)
    block = _TITLE + len(rows) * _TALL + (len(rows) - 1) * _BETWEEN + _EPOCHS
    column = _LEFT + _WIDE + _RIGHT
    width, height = max(across * column, 3.4), -(-len(panels) // across) * block + _LEGEND
    canvas = Canvas(figsize=(width, height))
    handles: dict[str, Any] = {}
    for place, (variant, curves) in enumerate(panels.items()):
        left = place % across * column + _LEFT
        top = height - _LEGEND - place // across * block - _TITLE
        for line, quantity in enumerate(rows):
            bottom = top - _TALL - line * (_TALL + _BETWEEN)
            axes = canvas.add_axes((left / width, bottom / height, _WIDE / width, _TALL / height))
            handles |= _panel(axes, variant if line == 0 else "", quantity, curves)
            axes.set_xlabel("epoch" if line == len(rows) - 1 else "", labelpad=1)
    if handles:
        corner = (_LEFT / width, 1.0)
        canvas.legend(handles.values(), handles, loc="upper left", bbox_to_anchor=corner, ncols=4, borderpad=0.2)
    return canvas


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


def _panel(axes: "Axes", title: str, quantity: str, curves: Curves) -> dict[str, Any]:
    """Draw the columns of one quantity; return one legend handle per column drawn."""
    from matplotlib.ticker import MaxNLocator

    handles: dict[str, Any] = {}
    columns = [column for column in curves if base(column) == quantity]
    train = [column for column in columns if not column.startswith("val_")]
    for column in columns:
        palette = TRAIN_COLOURS if column in train else VALIDATION_COLOURS
        place = train.index(column) if column in train else columns.index(column) - len(train)
        drawn = _line(axes, drawable(curves[column]), palette[place % 3], dashed=column not in train)
        if drawn is not None:
            handles[_legend_name(column)] = drawn
    axes.set_title(clean(title)[:28], loc="left", pad=5)
    axes.set_ylabel(clean(quantity)[:20], labelpad=2)
    axes.grid(visible=True, color=INK, alpha=0.12, linewidth=0.5)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.ticklabel_format(axis="y", style="plain", useOffset=False)
    open_flat(axes)
    if not handles:
        axes.text(0.5, 0.5, "no values recorded", ha="center", va="center", transform=axes.transAxes)
        axes.set_xticks([])
        axes.set_yticks([])
    if quantity == "loss" and "val_loss" in curves:
        _mark_best(axes, curves["val_loss"])
    return handles


def open_flat(axes: "Axes") -> None:
    """Give a curve that hardly moves a band to be flat in, instead of magnifying its noise."""
    low, high = axes.get_ylim()
    middle = (low + high) / 2
    if high - low < 0.02 * abs(middle):
        axes.set_ylim(middle - 0.1 * abs(middle), middle + 0.1 * abs(middle))


def _legend_name(column: str) -> str:
    if column.removeprefix("val_") in ("loss", "accuracy"):
        return "validation" if column.startswith("val_") else "training"
    return clean(column.replace("_", " "))[:24]


def _line(axes: "Axes", values: NDArray[np.float64], colour: str, dashed: bool) -> Any:
    """Draw one curve from epoch 1; few epochs get dots, so that a lone value is seen."""
    if np.isnan(values).all():
        return None
    epochs = np.arange(1, len(values) + 1)
    marker = "o" if len(values) <= 20 or np.isnan(values).any() else ""
    style = (0, (4, 1.5)) if dashed else "-"
    (line,) = axes.plot(epochs, values, color=colour, linewidth=1.4, linestyle=style, marker=marker, markersize=2.2)
    return line


def _mark_best(axes: "Axes", values: Sequence[float | None]) -> None:
    best = best_epoch(values)
    if best is None:
        return
    height = drawable(values)[best]
    axes.plot(
        [best + 1],
        [height],
        marker="o",
        markersize=6.5,
        markerfacecolor="none",
        color=INK,
        markeredgewidth=0.9,
    )
    words = f"lowest at epoch {best + 1}"
    axes.text(0.98, 0.97, words, fontsize=8, ha="right", va="top", transform=axes.transAxes)
