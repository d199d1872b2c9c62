"""Drawn series: the same for the same key, others for another, and with everything that they are said to have."""

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Sizes
from harness.data.key import PRACTICE, Key
from harness.data.load import find, load
from harness.data.sets.sales import sales

ONE, TWO = Key("1" * 32), Key("2" * 32)
SAME = 0.98  # correlation of changes


def whole(key: Key) -> NDArray[np.float64]:
    arrays = sales(key).arrays
    return np.concatenate([arrays["y_train"], arrays["y_test"]], axis=1)


def test_a_key_draws_the_same_series_again_and_another_draws_others() -> None:
    assert np.array_equal(whole(ONE), whole(Key(ONE.value)))
    for other in (TWO, PRACTICE):
        apart = np.corrcoef(np.diff(np.log(whole(ONE))), np.diff(np.log(whole(other))))[:48, 48:]
        assert np.abs(apart).max() < SAME, "no firm of one is a firm of the other"


def test_firms_differ_from_one_another() -> None:
    together = np.corrcoef(np.diff(np.log(whole(ONE)))) - np.eye(48)
    assert np.abs(together).max() < SAME


def test_the_split_is_in_time_and_all_numbers_have_logarithms() -> None:
    data = sales(ONE)
    assert data.sizes == {"train": 48, "val": 0, "test": 48}
    assert (data.arrays["y_train"].shape, data.arrays["y_test"].shape) == ((48, 96), (48, 48))
    assert data.arrays["x_train"].max() + 1 == data.arrays["x_test"].min() == 96
    assert (whole(ONE) > 0).all()
    assert np.isfinite(whole(ONE)).all()


def test_it_is_found_by_name_and_offline() -> None:
    assert find("sales", ()) == "shipped"
    assert load("sales", (), Sizes(), ONE).sha256 == sales(ONE).sha256
