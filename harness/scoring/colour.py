"""How well grey pictures are coloured: luminance, chroma and hue in the colour space of Rec. 601, and colourfulness.

Pictures are RGB (n, h, w, 3) with pixels in [0, 1]. Luminance is Y = 0.299 R + 0.587 G + 0.114 B; the plane of chroma
has the axes Cb = (B - Y) / 1.772 and Cr = (R - Y) / 1.402, both in [-0.5, 0.5], in which grey lies at 0, the distance
from it is chroma and the direction is hue. Source: Recommendation ITU-R BT.601-7, section 2.5.1.
"""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_between, check_least, check_numbers, check_same_shape
from harness.scoring.means import mean_score
from harness.scoring.score import Score

WEIGHTS: Final = (0.299, 0.587, 0.114)  # of red, green and blue in luminance
BLUE, RED = 1.772, 1.402  # by what B - Y and R - Y are divided
COLOURED: Final = 0.1  # chroma from which on a pixel of a true picture has a hue
FAINT: Final = 0.01  # chroma below which an answer has none
HUE: Final = 45.0  # degrees by which a hue may be off
KEPT: Final = 0.05  # by which luminance may be off
ROUNDING: Final = 1e-5  # by which pixels may leave [0, 1]

Floats = NDArray[np.float64]


def luminance(images: NDArray[Any]) -> Floats:
    """Return Y of Rec. 601 (n, h, w) in [0, 1]. Raises ValueError for what is no RGB with pixels in [0, 1]."""
    _check_pictures("pictures", images)
    found: Floats = images.astype(np.float64) @ np.array(WEIGHTS)
    return found


def chroma_plane(images: NDArray[Any]) -> Floats:
    """Return Cb and Cr of Rec. 601 (n, h, w, 2) in [-0.5, 0.5]. Raises ValueError as `luminance` does."""
    y = luminance(images)
    return np.stack([(images[..., 2] - y) / BLUE, (images[..., 0] - y) / RED], axis=-1)


def coloured(grey: NDArray[Any], plane: NDArray[Any]) -> NDArray[np.float32]:
    """Return the pictures (n, h, w, 3) of a luminance (n, h, w) and a plane of chroma (n, h, w, 2), cut to [0, 1].

    Raises ValueError for NaN, infinity and shapes that do not fit.
    """
    check_numbers("luminances", grey, 3)
    check_numbers("chroma", plane, 4)
    check_same_shape(luminances=grey, chroma=plane[..., 0])
    y = grey.astype(np.float64)
    red, blue = y + RED * plane[..., 1], y + BLUE * plane[..., 0]
    green = (y - WEIGHTS[0] * red - WEIGHTS[2] * blue) / WEIGHTS[1]
    return np.clip(np.stack([red, green, blue], axis=-1), 0, 1).astype(np.float32)


def skill_over_grey(answers: NDArray[Any], images: NDArray[Any]) -> Score:
    """Return 1 - MAE / MAE of the grey pictures: 1 at best, 0 for grey, below 0 for worse; NaN for grey truth.

    Raises ValueError for unequal shapes and as `luminance` does.
    """
    _check_pair(answers, images)
    truth, grey = images.astype(np.float64), luminance(images)[..., None]
    found = _ratio("skill-over-grey", *(_per_picture(np.abs(one - truth)) for one in (answers, grey)))
    return Score(1 - found.value, found.signature, found.sampling_error)


def chroma_ratio(answers: NDArray[Any], images: NDArray[Any]) -> Score:
    """Return the mean chroma of the answers over that of the truth: 0 for grey, 1 for as vivid; NaN for grey truth.

    It does not ask where colour is, nor which. Raises ValueError as `skill_over_grey` does.
    """
    _check_pair(answers, images)
    return _ratio("chroma-ratio", *(_per_picture(_chroma(one)) for one in (answers, images)))


def colourfulness(answers: NDArray[Any]) -> Score:
    """Return how colourful pictures look: 0 for grey, 15 slightly, 33 moderately, 59 quite, 109 extremely.

    The mean over pictures of sqrt(var rg + var yb) + 0.3 sqrt(mean² rg + mean² yb), with rg = R - G and
    yb = (R + G) / 2 - B of pixels in 0..255. Source: Hasler and Suesstrunk, Measuring colourfulness in natural images
    (2003), equation for M^(3). Raises ValueError as `luminance` does.
    """
    _check_pictures("answers", answers)
    red, green, blue = np.moveaxis(255 * answers.astype(np.float64), -1, 0)
    opponents = np.stack([red - green, (red + green) / 2 - blue], axis=-1).reshape(len(answers), -1, 2)
    spread, level = (np.hypot(*of.T) for of in (opponents.std(axis=1), opponents.mean(axis=1)))
    return _mean("colourfulness|Hasler-Suesstrunk", spread + 0.3 * level)


def right_hues(answers: NDArray[Any], images: NDArray[Any], kept: float = math.inf) -> Score:
    """Return the share of coloured pixels of the truth whose hue the answers have to within 45 degrees.

    Coloured is a chroma of 0.1 and more; an answer of chroma below 0.01 has no hue. With `kept`, pixels count only
    whose luminance is off by no more than that. NaN for grey truth. Raises ValueError as `skill_over_grey` does.
    """
    _check_pair(answers, images)
    check_least("kept", 1 / kept if kept else math.nan, 0)
    said, true = _complex(answers), _complex(images)
    there = np.abs(true) >= COLOURED
    off = np.abs(np.angle(said * true.conj(), deg=True))
    right = there & (np.abs(said) >= FAINT) & (off <= HUE)
    right &= np.abs(luminance(answers) - luminance(images)) <= kept
    return _ratio(f"right-hues|within:{HUE:g}|kept:{kept:g}", _per_picture(right), _per_picture(there))


def luminance_error(answers: NDArray[Any], images: NDArray[Any]) -> Score:
    """Return the mean absolute error of the answers' luminance, in [0, 1]; 0 where all of it is kept.

    Raises ValueError as `skill_over_grey` does.
    """
    _check_pair(answers, images)
    off = np.abs(luminance(answers) - luminance(images))
    return _mean("luminance-error|Rec.601", off.reshape(len(off), -1).mean(axis=1))


def colour_signs(answers: NDArray[Any]) -> dict[str, float]:
    """Return what shows in answers alone that they are grey, or all of one hue.

    mean_chroma   mean chroma of all pixels: 0 for grey
    one_hue       length of the sum of all pixels in the plane of chroma over the sum of their lengths: 1 where all
                  have one hue; left out where nothing has colour

    Empty for no answers. Raises ValueError as `luminance` does.
    """
    check_numbers("answers", answers, 4, empty=True)
    if not answers.size:
        return {}
    plane = _complex(answers)
    total = float(np.abs(plane).sum())
    found = {"mean_chroma": total / plane.size}
    return {**found, "one_hue": float(np.abs(plane.sum())) / total} if found["mean_chroma"] >= FAINT else found


def _check_pictures(what: str, images: NDArray[Any]) -> None:
    """Ask for RGB pictures (n, h, w, 3) with pixels in [0, 1]."""
    check_numbers(what, images, 4)
    if images.shape[-1] != 3:
        raise ValueError(f"Expected {what} with three channels, received {images.shape}.")
    check_between(what, images, -ROUNDING, 1 + ROUNDING)


def _check_pair(answers: NDArray[Any], images: NDArray[Any]) -> None:
    """Ask for RGB answers and true pictures of one shape."""
    _check_pictures("answers", answers)
    _check_pictures("pictures", images)
    check_same_shape(answers=answers, pictures=images)


def _complex(images: NDArray[Any]) -> NDArray[np.complex128]:
    """Return the plane of chroma as complex numbers (n, h, w)."""
    blue, red = np.moveaxis(chroma_plane(images), -1, 0)
    found: NDArray[np.complex128] = blue + 1j * red
    return found


def _chroma(images: NDArray[Any]) -> Floats:
    found: Floats = np.abs(_complex(images))
    return found


def _per_picture(values: NDArray[Any]) -> Floats:
    found: Floats = values.reshape(len(values), -1).sum(axis=1, dtype=np.float64)
    return found


def _ratio(name: str, tops: Floats, bottoms: Floats) -> Score:
    """Return the ratio of two sums over pictures (n,), with the standard error of a ratio of means.

    Source: Cochran, Sampling Techniques (1977), section 6.4. NaN over nothing.
    """
    n, whole = len(tops), float(bottoms.sum())
    signature = f"{name}|n:{n}|space:Rec.601|v:1"
    if not whole:
        return Score(math.nan, signature)
    value = float(tops.sum()) / whole
    left = math.sqrt(float(np.sum((tops - value * bottoms) ** 2)) * n / (n - 1)) / whole if n > 1 else None
    return Score(value, signature, left)


def _mean(name: str, values: Floats) -> Score:
    return mean_score(values, f"{name}|n:{len(values)}|v:1")
