"""Mean squared error and principal components: known values, NumPy and scikit-learn as second opinions."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, mean_squared_error

from harness.scoring.pca import pca_codes
from harness.scoring.reconstruction import mae, mse, nearest_images

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("rebuilt", "images", "value"),
    [
        ([[0.0, 0.0]], [[0.0, 0.0]], 0),
        ([[0.5, 0.5]], [[0.0, 1.0]], 0.25),
        ([[1.0, 0.0]], [[0.0, 0.0]], 0.5),
        ([[0.0], [1.0], [2.0]], [[0.0], [0.0], [0.0]], 5 / 3),
    ],
)
def test_mse_of_known_images(rebuilt: list[list[float]], images: list[list[float]], value: float) -> None:
    score = mse(np.array(rebuilt, np.float32), np.array(images, np.float32))
    assert score.value == pytest.approx(value, abs=1e-15)


@pytest.mark.parametrize("n", [1, 999, 1000, 1001, 2500])
def test_mae_agrees_with_scikit_learn_across_its_blocks(n: int) -> None:
    rebuilt, images = RNG.random((2, n, 3, 4, 1)).astype(np.float32)
    expected = mean_absolute_error(images.reshape(n, -1).astype(np.float64), rebuilt.reshape(n, -1))
    assert mae(rebuilt, images).value == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("n", [1, 999, 1000, 1001, 2500])
def test_mse_agrees_with_scikit_learn_across_its_blocks(n: int) -> None:
    rebuilt, images = RNG.random((2, n, 3, 4, 1)).astype(np.float32)
    expected = mean_squared_error(images.reshape(n, -1).astype(np.float64), rebuilt.reshape(n, -1))
    score = mse(rebuilt, images)
    assert score.value == pytest.approx(expected, rel=1e-12)
    assert score.signature == f"mse|n:{n}|shape:3x4x1|scale:0..1|v:1"


def test_many_float32_values_add_up_without_losing_digits() -> None:
    """A sum in float32 would keep about six digits."""
    rebuilt = np.full((5000, 4000), 0.1, np.float32)
    assert mse(rebuilt, np.zeros_like(rebuilt)).value == pytest.approx(float(np.float32(0.1)) ** 2, rel=1e-12)


def test_large_values_do_not_overflow() -> None:
    rebuilt = np.full((2, 2), 3e30, np.float32)
    assert mse(rebuilt, np.zeros_like(rebuilt)).value == pytest.approx(9e60, rel=1e-6)


def test_pixels_given_as_bytes_do_not_wrap_around() -> None:
    images = np.array([[200, 0]], np.uint8)
    assert mse(np.array([[0, 200]], np.uint8), images).value == 40_000


def test_nan_is_refused_and_said() -> None:
    with pytest.raises(ValueError, match="finite rebuilt images, received NaN or infinity in 1 of 1 rows"):
        mse(np.array([[np.nan, 0]]), np.zeros((1, 2)))


@pytest.mark.parametrize(
    ("one", "two"), [((0, 4), (0, 4)), ((2, 4), (3, 4)), ((2, 4, 1), (2, 4)), ((1, 4), (2, 4)), ((2, 0), (2, 0))]
)
def test_shapes_that_differ_or_hold_nothing_are_refused(one: tuple[int, ...], two: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="received"):
        mse(np.zeros(one), np.zeros(two))


def by_svd(train: np.ndarray, test: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return codes of `test`, up to the sign of each column, and what is rebuilt from them."""
    a, b = (x.reshape(len(x), -1).astype(np.float64) for x in (train, test))
    _, _, axes = np.linalg.svd(a - a.mean(axis=0), full_matrices=False)
    codes = (b - a.mean(axis=0)) @ axes[:size].T
    return codes, (codes @ axes[:size] + a.mean(axis=0)).reshape(test.shape)


def test_the_nearest_image_agrees_with_a_search_of_all_pairs() -> None:
    train, test = (RNG.random((n, 3, 4, 1)).astype(np.float32) for n in (40, 15))
    expected = [min(train, key=lambda known: ((known - image) ** 2).sum()) for image in test]
    assert np.array_equal(nearest_images(train, test), np.stack(expected))
    with pytest.raises(ValueError, match="received"):
        nearest_images(train, test[:, :2])


@pytest.mark.parametrize("size", [1, 3, 8])
def test_pca_agrees_with_a_singular_value_decomposition(size: int) -> None:
    mix = RNG.random((8, 12))
    train, test = ((RNG.random((n, 8)) @ mix).reshape(n, 3, 4, 1).astype(np.float32) for n in (60, 20))
    code_train, code_test, rebuilt_train, rebuilt_test = pca_codes(train, test, size)
    for found, rebuilt, images in ((code_train, rebuilt_train, train), (code_test, rebuilt_test, test)):
        codes, expected = by_svd(train, images, size)
        assert found.shape == (len(images), size)
        assert np.abs(found) == pytest.approx(np.abs(codes), abs=2e-3)
        assert rebuilt.shape == images.shape
        assert rebuilt == pytest.approx(expected, abs=1e-3)


def test_more_components_rebuild_better() -> None:
    images = RNG.random((50, 4, 4, 1)).astype(np.float32)
    errors = [mse(pca_codes(images, images, size)[2], images).value for size in (1, 4, 8, 15)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < errors[0] / 5


def test_test_images_are_centred_by_the_training_mean() -> None:
    train = RNG.random((30, 2, 2, 1)).astype(np.float32)
    shifted = train + 5
    assert pca_codes(train, shifted, 2)[1].mean() != pytest.approx(0, abs=0.5)
    assert pca_codes(train, train, 2)[1].mean() == pytest.approx(0, abs=1e-4)


def test_components_of_large_images_are_as_good_as_the_exact_ones() -> None:
    """Beyond 2,000 numbers they come of a random projection, the same every time."""
    images = (RNG.normal(size=(80, 12)) @ RNG.normal(size=(12, 3000)) + 0.1 * RNG.normal(size=(80, 3000))).astype(
        np.float32
    )
    train, test = images[:60, :, None], images[60:, :, None]
    centre = train.mean(axis=0, dtype=np.float64)
    axes = np.linalg.svd((train - centre)[..., 0], full_matrices=False)[2][:8]
    exact = (test - centre)[..., 0] @ axes.T @ axes + centre[:, 0]
    rebuilt = pca_codes(train, test, 8)[3][..., 0]
    errors = [np.mean((test[..., 0] - made) ** 2) for made in (rebuilt, exact)]
    assert errors[0] == pytest.approx(errors[1], rel=0.01)
    np.testing.assert_array_equal(rebuilt, pca_codes(train.copy(), test, 8)[3][..., 0])
