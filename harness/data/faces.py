"""Drawn faces: many at once, antialiased by the distance of a pixel to an edge.

What a face looks like is drawn first, as numbers a face (`Look`), and then the pixels follow from them. Coordinates are
those of the head: its centre is the origin, its half height is 1, up is up.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset, Sizes
from harness.data.clocks import CHUNK, Numbers, covered, grid
from harness.data.key import Key
from harness.data.parts import to_draw


@dataclass(frozen=True)
class Look:
    """What n faces look like, float32 (n, 1) each.

    across, up, radius   where the head's centre lies, and its half height, in half images
    tilt            how far the head is tilted, in radians; `turn` how far it looks to the side, in head widths
    width           of the head over its height; `jaw` how much narrower the chin is
    hair            how far hair reaches beyond the head; `line` where it begins on the forehead; `parting` its slope
    long            how far hair reaches down beside the face, from none to the shoulders
    apart, eyes     how far the eyes are apart, and how high they lie; `open` their half height
    brows           how far the brows are above the eyes; `frown` their slope, `thick` their half height
    nose            how long it is
    mouth           its half width; `smile` how far its corners are up, `lips` its half height
    glasses, beard  1 where there are some, else 0
    ground, skin, locks, ink     shades of what is behind, of skin, of hair, and of eyes and mouth, in [0, 1]
    slope_x, slope_y      how much light there is more at an edge of the image than in the middle
    """

    across: Numbers
    up: Numbers
    radius: Numbers
    tilt: Numbers
    turn: Numbers
    width: Numbers
    jaw: Numbers
    hair: Numbers
    line: Numbers
    parting: Numbers
    long: Numbers
    apart: Numbers
    eyes: Numbers
    open: Numbers
    brows: Numbers
    frown: Numbers
    thick: Numbers
    nose: Numbers
    mouth: Numbers
    smile: Numbers
    lips: Numbers
    glasses: Numbers
    beard: Numbers
    ground: Numbers
    skin: Numbers
    locks: Numbers
    ink: Numbers
    slope_x: Numbers
    slope_y: Numbers

    def at(self, where: slice) -> Self:
        return type(self)(**{f.name: getattr(self, f.name)[where] for f in fields(self)})


def faces(name: str, size: int, own: Sizes) -> Callable[[Sizes, Key], Dataset]:
    """Return what draws a data set of faces of size x size pixels by sizes and key; `own` are the sizes if not asked.

    `x` holds images, float32 in [0, 1] of shape (n, size, size, 1), and `y` how far each head is turned, float32 (n,).
    Each part has a draw of its own.
    """

    def draw(sizes: Sizes, key: Key) -> Dataset:
        arrays: dict[str, NDArray[Any]] = {}
        for part, n, random in to_draw(name, sizes, own, key):
            look = looks(n, random)
            arrays[f"x_{part}"] = drawn(look, size)[..., None].astype(np.float32) / np.float32(255)
            arrays[f"y_{part}"] = look.turn[:, 0]
        return Dataset(name, arrays, (), f"faces of {size}x{size} pixels, drawn by key", {}, key=key)

    return draw


def looks(n: int, random: np.random.RandomState) -> Look:
    """Draw what n faces look like."""

    def between(low: float, high: float) -> Numbers:
        return random.uniform(low, high, (n, 1)).astype(np.float32)

    def some(share: float) -> Numbers:
        return (random.random_sample((n, 1)) < share).astype(np.float32)

    skin = between(0.6, 0.95)
    return Look(
        across=between(-0.25, 0.25),
        up=between(-0.24, 0.16),
        radius=between(0.5, 0.72),
        tilt=between(-0.3, 0.3),
        turn=between(-0.22, 0.22),
        width=between(0.68, 0.84),
        jaw=between(0.0, 0.25),
        hair=between(0.04, 0.2),
        line=between(0.35, 0.75),
        parting=between(-0.35, 0.35),
        long=some(0.4) * between(0.4, 1.3),
        apart=between(0.3, 0.4),
        eyes=between(0.08, 0.2),
        open=between(0.05, 0.11),
        brows=between(0.17, 0.26),
        frown=between(-0.25, 0.25),
        thick=between(0.03, 0.06),
        nose=between(0.25, 0.4),
        mouth=between(0.18, 0.36),
        smile=between(-0.1, 0.22),
        lips=between(0.04, 0.12),
        glasses=some(0.25),
        beard=some(0.25),
        ground=between(0.05, 0.35),
        skin=skin,
        locks=between(0.1, 0.6) * skin,
        ink=between(0.05, 0.3) * skin,
        slope_x=between(-0.15, 0.15),
        slope_y=between(-0.05, 0.15),
    )


def drawn(look: Look, size: int) -> NDArray[np.uint8]:
    """Return images uint8 (n, size, size) in 0..255 of faces that look so."""
    n = len(look.tilt)
    images = np.empty((n, size * size), dtype=np.uint8)
    for start in range(0, n, CHUNK):
        where = slice(start, start + CHUNK)
        images[where] = np.rint(255 * np.clip(painted(look.at(where), size), 0, 1)).astype(np.uint8)
    return images.reshape(-1, size, size)


def painted(look: Look, size: int) -> Numbers:
    """Return the shades of pixels (n, size²), from the back to the front; they may leave [0, 1]."""
    u, v = on_the_head(look, size)
    sharp = look.radius * np.float32(size / 2)  # pixels a unit of the head
    shades: Numbers = np.repeat(look.ground, size * size, axis=1)
    narrow = look.width * (1 - look.jaw * np.clip(-v, 0, 1))
    head = covered(oval(u, v, narrow, np.float32(1)), sharp)
    paint(shades, hair_behind(look, u, v, sharp), look.locks)
    paint(shades, covered(box(u, v + np.float32(1.2), look.width * np.float32(0.5), np.float32(0.5)), sharp), look.skin)
    paint(shades, head, look.skin)
    beard = look.beard * covered(v + np.float32(0.3), sharp)
    paint(shades, head * beard, np.float32(0.5) * (look.skin + look.locks))
    paint(shades, head * covered(look.line + look.parting * u - v, sharp), look.locks)
    within(shades, look, u - look.turn, v, sharp)
    x, y = grid(size)
    shades *= 1 + look.slope_x * x + look.slope_y * y
    return shades


def within(shades: Numbers, look: Look, u: Numbers, v: Numbers, sharp: Numbers) -> None:
    """Paint eyes, brows, nose, mouth and glasses, where `u` is the way from the middle of the face."""
    side = np.abs(u) - look.apart
    eye = covered(oval(side, v - look.eyes, np.float32(0.13), look.open), sharp)
    paint(shades, eye, look.ink)
    high = v - look.eyes - look.brows - look.frown * (side * np.sign(u))
    paint(shades, covered(box(side, high, np.float32(0.17), look.thick), sharp), look.locks)
    low = v - look.eyes + look.nose
    paint(
        shades, covered(box(u, low - np.float32(0.5) * look.nose, np.float32(0.03), look.nose / 2), sharp), shadow(look)
    )
    paint(shades, covered(box(u, low, np.float32(0.1), np.float32(0.035)), sharp), shadow(look))
    bent = v + np.float32(0.5) - look.smile * ((u / look.mouth) ** 2 - 1)
    paint(shades, covered(box(u, bent, look.mouth, look.lips), sharp), look.ink)
    frame = np.abs(oval(side, v - look.eyes, np.float32(0.24), np.float32(0.2))) - np.float32(0.03)
    bridge = box(u, v - look.eyes, np.maximum(look.apart - np.float32(0.24), 0), np.float32(0.03))
    paint(shades, look.glasses * covered(np.minimum(frame, bridge), sharp), np.float32(0.1))


def shadow(look: Look) -> Numbers:
    return look.skin * np.float32(0.7)


def hair_behind(look: Look, u: Numbers, v: Numbers, sharp: Numbers) -> Numbers:
    """Return how much of each pixel hair covers that is behind the head: a cap, and locks beside the face."""
    cap = oval(u, v - look.hair / 2, look.width + look.hair, 1 + look.hair / 2)
    beside = box(u, v + look.long / 2, look.width + look.hair, look.long / 2)
    down = np.where(look.long > 0, beside, np.float32(9))
    above = np.maximum(cap, -v - np.float32(0.1))
    return covered(np.minimum(above, down), sharp)


def on_the_head(look: Look, size: int) -> tuple[Numbers, Numbers]:
    """Return where each pixel (n, size²) lies on the head: u to the right, v up."""
    x, y = grid(size)
    x, y = (x - look.across) / look.radius, (y - look.up) / look.radius
    cosine: Numbers = np.cos(look.tilt)
    sine: Numbers = np.sin(look.tilt)
    return cosine * x - sine * y, sine * x + cosine * y


def oval(u: Any, v: Any, wide: Any, high: Any) -> Numbers:
    """Return about how far outside an ellipse a place lies; negative within."""
    far: Numbers = (np.sqrt((u / wide) ** 2 + (v / high) ** 2) - 1) * np.minimum(wide, high)
    return far


def box(u: Any, v: Any, wide: Any, high: Any) -> Numbers:
    """Return about how far outside a rectangle a place lies; negative within."""
    far: Numbers = np.maximum(np.abs(u) - wide, np.abs(v) - high)
    return far


def paint(shades: Numbers, cover: Numbers, shade: Any) -> None:
    """Lay a shade over the pixels as far as it covers them."""
    shades += cover * (shade - shades)
