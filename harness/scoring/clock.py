"""How far apart two times on a dial of twelve hours are, in minutes.

Times are minutes since twelve, (n,), and any number is one: 725 is five past twelve. Hours and minutes are combined
first; with a ring each, whose distances are added, 11:59 and 12:01 would be 62 minutes apart.
"""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import (
    check_array,
    check_between,
    check_least,
    check_numbers,
    check_rows,
    check_same_example,
)
from harness.scoring.means import mean_score
from harness.scoring.score import Score

DIAL: Final = 720  # minutes
HOURS: Final = 12
FAINT: Final = 1e-4  # length of an image of which light explains all but what rounding leaves


def minutes_apart(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float64]:
    """Return the cyclic distance min(d, 720 - d) with d = |one - other| mod 720, (n,) in 0..360.

    Raises ValueError for other shapes, NaN and infinity.
    """
    check_numbers("times", one, 1)
    check_numbers("times", other, 1)
    check_rows(times=one, true_times=other)
    d = np.abs(one.astype(np.float64) - other.astype(np.float64)) % DIAL
    apart: NDArray[np.float64] = np.minimum(d, DIAL - d)
    return apart


def mean_apart(predicted: NDArray[Any], truth: NDArray[Any]) -> Score:
    """Return the mean distance in minutes; lower is better, 180 is chance.

    The sampling error is that of a mean over n clocks. Raises ValueError as `minutes_apart` does.
    """
    return _mean("minutes_apart|mean", minutes_apart(predicted, truth))


def median_apart(predicted: NDArray[Any], truth: NDArray[Any]) -> Score:
    """Return the median distance in minutes; lower is better, 180 is chance.

    The sampling error is half the way between the ranks one standard error (half the root of n) below and above the
    middle (David and Nagaraja, Order Statistics, 2003, section 7.1). Raises ValueError as `minutes_apart` does.
    """
    d = np.sort(minutes_apart(predicted, truth))
    n = len(d)
    low, high = (round(n / 2 + side * math.sqrt(n) / 2 - 0.5) for side in (-1, 1))
    sampling = float(d[min(high, n - 1)] - d[max(low, 0)]) / 2 if n > 1 else None
    return Score(float(np.median(d)), f"minutes_apart|median|n:{n}|v:1", sampling)


def share_within(predicted: NDArray[Any], truth: NDArray[Any], minutes: float) -> Score:
    """Return the share of clocks that are read to within so many minutes, in [0, 1]; higher is better.

    Raises ValueError as `minutes_apart` does, and for fewer than 0 minutes.
    """
    check_least("minutes", minutes, 0)
    return _mean(f"minutes_apart|within:{minutes:g}", (minutes_apart(predicted, truth) <= minutes).astype(np.float64))


def by_hour(predicted: NDArray[Any], truth: NDArray[Any]) -> NDArray[np.float64]:
    """Return the mean distance of the clocks of each true hour, (12,) in minutes; NaN for an hour without clocks.

    Raises ValueError as `minutes_apart` does.
    """
    d, hours = minutes_apart(predicted, truth), hour_of(truth)
    counts = np.bincount(hours, minlength=HOURS)
    sums = np.bincount(hours, weights=d, minlength=HOURS)
    means: NDArray[np.float64] = np.divide(sums, counts, out=np.full(HOURS, np.nan), where=counts > 0)
    return means


def worst_hour(predicted: NDArray[Any], truth: NDArray[Any]) -> Score:
    """Return the largest of the means by hour, in minutes; lower is better."""
    return Score(float(np.nanmax(by_hour(predicted, truth))), f"minutes_apart|worst of 12 hours|n:{len(truth)}|v:1")


def near_twelve(predicted: NDArray[Any], truth: NDArray[Any], within: float = 60) -> Score:
    """Return the mean distance of clocks that show a time within so many minutes of twelve; lower is better.

    This is where an answer that takes the dial for a straight line is at a loss. NaN where there is no such clock.
    """
    apart = minutes_apart(predicted, truth)
    check_least("minutes from twelve", within, 0)
    where = minutes_apart(truth, np.zeros(len(truth))) <= within
    if not where.any():
        return Score(math.nan, f"minutes_apart|near twelve:{within:g}|n:0|v:1")
    return _mean(f"minutes_apart|near twelve:{within:g}", apart[where])


def median_lead(predicted: NDArray[Any], truth: NDArray[Any]) -> float:
    """Return by how much answers lead, in minutes in [-360, 360): the median of their differences on the dial.

    A few answers that are hours off do not move it, as they would the mean. Raises ValueError as `minutes_apart` does.
    """
    minutes_apart(predicted, truth)
    half = DIAL / 2
    return float(np.median((predicted.astype(np.float64) - truth + half) % DIAL - half))


def hour_of(minutes: NDArray[Any]) -> NDArray[np.int64]:
    """Return the hour 0..11 that times are in, int64 (n,). Raises ValueError as `minutes_apart` does."""
    check_numbers("times", minutes, 1, empty=True)
    hours: NDArray[np.int64] = np.floor(minutes % DIAL).astype(np.int64) // (DIAL // HOURS) % HOURS
    return hours


def class_of(minutes: NDArray[Any], classes: int) -> NDArray[np.int64]:
    """Return which of k equal parts of the dial times are in, int64 (n,) in 0..k-1: part c begins at 720 c / k.

    Raises ValueError as `minutes_apart` does, and for no parts.
    """
    check_numbers("times", minutes, 1, empty=True)
    check_least("classes", classes, 1)
    parts: NDArray[np.int64] = np.floor((minutes % DIAL) * classes / DIAL).astype(np.int64) % classes
    return parts


def of_classes(probabilities: NDArray[Any]) -> NDArray[np.float64]:
    """Return the time (n,) that probabilities (n, k) of the k parts of the dial say: the middle of the likeliest.

    Whole minutes are told apart, so that the middle of a part is the mean of those in it: 0 to 29 is 14.5. Raises
    ValueError for other shapes, NaN and infinity.
    """
    check_numbers("probabilities", probabilities, 2)
    k = probabilities.shape[1]
    whole = np.arange(DIAL)
    parts = class_of(whole, k)
    middles = np.bincount(parts, weights=whole, minlength=k) / np.bincount(parts, minlength=k)
    found: NDArray[np.float64] = middles[probabilities.argmax(axis=1)]
    return found


def of_hour_and_minute(hours: NDArray[Any], minutes: NDArray[Any]) -> NDArray[np.float64]:
    """Return the time (n,) that probabilities (n, 12) of hours and minutes (n,) in 0..60 say, combined.

    Raises ValueError for other shapes, NaN, infinity, and minutes out of range.
    """
    check_numbers("hours", hours, 2)
    check_numbers("minutes", minutes, 1)
    check_rows(hours=hours, minutes=minutes)
    check_between("minutes", minutes, 0, DIAL // HOURS)
    found: NDArray[np.float64] = hours.argmax(axis=1) * float(DIAL // HOURS) + minutes.astype(np.float64)
    return found


def clock_signs(predicted: NDArray[Any], truth: NDArray[Any], classes: int = 0) -> dict[str, float]:
    """Return what shows in times (n,) that parts begin elsewhere, a dial is straight, or half of a time is missing.

    part_lead          how far answers lead in the median, in widths of one of the `classes`, if there are any
    at_twelve          mean distance within an hour of twelve / the same of all others: about 1
    hour_share         share of clocks whose hour is right
    minutes_off        mean distance of the minutes on their own circle of 60; 15 is chance

    Empty for no clocks, and without `at_twelve` where it would divide by nothing. Raises ValueError for other shapes,
    NaN and infinity.
    """
    check_numbers("times", predicted, 1, empty=True)
    check_numbers("true times", truth, 1, empty=True)
    check_rows(times=predicted, true_times=truth)
    check_least("classes", classes, 0)
    if not len(truth):
        return {}
    near = minutes_apart(truth, np.zeros(len(truth))) <= 60
    apart, ring = minutes_apart(predicted, truth), np.abs(predicted - truth) % 60
    found = {
        "hour_share": float((hour_of(predicted) == hour_of(truth)).mean()),
        "minutes_off": float(np.minimum(ring, 60 - ring).mean()),
    }
    if near.any() and not near.all() and (others := float(apart[~near].mean())):
        found["at_twelve"] = float(apart[near].mean()) / others
    if classes:
        found["part_lead"] = median_lead(predicted, truth) * classes / DIAL
    return found


def by_templates(images: NDArray[Any], templates: NDArray[Any], where: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return of each image (n, h, w) which of the templates (t, h, w) it is most like, (n,) in 0..t-1.

    Alike is a correlation of the pixels `where` (h, w), of either sign, so that light hands are like dark ones, once
    what light adds is taken out of both: the polynomial of second degree in the place of a pixel that fits best. Raises
    ValueError for NaN, infinity, and images or pixels of another shape.
    """
    check_numbers("images", images, 3)
    check_numbers("templates", templates, 3)
    check_array("where", where, "b", "booleans", 2)
    check_same_example(images=images, templates=templates, pixels=where[None])
    found: NDArray[np.int64] = np.abs(_standing(images, where) @ _standing(templates, where).T).argmax(axis=1)
    return found


def _standing(images: NDArray[Any], where: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the pixels of each image without what light adds, with length 1; an image of light alone is all 0."""
    rows, light = images[:, where].astype(np.float32), _light(where)
    rows -= rows @ light @ light.T
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: NDArray[np.float32] = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > FAINT)
    return found


def _light(where: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return an orthonormal basis (pixels, 6) of polynomials of second degree in the place of a pixel."""
    y, x = (2 * (at + 0.5) / size - 1 for at, size in zip(np.nonzero(where), where.shape, strict=True))
    basis: NDArray[np.float32] = np.linalg.qr(np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1))[0]
    return basis.astype(np.float32)


def _mean(name: str, values: NDArray[np.float64]) -> Score:
    return mean_score(values, f"{name}|n:{len(values)}|v:1")
