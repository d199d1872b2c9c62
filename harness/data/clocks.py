"""Drawn analogue clocks: many at once, antialiased by the distance of a pixel to a line.

What an image shows is drawn first, as numbers a clock (`Look`), and then the pixels follow from them. Coordinates are
those of the dial: its centre is the origin, its rim has radius 1, its long mark is up. All clocks under a key are of
one make.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset, Sizes
from harness.data.key import Key
from harness.data.makes import HOURS, MINUTES, USUAL, Make, make_of
from harness.data.parts import to_draw

Numbers = NDArray[np.float32]  # one row a clock

CHUNK: Final = 32  # clocks that are drawn at once, so that their pixels stay in the processor's cache
MARK: Final = (0.84, 0.95)  # where one begins and ends
LONG_MARK: Final = 0.66  # where the one at the top begins
RIM: Final = 0.03  # half the width
HANDS: Final = ("radius", "hour", "minute", "thick", "taper", "tail")  # what a plain clock has of others


@dataclass(frozen=True)
class Look:
    """What n clocks look like, float32 (n, 1) each unless said.

    turn           how far the dial is turned clockwise, in radians
    across, up     where the dial's centre lies, in half images; `radius` of the dial in the same
    lens           how much further out a point at the edge of the image seems to be
    hour, minute   lengths of the hands; `thick` half the width of the hour hand at its foot
    taper          share of that width that is lost up to the tip; `tail` how far hands reach beyond the centre
    second         where the second hand points, in radians; `sweeps` 1 where there is one, else 0
    ground, face, ink     shades of what is around the dial, of the dial and of what is on it, in [0, 1]
    slope_x, slope_y      how much light there is more at an edge of the image than in the middle
    glare          brightness of a reflection at `glare_x`, `glare_y`
    noise          standard deviation of a pixel
    """

    turn: Numbers
    across: Numbers
    up: Numbers
    radius: Numbers
    lens: Numbers
    hour: Numbers
    minute: Numbers
    thick: Numbers
    taper: Numbers
    tail: Numbers
    second: Numbers
    sweeps: Numbers
    ground: Numbers
    face: Numbers
    ink: Numbers
    slope_x: Numbers
    slope_y: Numbers
    glare: Numbers
    glare_x: Numbers
    glare_y: Numbers
    noise: Numbers

    def at(self, where: slice) -> Self:
        return type(self)(**{f.name: getattr(self, f.name)[where] for f in fields(self)})


def clocks(
    name: str, size: int, own: Sizes, spread: float = 1.0, light: float = 0.5
) -> Callable[[Sizes, Key], Dataset]:
    """Return what draws a data set of clocks of size x size pixels by sizes and key; `own` are the sizes if not asked.

    `x` holds images, float32 in [0, 1] of shape (n, size, size, 1), and `y` minutes since twelve, int64 (n,) in 0..719,
    of which every one is as often there as any other, give or take one. Each part has a draw of its own. `spread` and
    `light` are those of `looks`.
    """

    def draw(sizes: Sizes, key: Key) -> Dataset:
        arrays: dict[str, NDArray[Any]] = {}
        for part, n, random in to_draw(name, sizes, own, key):
            minutes = times(n, random)
            images = drawn(minutes, looks(n, random, spread, light), size, random, make_of(key))
            arrays[f"x_{part}"], arrays[f"y_{part}"] = images[..., None].astype(np.float32) / np.float32(255), minutes
        return Dataset(name, arrays, (), f"clocks of {size}x{size} pixels, drawn by key", {}, key=key)

    return draw


def times(n: int, random: np.random.RandomState) -> NDArray[np.int64]:
    """Return n times, int64 in 0..719: all minutes in a drawn order, and again in another one."""
    rounds = [random.permutation(MINUTES) for _ in range(-(-n // MINUTES))]
    return np.concatenate([np.zeros(0, np.int64), *rounds])[:n].astype(np.int64)


def looks(n: int, random: np.random.RandomState, spread: float = 1.0, light: float = 0.5) -> Look:
    """Draw what n clocks look like.

    With `spread` 0 the dial lies upright in the middle and is as large as it may be; with 1 it is turned by up to 7
    degrees, moved by up to 4 % of the image, up to 17 % smaller, and bent by the lens. `light` is the share of clocks
    that are light on dark.
    """

    def between(low: float, high: float) -> Numbers:
        return random.uniform(low, high, (n, 1)).astype(np.float32)

    dark_on_light = random.random_sample((n, 1)) >= light
    face, ink = between(0.7, 1.0), between(0.0, 0.3)
    return Look(
        turn=between(-0.12 * spread, 0.12 * spread),
        across=between(-0.08 * spread, 0.08 * spread),
        up=between(-0.08 * spread, 0.08 * spread),
        radius=between(0.92 - 0.16 * spread, 0.92),
        lens=between(-0.08 * spread, 0.08 * spread),
        hour=between(0.42, 0.52),
        minute=between(0.74, 0.86),
        thick=between(0.07, 0.11),
        taper=between(0.0, 0.6),
        tail=between(0.0, 0.1),
        second=between(0.0, 2 * np.pi),
        sweeps=(random.random_sample((n, 1)) < 0.5).astype(np.float32),
        ground=between(0.0, 1.0),
        face=np.where(dark_on_light, face, 1 - face),
        ink=np.where(dark_on_light, ink, 1 - ink),
        slope_x=between(-0.25, 0.25),
        slope_y=between(-0.25, 0.25),
        glare=between(0.0, 0.5),
        glare_x=between(-0.8, 0.8),
        glare_y=between(-0.8, 0.8),
        noise=between(0.0, 0.04),
    )


def drawn(
    minutes: NDArray[np.int64], look: Look, size: int, random: np.random.RandomState, make: Make = USUAL
) -> NDArray[np.uint8]:
    """Return images uint8 (n, size, size) in 0..255 of clocks of a make that show `minutes` (n,), 0..719 since twelve.

    `random` draws the noise of pixels.
    """
    images = np.empty((len(minutes), size * size), dtype=np.uint8)
    for start in range(0, len(minutes), CHUNK):
        where = slice(start, start + CHUNK)
        few = look.at(where)
        shades = lit(few, *inked(*make.hands(minutes[where].reshape(-1, 1)), few, size), size)
        shades += few.noise * random.standard_normal(shades.shape).astype(np.float32)
        images[where] = np.rint(255 * np.clip(shades, 0, 1)).astype(np.uint8)
    return images.reshape(-1, size, size)


def inked(hour: NDArray[np.float64], minute: NDArray[np.float64], look: Look, size: int) -> tuple[Numbers, Numbers]:
    """Return how much of each pixel (n, size²) is dial, and how much is marks, rim and hands, in [0, 1].

    The hour hand and the minute hand point at these angles (n, 1), in radians.
    """
    x, y = on_the_dial(look, size)
    sharp = look.radius * np.float32(size / 2)  # pixels a unit of the dial
    out = np.sqrt(x * x + y * y)
    ink = covered(np.abs(out - 1) - np.float32(RIM), sharp)
    np.maximum(ink, marks(x, y, out, sharp), out=ink)
    np.maximum(ink, hand(x, y, hour, look.hour, look, 1.0, sharp), out=ink)
    np.maximum(ink, hand(x, y, minute, look.minute, look, 0.7, sharp), out=ink)
    np.maximum(ink, look.sweeps * hand(x, y, look.second, look.minute, look, 0.2, sharp), out=ink)
    return covered(out - 1, sharp), ink


def on_the_dial(look: Look, size: int) -> tuple[Numbers, Numbers]:
    """Return where each pixel (n, size²) lies on the dial: x to the right, y up."""
    x, y = grid(size)
    bent = 1 + look.lens * (x * x + y * y)
    x, y = (x * bent - look.across) / look.radius, (y * bent - look.up) / look.radius
    cosine: Numbers = np.cos(look.turn)
    sine: Numbers = np.sin(look.turn)
    return cosine * x - sine * y, sine * x + cosine * y


def grid(size: int) -> tuple[Numbers, Numbers]:
    """Return the middles of pixels (1, size²) with the edges of the image at -1 and 1."""
    middles = (np.arange(size, dtype=np.float32) + np.float32(0.5)) * np.float32(2 / size) - 1
    x, y = np.meshgrid(middles, -middles)
    return x.reshape(1, -1), y.reshape(1, -1)


def covered(outside: Numbers, sharp: Numbers) -> Numbers:
    """Return how much of a pixel a shape covers whose edge is `outside` of its middle, `sharp` pixels a unit."""
    share: Numbers = np.clip(np.float32(0.5) - outside * sharp, 0, 1)
    return share


def hand(
    x: Numbers, y: Numbers, angle: NDArray[Any], length: Numbers, look: Look, width: float, sharp: Numbers
) -> Numbers:
    """Return how much a hand covers: a line from its tail to its tip, ever thinner, `width` times as thick as asked."""
    sine, cosine = np.sin(angle).astype(np.float32), np.cos(angle).astype(np.float32)
    along, off = x * sine + y * cosine, x * cosine - y * sine
    beyond = along - np.clip(along, -look.tail, length)
    half = look.thick * np.float32(width) * (1 - look.taper * np.clip(along / length, 0, 1))
    return covered(np.sqrt(off * off + beyond * beyond) - half, sharp)


def marks(x: Numbers, y: Numbers, out: Numbers, sharp: Numbers) -> Numbers:
    """Return how much the marks of the hours cover; the one at the top is long."""
    step = np.float32(2 * np.pi / HOURS)
    angle = np.arctan2(x, y)
    nearest = np.rint(angle / step)
    off = out * np.sin(angle - nearest * step)
    begins = np.where(nearest == 0, np.float32(LONG_MARK), np.float32(MARK[0]))
    beyond = out - np.clip(out, begins, np.float32(MARK[1]))
    return covered(np.sqrt(off * off + beyond * beyond) - np.float32(RIM), sharp)


def lit(look: Look, dial: Numbers, ink: Numbers, size: int) -> Numbers:
    """Return the shades of pixels (n, size²) under the light that falls on them; they may leave [0, 1]."""
    x, y = grid(size)
    shades: Numbers = look.ground + dial * (look.face - look.ground)
    shades += ink * (look.ink - shades)
    shades *= 1 + look.slope_x * x + look.slope_y * y
    far = (x - look.glare_x) ** 2 + (y - look.glare_y) ** 2
    shades += look.glare * np.exp(far * np.float32(-8))
    return shades


def plain(size: int, make: Make = USUAL) -> NDArray[np.uint8]:
    """Return a clock for every minute 0..719, uint8 (720, size, size): upright, in the middle, dark on light."""
    return plainly(np.arange(MINUTES, dtype=np.int64), size, make)


def showing(minutes: NDArray[Any], size: int, make: Make = USUAL) -> NDArray[np.uint8]:
    """Return plain clocks, uint8 (n, size, size), that show times (n,), to the next whole minute."""
    return plainly(np.rint(minutes).astype(np.int64) % MINUTES, size, make)


def plainly(minutes: NDArray[np.int64], size: int, make: Make) -> NDArray[np.uint8]:
    """Return clocks whose hands are as those of others are on average, without anything that disturbs."""
    n, random = len(minutes), np.random.RandomState(0)
    usual = {name: float(getattr(looks(MINUTES, random, spread=0.5), name).mean()) for name in HANDS}
    chosen = {**{f.name: 0.0 for f in fields(Look)}, **usual, "face": 1.0}
    return drawn(minutes, Look(**{k: np.full((n, 1), v, np.float32) for k, v in chosen.items()}), size, random, make)
