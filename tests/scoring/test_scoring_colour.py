"""Colours against scikit-image, hues against angles one by one, and rules against searching by hand."""

import math
from statistics import median

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import KDTree
from skimage.color import rgb2ycbcr
from sklearn.metrics import mean_absolute_error

from harness.scoring.colour import (
    chroma_plane,
    chroma_ratio,
    colour_signs,
    coloured,
    colourfulness,
    luminance,
    luminance_error,
    right_hues,
    skill_over_grey,
)
from harness.scoring.tints import KNOWN, by_patches, tint

RNG = np.random.default_rng(0)
TRUTH = RNG.random((6, 8, 8, 3)).astype(np.float32)
SAID = np.clip(TRUTH + RNG.normal(0, 0.15, TRUTH.shape), 0, 1).astype(np.float32)
GREY = np.repeat(luminance(TRUTH)[..., None], 3, axis=-1)
PRIMARIES = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1), "yellow": (1, 1, 0), "grey": (0.5, 0.5, 0.5)}


def even(colour: tuple[float, ...], n: int = 2) -> NDArray[np.float64]:
    """Return pictures of one colour."""
    return np.tile(np.array(colour, np.float64), (n, 4, 4, 1))


def test_luminance_and_chroma_are_those_of_the_recommendation() -> None:
    """scikit-image gives them as 8-bit numbers: Y from 16 to 235, and 224 steps of chroma around 128."""
    theirs = rgb2ycbcr(TRUTH.astype(np.float64))
    np.testing.assert_allclose(luminance(TRUTH), (theirs[..., 0] - 16) / 219, atol=1e-4)
    np.testing.assert_allclose(chroma_plane(TRUTH), (theirs[..., 1:] - 128) / 224, atol=1e-4)


def test_a_picture_comes_back_from_its_luminance_and_chroma() -> None:
    np.testing.assert_allclose(coloured(luminance(TRUTH), chroma_plane(TRUTH)), TRUTH, atol=1e-5)
    assert coloured(np.ones((1, 2, 2)), np.full((1, 2, 2, 2), 0.5)).max() <= 1


def test_grey_has_no_skill_and_the_truth_all_of_it() -> None:
    assert skill_over_grey(GREY, TRUTH).value == pytest.approx(0, abs=1e-6)
    assert skill_over_grey(TRUTH, TRUTH).value == 1
    errors = [mean_absolute_error(TRUTH.reshape(-1), one.reshape(-1)) for one in (SAID, GREY)]
    assert skill_over_grey(SAID, TRUTH).value == pytest.approx(1 - errors[0] / errors[1], rel=1e-5)
    assert math.isnan(skill_over_grey(GREY, GREY.mean(axis=-1, keepdims=True).repeat(3, axis=-1) * 0).value)


@pytest.mark.parametrize(("share", "value"), [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)])
def test_the_chroma_ratio_is_how_far_colours_are_drawn_from_grey(share: float, value: float) -> None:
    faded = share * TRUTH + (1 - share) * GREY
    assert chroma_ratio(faded, TRUTH).value == pytest.approx(value, abs=1e-6)
    assert luminance_error(faded, TRUTH).value == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("colour", "value"),
    [("red", 0.3 * math.hypot(255, 127.5)), ("yellow", 0.3 * 255), ("blue", 0.3 * 255), ("grey", 0.0)],
)
def test_colourfulness_of_one_colour_is_its_mean_alone(colour: str, value: float) -> None:
    assert colourfulness(even(PRIMARIES[colour])).value == pytest.approx(value)


def test_colourfulness_is_that_of_the_article() -> None:
    each = []
    for picture in 255 * TRUTH.astype(np.float64):
        red, green, blue = (picture[..., i].ravel().tolist() for i in range(3))
        rg = [r - g for r, g in zip(red, green, strict=True)]
        yb = [0.5 * (r + g) - b for r, g, b in zip(red, green, blue, strict=True)]
        spread = math.sqrt(float(np.var(rg)) + float(np.var(yb)))
        each.append(spread + 0.3 * math.sqrt(float(np.mean(rg)) ** 2 + float(np.mean(yb)) ** 2))
    found = colourfulness(TRUTH)
    assert found.value == pytest.approx(np.mean(each))
    assert found.sampling_error == pytest.approx(np.std(each, ddof=1) / math.sqrt(len(each)))


def test_hues_are_right_to_within_an_eighth_of_the_circle() -> None:
    right = there = 0
    for said, true in zip(chroma_plane(SAID).reshape(-1, 2), chroma_plane(TRUTH).reshape(-1, 2), strict=True):
        if math.hypot(*true) < 0.1:
            continue
        there += 1
        apart = abs(math.degrees(math.atan2(*said) - math.atan2(*true)))
        right += min(apart, 360 - apart) <= 45 and math.hypot(*said) >= 0.01
    assert right_hues(SAID, TRUTH).value == pytest.approx(right / there)


@pytest.mark.parametrize(
    ("said", "true", "value"),
    [("red", "red", 1.0), ("green", "red", 0.0), ("grey", "red", 0.0), ("blue", "red", 0.0), ("red", "grey", None)],
)
def test_one_colour_for_another(said: str, true: str, value: float | None) -> None:
    found = right_hues(even(PRIMARIES[said]), even(PRIMARIES[true])).value
    assert found == value if value is not None else math.isnan(found)


def test_a_right_hue_at_the_wrong_light_does_not_count_where_light_does() -> None:
    darker = 0.5 * TRUTH
    assert right_hues(darker, TRUTH).value > 0.95
    assert right_hues(darker, TRUTH, 0.05).value < 0.1
    assert luminance_error(darker, TRUTH).value == pytest.approx(luminance(TRUTH).mean() / 2, rel=1e-5)


def test_signs_tell_grey_and_one_hue_from_photographs() -> None:
    assert colour_signs(GREY.astype(np.float32)) == {"mean_chroma": pytest.approx(0, abs=1e-6)}
    assert colour_signs(even(PRIMARIES["red"]))["one_hue"] == pytest.approx(1)
    assert colour_signs(TRUTH)["one_hue"] < 0.3
    assert colour_signs(TRUTH[:0]) == {}


def test_the_sampling_error_is_that_of_drawing_other_pictures() -> None:
    """By the bootstrap over pictures."""
    n = 300
    truth = RNG.random((n, 2, 2, 3))
    said = np.clip(truth + RNG.normal(0, RNG.random((n, 1, 1, 1)) / 3, truth.shape), 0, 1)
    for score in (skill_over_grey, chroma_ratio, right_hues):
        again = [score(said[i], truth[i]).value for i in RNG.integers(0, n, (200, n))]
        assert score(said, truth).sampling_error == pytest.approx(np.std(again), rel=0.25)


def test_a_tint_is_the_median_chroma_of_pixels_as_light() -> None:
    grey = luminance(SAID)
    pixels = list(zip(luminance(TRUTH).ravel(), chroma_plane(TRUTH).reshape(-1, 2), strict=True))
    plane = np.zeros((*grey.shape, 2))
    for place, light in np.ndenumerate(grey):
        same = [chroma for y, chroma in pixels if min(int(32 * y), 31) == min(int(32 * light), 31)]
        plane[place] = [median(c[axis] for c in same) for axis in (0, 1)] if same else 0
    np.testing.assert_allclose(tint(TRUTH, grey), coloured(grey, plane), atol=1e-6)


def test_patches_take_the_chroma_of_the_most_similar_ones() -> None:
    grey = luminance(SAID)
    assert TRUTH[..., 0].size < KNOWN, "all are known"

    def around(light: NDArray[np.float64]) -> NDArray[np.float64]:
        wide = [np.pad(one, 2, mode="symmetric") for one in light]
        return np.array([w[i : i + 5, j : j + 5].ravel() for w in wide for i in range(8) for j in range(8)])

    _, nearest = KDTree(around(luminance(TRUTH))).query(around(grey), k=8)
    plane = chroma_plane(TRUTH).reshape(-1, 2)[nearest].mean(axis=1).reshape(*grey.shape, 2)
    np.testing.assert_allclose(by_patches(TRUTH, grey, 0), coloured(grey, plane), atol=1e-6)
