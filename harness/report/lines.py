"""Series over a common axis: one panel wide or several side by side, the truth in ink and the others in colour."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.report.curves import drawable, open_flat
from harness.report.plots import CLASS_COLOURS, MARKERS, short
from harness.report.svg import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

MAX_POINTS = 1000
MARKED = 20  # series of up to so many points show each of them
STYLES: Final = ("-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (5, 1.2, 1, 1.2)))
_WIDE, _TALL, _HALF_WIDE, _HALF_TALL = 5.5, 2.6, 2.5, 1.45  # inches of one panel alone, and of one of several
_LEFT, _RIGHT, _TITLE, _TICKS = 0.58, 0.12, 0.3, 0.42
_ENTRY, _LETTER, _LINE = 0.62, 0.068, 0.19  # inches of the legend: before a name, a letter of it, its height

Points = tuple[NDArray[np.float64], NDArray[np.float64]]


def draw_lines(data: Mapping[str, Any]) -> "Canvas":
    """Draw `panels: {title: {series: ([x], [y])}}` with axes `x` and `y`; the series named by `truth` is in ink.

    Panels share their axes, so that they compare. Values that are not finite are gaps; a series of more than
    MAX_POINTS shows as many, evenly spread. Raises ValueError where x and y differ in length or nothing is given.
    """
    from matplotlib.figure import Figure as Canvas

    panels = {title: {name: _points(*xy) for name, xy in panel.items()} for title, panel in data["panels"].items()}
    if not any(panels.values()):
        raise ValueError(f"Expected panels with at least one series; received {len(panels)} without any.")
    across, wide, tall = (1, _WIDE, _TALL) if len(panels) == 1 else (2, _HALF_WIDE, _HALF_TALL)
    looks = _looks(panels, data.get("truth", ""))
    columns, legend = _legend_size(list(looks), across * (_LEFT + wide + _RIGHT) - _LEFT)
    width = across * (_LEFT + wide + _RIGHT)
    height = legend + -(-len(panels) // across) * (_TITLE + tall + _TICKS)
    canvas, first, handles = Canvas(figsize=(width, height)), None, dict.fromkeys(looks)
    for place, (title, panel) in enumerate(panels.items()):
        left = place % across * (_LEFT + wide + _RIGHT) + _LEFT
        bottom = height - legend - (place // across + 1) * (_TITLE + tall + _TICKS) + _TICKS
        box = (left / width, bottom / height, wide / width, tall / height)
        axes = canvas.add_axes(box, sharex=first, sharey=first)
        first = first or axes
        handles |= _panel(axes, panel, looks)
        axes.set_title(short(title, 44), loc="left", pad=5)
        axes.set_xlabel(short(data["x"], 40) if place + across >= len(panels) else "", labelpad=1)
        axes.set_ylabel(short(data["y"], 28) if place % across == 0 else "", labelpad=2)
    if first is not None:
        open_flat(first)
    shown = {short(name, 28): handle for name, handle in handles.items() if handle is not None}
    corner = (_LEFT / width, 1.0)
    canvas.legend(shown.values(), shown, loc="upper left", bbox_to_anchor=corner, ncols=columns, borderpad=0.2)
    return canvas


def _points(x: ArrayLike, y: ArrayLike) -> Points:
    """Return x and y as float64 of equal length, at most MAX_POINTS; what cannot be drawn is NaN in y."""
    across, up = (drawable(np.asarray(values, dtype=object).reshape(-1).tolist()) for values in (x, y))
    if len(across) != len(up):
        raise ValueError(f"Expected as many x as y in a series; received {len(across)} and {len(up)}.")
    if len(across) > MAX_POINTS:
        kept = np.linspace(0, len(across) - 1, MAX_POINTS).astype(np.int64)
        across, up = across[kept], up[kept]
    return across, np.where(np.isfinite(across), up, np.nan)


def _looks(panels: Mapping[str, Mapping[str, Points]], truth: str) -> dict[str, dict[str, Any]]:
    """Return how each series is drawn, the same in every panel; the truth stands first in the legend."""
    names = dict.fromkeys(name for panel in panels.values() for name in panel)
    others = [name for name in names if name != truth]
    looks: dict[str, dict[str, Any]] = {truth: {"color": INK, "linewidth": 1.6}} if truth in names else {}
    for place, name in enumerate(others):
        looks[name] = {
            "color": CLASS_COLOURS[place % len(CLASS_COLOURS)],
            "linestyle": STYLES[place % len(STYLES)],
            "marker": MARKERS[place % len(MARKERS)],
            "linewidth": 1.3,
        }
    return looks


def _legend_size(names: Sequence[str], wide: float) -> tuple[int, float]:
    """Return columns and height in inches of a legend whose longest name fits `wide` inches."""
    longest = _ENTRY + _LETTER * max(len(short(name, 28)) for name in names)
    columns = min(len(names), max(1, int(wide / longest)))
    return columns, 0.06 + _LINE * -(-len(names) // columns)


def _panel(axes: "Axes", panel: Mapping[str, Points], looks: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Draw the series of one panel, the truth below the others; return one legend handle per series drawn."""
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    handles = {
        name: _line(axes, panel[name], look, place) for place, (name, look) in enumerate(looks.items()) if name in panel
    }
    axes.grid(visible=True, color=INK, alpha=0.12, linewidth=0.5)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(StrMethodFormatter("{x:.6g}"))
    if not any(handle is not None for handle in handles.values()):
        axes.text(0.5, 0.5, "no values recorded", ha="center", va="center", transform=axes.transAxes)
    return {name: handle for name, handle in handles.items() if handle is not None}


def _line(axes: "Axes", points: Points, look: Mapping[str, Any], place: int) -> Any:
    """Draw one series; a long one has a marker at every eighth of it, so that colour alone tells nothing apart."""
    x, y = points
    if np.isnan(y).all():
        return None
    every = 1 if len(y) <= MARKED else (place * len(y) // 97, max(1, len(y) // 8))
    (line,) = axes.plot(x, y, markersize=3.2, markeredgewidth=0, markevery=every, zorder=2 + place / 100, **look)
    lone = np.isfinite(y) & np.isnan(np.r_[np.nan, y[:-1]]) & np.isnan(np.r_[y[1:], np.nan])
    if lone.any():  # a value between two gaps has no line to be seen on
        axes.plot(x[lone], y[lone], color=look["color"], linestyle="none", marker="o", markersize=3)
    return line
