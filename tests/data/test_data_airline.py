"""The airline series as published: sums that any copy of it has, and a split in time."""

import numpy as np

from harness.data.base import Sizes
from harness.data.key import PRACTICE
from harness.data.load import find, load
from harness.data.sets.airline import FIRST_YEAR, PASSENGERS, airline


def test_the_numbers_are_those_of_series_g() -> None:
    """Sum 40,363, mean 280.2986, extremes 104 and 622, and the yearly sums of Box and Jenkins' table."""
    table = np.array(PASSENGERS).reshape(12, 12)
    assert (len(PASSENGERS), sum(PASSENGERS), PASSENGERS[0], PASSENGERS[-1]) == (144, 40_363, 112, 432)
    assert (table.min(), table.max()) == (104, 622)
    assert table.sum(axis=1).tolist() == [1520, 1676, 2042, 2364, 2700, 2867, 3408, 3939, 4421, 4572, 5140, 5714]
    assert FIRST_YEAR == 1949


def test_the_split_is_in_time() -> None:
    data = airline(PRACTICE)
    assert data.sizes == {"train": 96, "val": 0, "test": 48}
    together = np.concatenate([data.arrays[f"y_{part}"] for part in ("train", "val", "test")])
    assert together.tolist() == list(PASSENGERS)
    assert np.concatenate([data.arrays["x_train"], data.arrays["x_test"]]).tolist() == list(range(144))
    assert all(a.dtype == np.int64 for a in data.arrays.values())
    assert data.published == {"all": 144}


def test_it_is_found_by_name_and_offline() -> None:
    assert find("airline", ()) == "shipped"
    assert load("airline", (), Sizes()).sha256 == airline(PRACTICE).sha256
