"""Images as matplotlib draws them into SVG: embedded once, pixel by pixel, with what lies between them left out."""

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.path import Path

Box = tuple[float, float, float, float]


def pixels(shades: NDArray[np.uint8], box: Box, n: int = 0) -> "Artist":
    """Return an artist that shows uint8 pixels (h, w), (h, w, 3) or (h, w, 4) in a box in inches.

    With `n`, the pixels are that many images side by side, each with a gap to its right as wide as `gap` says, and
    the gaps stay empty.
    """
    made: Artist = _artist()(shades, box, n)
    return made


def gap(width: int) -> int:
    """Return how many empty pixels stand to the right of an image of this width."""
    return max(1, width // 14)


@cache
def _artist() -> Any:
    """Return the class, made with the first picture because its base comes from matplotlib."""
    from matplotlib.artist import Artist
    from matplotlib.transforms import Affine2D, TransformedPath

    class Pixels(Artist):
        def __init__(self, shades: NDArray[np.uint8], box: Box, n: int) -> None:
            super().__init__()
            self.shades, self.box, self.n = shades, box, n

        def draw(self, renderer: Any) -> None:
            inch = renderer.points_to_pixels(72)
            left, bottom, wide, tall = (inch * value for value in self.box)
            context = renderer.new_gc()
            if self.n:
                place = Affine2D().scale(wide, tall).translate(left, bottom)
                context.set_clip_path(TransformedPath(_tiles(self.n, self.shades.shape[1]), place))
            upright = Affine2D().scale(wide, -tall).translate(0, tall)
            renderer.draw_image(context, left, bottom, self.shades, upright)
            context.restore()

    return Pixels


def _tiles(n: int, width: int) -> "Path":
    """Return the outlines of n images that with their gaps are `width` pixels wide together, in the unit square."""
    from matplotlib.path import Path

    each = width // n
    inside = next(w for w in range(each, -1, -1) if w + gap(w) == each) / each
    corners = np.array([(0, 0), (inside, 0), (inside, 1), (0, 1), (0, 0)])
    vertices = np.concatenate([(corners + np.array((place, 0))) / (n, 1) for place in range(n)])
    codes = np.tile([Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY], n)
    return Path(vertices, codes)
