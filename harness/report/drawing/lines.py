"""Series over a common axis: one panel wide or several side by side, the truth in ink and the others in colour."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.report.drawing.curves import drawable
from harness.report.drawing.plots import CLASS_COLOURS, MARKERS, short
from harness.report.drawing.sheet import Look, Panel, Range, Sheet, legend_size
from harness.report.drawing.svg import INK
from harness.report.drawing.ticks import fitting, span, ticks

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

MAX_POINTS = 1000
MARKED = 20  # series of up to so many points show each of them
STYLES: Final = ("-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (5, 1.2, 1, 1.2)))
_WIDE, _TALL, _HALF_WIDE, _HALF_TALL = 5.5, 2.6, 2.5, 1.45  # inches of one panel alone, and of one of several
_LEFT, _RIGHT, _TITLE, _TICKS = 0.62, 0.12, 0.3, 0.42

Points = tuple[NDArray[np.float64], NDArray[np.float64]]
Series = Mapping[str, Points]


def draw_lines(data: Mapping[str, Any]) -> "Canvas":
    """Draw `panels: {title: {series: ([x], [y])}}` with axes `x` and `y`; the series named by `truth` is in ink.

    Panels share their axes, so that they compare. Values that are not finite are gaps; a series of more than
    MAX_POINTS shows as many, evenly spread. Raises ValueError where x and y differ in length or nothing is given.
    """
    panels = {title: {name: _points(*xy) for name, xy in panel.items()} for title, panel in data["panels"].items()}
    if not any(panels.values()):
        raise ValueError(f"Expected panels with at least one series; received {len(panels)} without any.")
    across, wide, tall = (1, _WIDE, _TALL) if len(panels) == 1 else (2, _HALF_WIDE, _HALF_TALL)
    width = across * (_LEFT + wide + _RIGHT)
    looks = _looks(panels, data.get("truth", ""))
    columns, legend = legend_size([short(name, 28) for name in looks], width - _LEFT)
    sheet = Sheet(width, legend + -(-len(panels) // across) * (_TITLE + tall + _TICKS))
    ranges, whole = _ranges(panels), _are_whole(panels)
    drawn: dict[str, Look] = {}
    for place, (title, series) in enumerate(panels.items()):
        left = place % across * (_LEFT + wide + _RIGHT) + _LEFT
        bottom = sheet.height - legend - (place // across + 1) * (_TITLE + tall + _TICKS) + _TICKS
        panel = Panel(sheet, left, bottom, wide, tall, *ranges)
        below = short(data["x"], 40) if place + across >= len(panels) else ""
        beside = short(data["y"], 28) if place % across == 0 else ""
        names = {"x": below, "y": beside, "title": short(title, 44)}
        panel.frame(fitting(*panel.x, 6, wide, whole=whole), ticks(*panel.y, 6), **names)
        drawn |= _panel(panel, series, looks)
    if drawn:
        sheet.legend({short(name, 28): drawn[name] for name in looks if name in drawn}, _LEFT, columns)
    return sheet.canvas


def _points(x: ArrayLike, y: ArrayLike) -> Points:
    """Return x and y as float64 of equal length, at most MAX_POINTS; what cannot be drawn is NaN in y."""
    across, up = (drawable(np.asarray(values, dtype=object).reshape(-1).tolist()) for values in (x, y))
    if len(across) != len(up):
        raise ValueError(f"Expected as many x as y in a series; received {len(across)} and {len(up)}.")
    if len(across) > MAX_POINTS:
        kept = np.linspace(0, len(across) - 1, MAX_POINTS).astype(np.int64)
        across, up = across[kept], up[kept]
    return across, np.where(np.isfinite(across), up, np.nan)


def _ranges(panels: Mapping[str, Series]) -> tuple[Range, Range]:
    """Return the ranges of x and y that hold every point of every panel."""
    every = [points for panel in panels.values() for points in panel.values()]
    x, y = (np.concatenate([points[i] for points in every]) for i in (0, 1))
    return span(np.where(np.isnan(y), np.nan, x)), span(y, flat=True)


def _are_whole(panels: Mapping[str, Series]) -> bool:
    """Say whether every x is a whole number, as hours and months are."""
    x = np.concatenate([x for panel in panels.values() for x, _ in panel.values()])
    return bool(np.all(np.isnan(x) | (x == np.round(x))))


def _looks(panels: Mapping[str, Series], truth: str) -> dict[str, Look]:
    """Return how each series is drawn, the same in every panel; the truth stands first in the legend."""
    names = dict.fromkeys(name for panel in panels.values() for name in panel)
    others = [name for name in names if name != truth]
    looks: dict[str, Look] = {truth: {"color": INK, "linewidth": 1.6}} if truth in names else {}
    for place, name in enumerate(others):
        looks[name] = {
            "color": CLASS_COLOURS[place % len(CLASS_COLOURS)],
            "linestyle": STYLES[place % len(STYLES)],
            "marker": MARKERS[place % len(MARKERS)],
            "linewidth": 1.3,
        }
    return {name: {**look, "markersize": 3.2, "markeredgewidth": 0} for name, look in looks.items()}


def _panel(panel: Panel, series: Series, looks: Mapping[str, Look]) -> dict[str, Look]:
    """Draw the series of one panel, the truth below the others; return the looks of those drawn."""
    drawn = {name: look for name, look in looks.items() if name in series and not np.isnan(series[name][1]).all()}
    for place, (name, look) in enumerate(drawn.items()):
        _line(panel, series[name], look, place)
    if not drawn:
        panel.note("no values recorded")
    return drawn


def _line(panel: Panel, points: Points, look: Look, place: int) -> None:
    """Draw one series; a long one has a marker at every eighth of it, so that colour alone tells nothing apart."""
    x, y = points
    every = 1 if len(y) <= MARKED else (place * len(y) // 97, max(1, len(y) // 8))
    panel.line(x, y, markevery=every, **look)
    lone = np.isfinite(y) & np.isnan(np.r_[np.nan, y[:-1]]) & np.isnan(np.r_[y[1:], np.nan])
    if lone.any():  # a value between two gaps has no line to be seen on
        panel.line(x[lone], y[lone], color=look["color"], linestyle="none", marker="o", markersize=3)
