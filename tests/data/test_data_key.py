"""Keys: the same draw for whoever has one, another for whoever has not, and nothing of an examination in practice."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from harness.data.base import Sizes
from harness.data.folders import folders
from harness.data.key import PRACTICE, Key, new_key
from harness.data.load import load
from harness.data.parts import halves
from harness.errors import UsageError

ONE, TWO = Key("1" * 32), Key("2" * 32)
SMALL = Sizes(train=300, val=100, test=200)


def rows(array: np.ndarray) -> set[bytes]:
    return {row.tobytes() for row in array}


def test_a_number_follows_from_the_key_and_what_it_is_for() -> None:
    assert ONE.number("seed", 1) == ONE.number("seed", 1) < 2**32
    assert len({key.number(*of) for key in (ONE, TWO) for of in (("seed", 1), ("seed", 2), ("draw", 1))}) == 6
    assert ONE.number("a", "b") != ONE.number("ab"), "labels are told apart"


def test_a_mark_tells_keys_apart_and_holds_nothing_of_them() -> None:
    key = new_key()
    assert key.mark == Key(key.value).mark != ONE.mark
    assert key.mark not in key.value and key.value != new_key().value


@pytest.mark.parametrize("value", ["", "f1", "g" * 32, "2" * 33, "A" * 32])
def test_what_is_no_key_is_refused_without_being_repeated(value: str) -> None:
    with pytest.raises(UsageError, match="key of 32 digits") as told:
        Key(value)
    assert not value or value not in str(told.value)


def test_a_key_draws_the_same_parts_again_and_another_draws_others() -> None:
    first, again, other = (load("digits", (), SMALL, key) for key in (ONE, Key(ONE.value), TWO))
    assert first.sha256 == again.sha256 != other.sha256
    assert rows(first.arrays["x_test"]) != rows(other.arrays["x_test"])


@pytest.mark.parametrize("key", [ONE, TWO])
def test_nothing_that_is_tested_under_a_key_is_tested_in_practice(key: Key) -> None:
    tested, practised = (load("digits", (), Sizes(train=300, val=0, test=2_400), k) for k in (key, PRACTICE))
    assert not rows(tested.arrays["x_test"]) & rows(practised.arrays["x_test"])


def test_nothing_is_trained_on_and_tested_on() -> None:
    data = load("digits", (), SMALL, ONE).arrays
    assert not rows(data["x_test"]) & (rows(data["x_train"]) | rows(data["x_val"]))


def test_test_examples_do_not_come_in_the_order_of_the_file() -> None:
    labels = load("digits", (), SMALL, ONE).arrays["y_test"]
    assert (np.diff(labels) < 0).sum() > 50, "sorted by class, the places would give the labels away"


def test_halves_share_nothing_and_have_the_same_classes() -> None:
    y = np.repeat(np.arange(5), 7)
    mine, others = halves(y, ONE)
    assert sorted([*mine, *others]) == list(range(35))
    assert np.abs(np.bincount(y[mine]) - np.bincount(y[others])).max() <= 1
    assert np.array_equal(halves(y, TWO)[0], mine)
    assert np.array_equal(halves(y, PRACTICE)[0], others)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_halves_of_targets_of_several_numbers_hold_every_example_once(d: int) -> None:
    y = np.random.RandomState(0).normal(size=(40, d)).astype(np.float32)
    mine, others = halves(y, ONE)
    assert sorted([*mine, *others]) == list(range(40))
    assert np.array_equal(halves(y[:, :1], ONE)[0], halves(y[:, 0], ONE)[0]), "a column is as good as a row"


def test_every_example_is_drawn_with_its_own_targets(tmp_path: Path) -> None:
    x = np.arange(60, dtype=np.float32).reshape(60, 1)
    y = np.concatenate([x, -x], axis=1)
    np.savez(tmp_path / "own.npz", x_train=x, y_train=y, x_test=x + 100, y_test=y)
    data = load("own", folders(tmp_path), Sizes(train=40, val=20, test=30), ONE).arrays
    for part, n in {"train": 40, "val": 20, "test": 30}.items():
        assert data[f"x_{part}"].shape == (n, 1) and data[f"y_{part}"].shape == (n, 2)
        assert len(rows(data[f"x_{part}"])) == n, "none twice"
        assert np.array_equal(data[f"x_{part}"][:, 0] % 100, data[f"y_{part}"][:, 0])


def sorted_by_class(folder: Path, kind: str) -> str:
    """Write a set of an instructor's own whose examples lie in the order of their classes; return its name."""
    chance = np.random.default_rng(0)
    x, y = chance.integers(1, 256, (400, 28, 28), dtype=np.uint8), np.repeat(np.arange(10), 40)
    if kind == "images":
        for place, (image, label) in enumerate(zip(x, y, strict=True)):
            file = folder / "own" / f"{label}" / f"{place:03}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(file)
        return "own"
    name = "mnist" if kind == "published" else "own"
    np.savez(folder / f"{name}.npz", x_train=x, y_train=y, x_test=x[::2] ^ 255, y_test=y[::2])
    return name


@pytest.mark.parametrize("kind", ["npz", "images", "published"])
def test_nobody_without_the_key_knows_the_labels_of_a_set_that_is_sorted_by_class(tmp_path: Path, kind: str) -> None:
    """Whoever has the file can draw as a class does, but for the key: the places tell no label then."""
    name, sizes = sorted_by_class(tmp_path, kind), Sizes(train=100, val=20, test=80)
    mine, again, other, public = (load(name, folders(tmp_path), sizes, key) for key in (ONE, ONE, TWO, PRACTICE))
    assert mine.sha256 == again.sha256
    labels = mine.arrays["y_test"]
    assert np.mean(np.diff(labels) < 0) > 0.25, "not in the order of the file"
    for guess in (other.arrays["y_test"], public.arrays["y_test"], np.sort(labels)):
        assert np.mean(guess == labels) < 0.3, "ten classes, guessed by place"
    assert not rows(mine.arrays["x_test"]) & rows(public.arrays["x_test"])
    assert not rows(mine.arrays["x_test"]) & (rows(mine.arrays["x_train"]) | rows(mine.arrays["x_val"]))


def test_numbers_to_predict_are_drawn_by_the_key_as_well(tmp_path: Path) -> None:
    x, y = np.linspace(0, 1, 300, dtype=np.float32)[:, None], np.linspace(-1, 1, 300)
    np.savez(tmp_path / "own.npz", x_train=x, y_train=y, x_test=x[::3] + 2, y_test=y[::3])
    mine, other, public = (load("own", folders(tmp_path), Sizes(), key).arrays for key in (ONE, TWO, PRACTICE))
    assert np.mean(np.diff(mine["y_test"]) < 0) > 0.3
    assert np.mean(mine["y_test"] == other["y_test"]) < 0.2
    assert not rows(mine["x_test"]) & rows(public["x_test"])
