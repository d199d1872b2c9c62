"""A drawing measured in inches, made of matplotlib's lines, words and images without its axes.

Most of the time a small plot takes goes into the ticks and spines of `Axes`; the same lines and words by themselves
look no different.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.report.drawing.pixels import Box, pixels
from harness.report.drawing.svg import INK
from harness.report.drawing.ticks import tick_names

SMALL: Final = 8.0  # points of type: ticks, legends and notes
USUAL: Final = 9.0  # labels of axes
HEAD: Final = 9.5  # titles of panels
LETTER: Final = 0.068  # inches of a letter of the legend, on average
_ENTRY, _LINE = 0.62, 0.19  # inches of the legend: before a name, and its height
_TICK = 3 / 72
_DIGIT = 0.062  # inches of a digit of a tick

Range = tuple[float, float]
Look = dict[str, Any]


class Sheet:
    """A drawing of `width` by `height` inches; positions are inches from its lower left corner."""

    def __init__(self, width: float, height: float) -> None:
        from matplotlib.figure import Figure as Canvas

        self.width, self.height = width, height
        self.canvas = Canvas(figsize=(width, height))
        self.canvas.patch.set_visible(False)

    def line(self, x: ArrayLike, y: ArrayLike, **look: Any) -> None:
        """Draw a line or its markers; NaN in y is a gap. `look` is what matplotlib's `Line2D` takes."""
        from matplotlib.lines import Line2D

        self.canvas.add_artist(Line2D(x, y, transform=self.canvas.dpi_scale_trans, **look))

    def words(self, x: float, y: float, text: str, **look: Any) -> None:
        """Write `text` at a point; `look` is what matplotlib's `Text` takes."""
        self.canvas.text(x, y, text, transform=self.canvas.dpi_scale_trans, **{"fontsize": SMALL, **look})

    def area(self, left: float, bottom: float, wide: float, tall: float, **look: Any) -> None:
        """Fill a rectangle; `look` is what matplotlib's `Rectangle` takes."""
        from matplotlib.patches import Rectangle

        shape = Rectangle((left, bottom), wide, tall, transform=self.canvas.dpi_scale_trans, **look)
        self.canvas.add_artist(shape)

    def image(self, shades: NDArray[np.uint8], box: Box, n: int = 0) -> None:
        """Place pixels as `harness.report.drawing.pixels.pixels` does."""
        self.canvas.add_artist(pixels(shades, box, n))

    def legend(self, looks: dict[str, Look], left: float, columns: int) -> None:
        """Name the series at the upper edge, row by row."""
        wide = max(_ENTRY + LETTER * max(map(len, looks)), (self.width - left) / columns if columns > 1 else 0)
        for place, (name, look) in enumerate(looks.items()):
            x, y = left + place % columns * wide, self.height - 0.06 - (place // columns + 0.5) * _LINE
            marker = look.get("marker", "")
            self.line([x, x + 0.14, x + 0.28], [y] * 3, **{**look, "marker": ""})
            if marker:
                self.line([x + 0.14], [y], **{**look, "marker": marker, "linestyle": "none"})
            self.words(x + 0.36, y, name, fontsize=8.5, va="center")


def legend_size(names: Sequence[str], wide: float, most: int = 0) -> tuple[int, float]:
    """Return columns and height in inches of a legend whose longest name fits `wide` inches.

    There are `most` columns at most: by default as many as names.
    """
    longest = _ENTRY + LETTER * max(map(len, names))
    columns = min(most or len(names), max(1, int(wide / longest)))
    return columns, 0.08 + _LINE * -(-len(names) // columns)


@dataclass(frozen=True)
class Panel:
    """Where on a sheet data are drawn: a rectangle in inches and the ranges of x and y that it shows."""

    sheet: Sheet
    left: float
    bottom: float
    wide: float
    tall: float
    x: Range
    y: Range

    def across(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return where x of the data stands, in inches."""
        low, high = self.x
        return self.left + self.wide * (np.asarray(x, dtype=np.float64) / (high - low) - low / (high - low))

    def up(self, y: ArrayLike) -> NDArray[np.float64]:
        """Return where y of the data stands, in inches."""
        low, high = self.y
        return self.bottom + self.tall * (np.asarray(y, dtype=np.float64) / (high - low) - low / (high - low))

    def line(self, x: ArrayLike, y: ArrayLike, **look: Any) -> None:
        self.sheet.line(self.across(x), self.up(y), **look)

    def frame(
        self, x_ticks: Sequence[float], y_ticks: Sequence[float], *, x: str = "", y: str = "", title: str = ""
    ) -> None:
        """Draw the axes with their ticks, numbers and a faint grid; name them `x` and `y`, and the panel above."""
        across, up = self.across(x_ticks), self.up(y_ticks)
        right, top = self.left + self.wide, self.bottom + self.tall
        grid = [((x, self.bottom), (x, top)) for x in across] + [((self.left, y), (right, y)) for y in up]
        marks = [((x, self.bottom), (x, self.bottom - _TICK)) for x in across]
        marks += [((self.left, y), (self.left - _TICK, y)) for y in up]
        edges = [((self.left, top), (self.left, self.bottom)), ((self.left, self.bottom), (right, self.bottom))]
        self._strokes(grid, linewidth=0.5, alpha=0.12, zorder=0.5)
        self._strokes(edges + marks, linewidth=0.6, zorder=2.5)
        names = tick_names(y_ticks)
        for place, name in zip(across, tick_names(x_ticks), strict=True):
            self.sheet.words(place, self.bottom - 0.08, name, ha="center", va="top")
        for place, name in zip(up, names, strict=True):
            self.sheet.words(self.left - 0.08, place, name, ha="right", va="center")
        self._label(x, y, title, 0.13 + _DIGIT * max(map(len, names), default=0))

    def _strokes(self, strokes: Sequence[tuple[Any, Any]], **look: Any) -> None:
        """Draw separate straight lines as one path."""
        if strokes:
            gap = (np.nan, np.nan)
            points = np.array([point for start, end in strokes for point in (start, end, gap)])
            self.sheet.line(points[:, 0], points[:, 1], color=INK, solid_capstyle="butt", **look)

    def _label(self, x: str, y: str, title: str, away: float) -> None:
        """Name the axes below and, `away` inches to the left, beside the numbers; and the panel above."""
        top = self.bottom + self.tall
        if x:
            self.sheet.words(self.left + self.wide / 2, self.bottom - 0.22, x, fontsize=USUAL, ha="center", va="top")
        if y:
            look: Look = {"rotation": 90, "rotation_mode": "anchor", "ha": "center", "va": "bottom"}
            self.sheet.words(self.left - away, self.bottom + self.tall / 2, y, fontsize=USUAL, **look)
        if title:
            self.sheet.words(self.left, top + 0.07, title, fontsize=HEAD, va="bottom")

    def note(self, text: str) -> None:
        """Write a few words into the middle."""
        self.sheet.words(self.left + self.wide / 2, self.bottom + self.tall / 2, text, ha="center", va="center")
