"""Figures as data become inline SVG, or cells of a table where they are texts.

Same data, same bytes; matplotlib is loaded with the first picture.
"""

import io
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from harness.report.curves import draw_curves
from harness.report.lines import draw_lines
from harness.report.plots import draw_images, draw_matrix, draw_scatter
from harness.report.samples import sample_table
from harness.report.svg import INK, tidy
from harness.report.text import clean
from harness.tasks.base import Figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_STYLE: Final[Mapping[str, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "harness",
    "text.parse_math": False,  # a class named `$x$` is a name
    "axes.formatter.use_mathtext": False,
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.labelsize": 9,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "figure.constrained_layout.use": False,
    "figure.autolayout": False,
}


@dataclass(frozen=True)
class DrawnFigure:
    """A figure ready for a page: a picture or a table.

    `svg` must come from `draw`: pages place it as it is. `table` is plain text that pages escape, its heads first and
    then rows that begin with their label.
    """

    title: str
    text: str
    svg: str = ""
    table: list[list[str]] = field(default_factory=list)


def draw(figure: Figure) -> str:
    """Return one inline `<svg>` element for figure data as `harness.tasks.base.Figure` describes it.

    Not finite values are left out. Raises ValueError for an unknown kind or arrays of another shape.
    Not safe in several threads at once: matplotlib's settings belong to the process.
    """
    if figure.kind not in _KINDS:
        raise ValueError(f"Expected a figure of kind {', '.join(_KINDS)}; received {figure.kind!r}.")
    import matplotlib as mpl

    buffer = io.StringIO()
    style: Any = dict(_STYLE)  # newer versions of matplotlib type the keys one by one
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # the reader's browser has the font
        mpl.rcdefaults()  # the reader of a card does not have the instructor's matplotlibrc
        mpl.rcParams.update(style)
        canvas = _KINDS[figure.kind](figure.data)
        canvas.savefig(buffer, format="svg", metadata={"Date": None})
    return tidy(buffer.getvalue(), clean(figure.title), clean(figure.text))


def drawn(figure: Figure) -> DrawnFigure:
    """Return the figure drawn, or set as a table, together with its words."""
    if figure.kind == "texts":
        return DrawnFigure(title=figure.title, text=figure.text, table=sample_table(figure.data))
    return DrawnFigure(title=figure.title, text=figure.text, svg=draw(figure))


_KINDS: Final[Mapping[str, Callable[[Mapping[str, Any]], "Canvas"]]] = {
    "curves": draw_curves,
    "matrix": draw_matrix,
    "images": draw_images,
    "scatter": draw_scatter,
    "lines": draw_lines,
}
