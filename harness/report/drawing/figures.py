"""Figures as data become inline SVG with their numbers beneath, or cells of a table where they are texts.

Same data, same bytes; matplotlib is loaded with the first picture.
"""

import io
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from harness.report.drawing.curves import draw_curves
from harness.report.drawing.describe import description
from harness.report.drawing.lines import draw_lines
from harness.report.drawing.numbers import NumberTable, numbers_of
from harness.report.drawing.plots import draw_images, draw_matrix, draw_scatter
from harness.report.drawing.samples import sample_table
from harness.report.drawing.svg import INK, tidy
from harness.report.drawing.vetted import is_drawn
from harness.report.words.text import clean
from harness.task import Figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_STYLE: Final[Mapping[str, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "harness",
    "text.parse_math": False,  # a class named `$x$` is a name
    "text.color": INK,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "figure.constrained_layout.use": False,
    "figure.autolayout": False,
}


@dataclass(frozen=True)
class DrawnFigure:
    """A figure ready for a page: a picture with its numbers, or a table of texts.

    `svg` comes from `draw`; a page places it as it is where `vetted.is_drawn`. `table` is plain text that pages escape,
    its heads first and then rows that begin with their label; `numbers` are tables of that form.
    """

    title: str
    text: str
    svg: str = ""
    table: list[list[str]] = field(default_factory=list)
    numbers: list[NumberTable] = field(default_factory=list)


def draw(figure: Figure) -> str:
    """Return one inline `<svg>` element for figure data as `harness.task.Figure` describes it.

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
    seen = description(figure.kind, figure.data)
    return tidy(buffer.getvalue(), clean(figure.title), clean(f"{figure.title}. {seen}"))


def drawn(figure: Figure) -> DrawnFigure:
    """Return the figure drawn, or set as a table, together with its words and numbers."""
    if figure.kind == "texts":
        return DrawnFigure(title=figure.title, text=figure.text, table=sample_table(figure.data))
    svg = draw(figure)
    return DrawnFigure(figure.title, figure.text, svg, numbers=numbers_of(figure.kind, figure.data))


def restored(kept: object) -> list[DrawnFigure] | None:
    """Return figures as they were kept, `dataclasses.asdict` of each; None if any of them is not as `drawn` made it."""
    try:
        figures = _figures().validate_python(kept)
    except ValidationError:
        return None
    return figures if all(not figure.svg or is_drawn(figure.svg) for figure in figures) else None


@cache
def _figures() -> TypeAdapter[list[DrawnFigure]]:
    return TypeAdapter(list[DrawnFigure])


_KINDS: Final[Mapping[str, Callable[[Mapping[str, Any]], "Canvas"]]] = {
    "curves": draw_curves,
    "matrix": draw_matrix,
    "images": draw_images,
    "scatter": draw_scatter,
    "lines": draw_lines,
}
