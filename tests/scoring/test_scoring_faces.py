"""What is measured of faces: a bank of filters, the nearest face, interpolations, sharpness; second opinions beside."""

import numpy as np
import pytest
from scipy.signal import correlate2d
from scipy.spatial.distance import cdist

from harness.data.faces import drawn, looks
from harness.scoring import filter_bank
from harness.scoring.drawings import moved
from harness.scoring.filter_bank import bank_name, seen, smaller
from harness.scoring.frechet import frechet_distance
from harness.scoring.generated import Nearest, originality
from harness.scoring.interpolated import sharpness, smoothness, steadily_valid, validity
from harness.scoring.look_alike import nearest_shifted
from harness.scoring.score import Score

RNG = np.random.default_rng(0)
STEPS = np.linspace(0, 1, 9)[:, None, None, None]


def faces(n: int, seed: int) -> np.ndarray:
    return drawn(looks(n, np.random.RandomState(seed)), 24)[..., None].astype(np.float32) / np.float32(255)


TRAIN, TEST = faces(400, 1), faces(200, 2)


def test_filters_answer_as_they_do_by_hand() -> None:
    image = TEST[:1]
    shades = image[0, ..., 0].astype(np.float64)
    shades = (shades - shades.mean()) * 0.2 / (shades.std() + 0.1)
    framed = np.pad(shades, 3, mode="edge")
    answers = [shades, *(20 * np.abs(correlate2d(framed, f, mode="valid")) for f in filter_bank._filters())]
    pooled = [a[4 * i : 4 * i + 4, 4 * j : 4 * j + 4].mean() for a in answers for i in range(6) for j in range(6)]
    assert seen(image)[0] == pytest.approx(np.array(pooled) @ filter_bank._projection(), abs=1e-9)


def test_the_bank_is_what_it_was() -> None:
    """Another bank would be another measure: its name, which is in every signature, would have to change as well."""
    assert bank_name() == "edges-48@sha256:88c2ef9939fe"


def test_what_is_seen_does_not_hang_on_lightness_or_size() -> None:
    assert seen(0.5 * TEST[:5] + 0.2) == pytest.approx(seen(TEST[:5]), abs=0.6 * float(np.abs(seen(TEST[:5])).max()))
    large = np.repeat(np.repeat(TEST[:5], 2, axis=1), 2, axis=2)
    assert seen(large) == pytest.approx(seen(TEST[:5]), abs=1e-9)


@pytest.mark.parametrize("side", [24, 25, 48, 64])
def test_a_smaller_picture_has_the_same_mean(side: int) -> None:
    shades = RNG.random((2, side, side))
    assert smaller(shades).shape == (2, 24, 24)
    assert smaller(shades).mean(axis=(1, 2)) == pytest.approx(shades.mean(axis=(1, 2)))


def test_blur_noise_and_cross_fades_are_further_from_faces_than_other_faces_are() -> None:
    from scipy.ndimage import gaussian_filter

    other = faces(200, 3)
    noisy = np.clip(other + RNG.normal(0, 0.1, other.shape), 0, 1)
    changed = (gaussian_filter(other, (0, 1, 1, 0)), 0.5 * other + 0.5 * TRAIN[:200], noisy)
    usual = frechet_distance(seen(other), seen(TEST), "f").value
    for worse in changed:
        assert frechet_distance(seen(worse), seen(TEST), "f").value > 1.5 * usual


def test_a_face_that_was_moved_or_mirrored_is_found_again() -> None:
    for changed in (TRAIN[40:60], TRAIN[40:60, :, ::-1], np.roll(TRAIN[40:60], (1, -2), axis=(1, 2))):
        apart, place = nearest_shifted(changed, TRAIN)
        assert place.tolist() == list(range(40, 60)) and np.all(apart < 0.35)
    new, _ = originality(moved(TRAIN[:200], 1, "nearest"), TEST, TRAIN, Nearest("shifted", nearest_shifted))
    assert new.value < 0.75 and "nearest:shifted" in new.signature


def test_the_nearest_is_what_cdist_finds_among_all_shifts() -> None:
    from harness.scoring.look_alike import _blurred, _middle

    shades = _blurred(TEST[:20])
    around = [(y, x) for y in range(-2, 3) for x in range(-2, 3)]
    each = [_middle(one, y, x) for one in (shades, shades[:, :, ::-1]) for y, x in around]
    expected = np.min([cdist(one, _middle(_blurred(TRAIN), 0, 0)).min(axis=1) for one in each], axis=0)
    assert nearest_shifted(TEST[:20], TRAIN)[0] == pytest.approx(expected, abs=1e-3)


def fade(n: int = 6) -> np.ndarray:
    return (1 - STEPS) * TRAIN[:n, None] + STEPS * TRAIN[n : 2 * n, None]


def jump(n: int = 6) -> np.ndarray:
    return np.where(STEPS < 0.5, TRAIN[:n, None], TRAIN[n : 2 * n, None])


@pytest.mark.parametrize(
    ("paths", "value"),
    [(fade(), 1), (jump(), 1 / 8), (np.repeat(TRAIN[:5, None], 9, axis=1), 0)],
    ids=["cross-fade", "jump", "stands still"],
)
def test_smoothness_known_by_heart(paths: np.ndarray, value: float) -> None:
    assert smoothness(paths).value == pytest.approx(value, abs=1e-6)


def test_noise_between_two_faces_is_not_smooth() -> None:
    paths = fade()
    paths[:, 1:-1] += RNG.normal(0, 0.5, paths[:, 1:-1].shape)
    assert smoothness(paths).value < 0.1


def test_validity_is_what_a_loop_finds() -> None:
    real, made = RNG.random((30, 3)), RNG.random((20, 3)) * 1.5
    reach = [sorted(np.linalg.norm(real - r, axis=1))[3] for r in real]
    inside = [any(np.linalg.norm(m - r) <= d for r, d in zip(real, reach, strict=True)) for m in made]
    score = validity(made, real, "f")
    assert score.value == pytest.approx(np.mean(inside)) and score.sampling_error
    assert validity(real, real, "f").value == 1 and validity(real + 9, real, "f").value == 0


@pytest.mark.parametrize(("smooth", "value"), [(0.9, 0.8), (0.5, 0.8), (0.35, 0.4), (0.2, 0.0), (0.125, 0.0)])
def test_an_interpolation_that_jumps_is_no_valid_one(smooth: float, value: float) -> None:
    assert steadily_valid(Score(smooth, "s"), Score(0.8, "v")).value == pytest.approx(value)


def test_sharpness_is_the_variance_of_the_laplacian_over_that_of_real_faces() -> None:
    kernel = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])

    def edges(images: np.ndarray) -> float:
        framed = np.pad(images[..., 0].astype(np.float64), ((0, 0), (1, 1), (1, 1)), mode="edge")
        return float(np.mean([correlate2d(one, kernel, mode="valid").var() for one in framed]))

    mean = np.repeat(TEST.mean(axis=0, keepdims=True), 3, axis=0)
    assert sharpness(mean, TEST).value == pytest.approx(edges(mean) / edges(TEST), rel=1e-6)
    assert sharpness(TEST, TEST).value == 1 and sharpness(0 * TEST, TEST).value == 0
    noise = RNG.random(TEST.shape)
    assert sharpness(noise, TEST).value == pytest.approx(edges(TEST) / edges(noise), rel=1e-6), "no prize for noise"
