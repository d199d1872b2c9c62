"""SSIM, MS-SSIM, PSNR and correntropy of images: known values, other implementations, and losses held against them."""

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio

from harness.scoring.filters import gaussian_filtered, nl_means_filtered
from harness.scoring.losses import (
    correntropy_values,
    exact_losses,
    falling_share,
    loss_error,
    loss_finite,
    loss_order,
    range_signs,
    restored_signs,
)
from harness.scoring.similarity import ms_ssim_values, psnr, psnr_gain, psnr_values, ssim, ssim_values

RNG = np.random.default_rng(0)


def waves(n: int = 3, side: int = 32, channels: int = 1) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return smooth images (n, side, side, channels) with pixels in [0, 1]."""
    y, x = np.mgrid[:side, :side] / side
    several = [[np.sin((2 + i) * x + (3 + c) * y * (i + 1)) for c in range(channels)] for i in range(n)]
    return (0.5 + 0.45 * np.moveaxis(np.array(several), 1, -1)).astype(np.float32)


def spoilt(images: np.ndarray, deviation: float) -> np.ndarray:
    noise = np.random.default_rng(1).normal(0, deviation, images.shape)
    return np.clip(images + noise, 0, 1).astype(np.float32)


CLEAN = waves()
NOISY = spoilt(CLEAN, 0.1)


# What tf.image.ssim, and tf.image.ssim_multiscale with these powers and a window of 7, say of `waves(3, 32, channels)`
# with noise (TensorFlow 2.21).
KNOWN = [
    (1, 0.1, [0.39291, 0.62672, 0.7753], [0.881, 0.93862, 0.96888]),
    (3, 0.2, [0.21607, 0.4397, 0.60009], [0.76464, 0.88813, 0.92601]),
]


@pytest.mark.parametrize(("channels", "noise", "one", "several"), KNOWN)
def test_similarities_are_those_of_tensorflow(
    channels: int, noise: float, one: list[float], several: list[float]
) -> None:
    clean = waves(3, 32, channels)
    assert ssim_values(spoilt(clean, noise), clean) == pytest.approx(one, abs=3e-5)
    assert ms_ssim_values(spoilt(clean, noise), clean) == pytest.approx(several, abs=3e-5)


def by_hand(a: np.ndarray, b: np.ndarray, size: int) -> tuple[float, float]:
    """Return SSIM and its part of contrast and structure of two images (h, w), window by window."""
    offsets = np.arange(size) - size // 2
    share = np.exp(-(offsets[:, None] ** 2 + offsets**2) / (2 * 1.5**2))
    share /= share.sum()
    whole, part = [], []
    for i in range(a.shape[0] - size + 1):
        for j in range(a.shape[1] - size + 1):
            x, y = (image[i : i + size, j : j + size].astype(np.float64) for image in (a, b))
            mx, my = (share * x).sum(), (share * y).sum()
            vx, vy, cov = (
                (share * (x - mx) ** 2).sum(),
                (share * (y - my) ** 2).sum(),
                (share * (x - mx) * (y - my)).sum(),
            )
            part.append((2 * cov + 9e-4) / (vx + vy + 9e-4))
            whole.append(part[-1] * (2 * mx * my + 1e-4) / (mx**2 + my**2 + 1e-4))
    return float(np.mean(whole)), float(np.mean(part))


def halved(a: np.ndarray) -> np.ndarray:
    return (a[::2, ::2] + a[1::2, ::2] + a[::2, 1::2] + a[1::2, 1::2]) / 4


def test_similarities_agree_with_a_count_window_by_window() -> None:
    a, b = (image[0, :, :, 0].astype(np.float64) for image in (NOISY, CLEAN))
    assert ssim_values(NOISY[:1], CLEAN[:1]) == pytest.approx([by_hand(a, b, 11)[0]], abs=1e-9)
    found = 1.0
    for scale, power in enumerate(np.array([0.0448, 0.2856, 0.3001]) / 0.6305):
        found *= by_hand(a, b, 7)[scale < 2] ** power
        a, b = halved(a), halved(b)
    assert ms_ssim_values(NOISY[:1], CLEAN[:1]) == pytest.approx([found], abs=1e-9)


def test_equal_images_are_as_like_as_can_be() -> None:
    assert ssim_values(CLEAN, CLEAN) == pytest.approx(np.ones(3))
    assert ms_ssim_values(CLEAN, CLEAN) == pytest.approx(np.ones(3))
    assert psnr_values(CLEAN, CLEAN) == pytest.approx(np.full(3, 100.0))
    assert correntropy_values(CLEAN, CLEAN, 0.2) == pytest.approx(np.zeros(3))


def test_structure_that_is_turned_round_counts_as_none_on_several_scales() -> None:
    assert ssim_values(1 - CLEAN, CLEAN).max() < 0
    assert ms_ssim_values(1 - CLEAN, CLEAN) == pytest.approx(np.zeros(3))


@pytest.mark.parametrize("channels", [1, 3])
def test_psnr_agrees_with_scikit_image(channels: int) -> None:
    clean = waves(3, 16, channels)
    noisy = spoilt(clean, 0.1)
    expected = [peak_signal_noise_ratio(a, b, data_range=1) for a, b in zip(clean, noisy, strict=True)]
    assert psnr_values(noisy, clean) == pytest.approx(expected, rel=1e-6)
    assert psnr(noisy, clean).value == pytest.approx(np.mean(expected), rel=1e-6)
    assert psnr_gain(noisy, noisy, clean).value == 0
    assert psnr_gain(clean, noisy, clean).value == pytest.approx(100 - np.mean(expected), rel=1e-6)


def test_correntropy_of_known_errors() -> None:
    errors, truth = np.array([[0.0, 0.2], [0.4, 0.4]]), np.zeros((2, 2))
    expected = [(1 - np.exp(-0.5)) / 2, 1 - np.exp(-2)]
    assert correntropy_values(errors, truth, 0.2) == pytest.approx(expected)
    assert correntropy_values(errors, truth, 1e4) == pytest.approx((errors**2).mean(axis=1) / 2e8, rel=1e-6)


@pytest.mark.parametrize("name", ["ssim_loss", "ms_ssim_loss", "psnr_loss", "correntropy_loss"])
def test_a_loss_that_is_right_has_no_error_and_other_ones_have(name: str) -> None:
    forms = exact_losses(name, NOISY, CLEAN, 0.3)
    for form in forms:
        assert loss_error(form, forms).value == 0
    assert loss_error(np.zeros(3), forms).value == pytest.approx(1)
    assert loss_error(-forms[0], forms).value > 1


def test_minus_the_psnr_and_one_over_it_are_both_right() -> None:
    ratio = psnr_values(NOISY, CLEAN)
    forms = exact_losses("psnr_loss", NOISY, CLEAN)
    assert [loss_error(values, forms).value for values in (-ratio, 1 / ratio)] == pytest.approx([0, 0])
    assert loss_error(ratio, forms).value > 1


def test_a_flat_window_is_told_from_a_gaussian_one() -> None:
    from skimage.metrics import structural_similarity

    flat = [structural_similarity(a, b, data_range=1, channel_axis=-1) for a, b in zip(NOISY, CLEAN, strict=True)]
    assert loss_error(1 - np.array(flat), exact_losses("ssim_loss", NOISY, CLEAN)).value > 0.02


def test_a_loss_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="received 'huber'"):
        exact_losses("huber", NOISY, CLEAN)


@pytest.mark.parametrize(
    ("values", "share"),
    [([[0, 1, 2], [0, 3, 4]], 1), ([[0, -1, -2]], 0), ([[0, 0, 0]], 0), ([[0, 1, 1]], 0.5), ([[2, 0, 3]], 0.5)],
)
def test_order_counts_steps_that_rise(values: list[list[float]], share: float) -> None:
    assert loss_order(np.array(values, np.float32)).value == share


def test_falling_counts_steps_down_and_no_plateau() -> None:
    assert falling_share(np.array([[0.0, -1, -2]])) == {"loss_falls": 1}
    assert falling_share(np.array([[0.0, 0, -2], [0, 1, 2]])) == {"loss_falls": 0.25}


def test_finite_counts_pairs() -> None:
    assert loss_finite(np.array([True, True, False, True])).value == 0.75


def test_the_range_of_bytes_is_recognised() -> None:
    scaled = 1 - ssim_values(255 * NOISY, 255 * CLEAN)
    assert range_signs("ssim_loss", 1 - ssim_values(NOISY, CLEAN, 255.0), NOISY, CLEAN)["other_range"] < 1e-6
    assert range_signs("ssim_loss", scaled, NOISY, CLEAN)["other_range"] > 10
    assert range_signs("psnr_loss", scaled, NOISY, CLEAN) == {}


def test_signs_tell_what_was_handed_back_from_a_blur() -> None:
    clean = RNG.random((4, 32, 32, 1))
    noisy = clean + RNG.normal(0, 0.3, clean.shape)
    blurred = np.repeat(clean.mean(axis=(1, 2), keepdims=True), 32, 1).repeat(32, 2)
    back = restored_signs(noisy, noisy, blurred, clean)
    assert back["noise_left"] == pytest.approx(1)
    gained = (ssim_values(noisy, clean) - ssim_values(blurred, clean)).mean()
    assert back["likeness_gained"] == pytest.approx(gained)
    flat = restored_signs(blurred, noisy, blurred, clean)
    assert flat["over_blur"] == pytest.approx(1)
    assert flat["likeness_gained"] == 0
    assert flat["noise_left"] == pytest.approx(0, abs=0.05)
    assert restored_signs(clean, clean, clean, clean) == {}


@pytest.mark.parametrize("channels", [1, 3])
def test_filters_take_noise_away(channels: int) -> None:
    clean = waves(4, 24, channels)
    noisy = spoilt(clean, 0.2)
    for filtered in (gaussian_filtered(noisy, noisy, clean), nl_means_filtered(noisy, noisy, clean, 0.2)):
        assert filtered.shape == clean.shape
        assert filtered.dtype == np.float32
        assert psnr_gain(filtered, noisy, clean).value > 3


def test_means_are_over_images() -> None:
    found = ssim(NOISY, CLEAN)
    assert found.value == pytest.approx(ssim_values(NOISY, CLEAN).mean())
    assert "gaussian:11" in found.signature
    assert found.sampling_error is not None
    assert psnr(NOISY[:1], CLEAN[:1]).sampling_error is None
