"""Whether a loss fits the targets, told before a backend fails with shapes."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from harness.training.compiled import loss_name, misfit

INTEGERS = np.arange(12) % 10
ONE_HOT = np.eye(10, dtype=np.float32)[INTEGERS]
NUMBERS = np.linspace(0, 1, 12, dtype=np.float32)[:, np.newaxis]


class CategoricalCrossentropy:
    """A class where Keras wants one of its instances, or a name."""


def model(loss: Any, width: int | None = 10) -> SimpleNamespace:
    return SimpleNamespace(loss=loss, output_shape=(None, width) if width else None)


@pytest.mark.parametrize(
    ("loss", "y", "width", "takes", "instead"),
    [
        ("categorical_crossentropy", INTEGERS, 10, "one-hot rows", "sparse_categorical_crossentropy"),
        (CategoricalCrossentropy, INTEGERS, 10, "one-hot rows", "sparse_categorical_crossentropy"),
        ("categorical_crossentropy", INTEGERS, None, "one-hot rows", "sparse_categorical_crossentropy"),
        (SimpleNamespace(name="binary_crossentropy"), INTEGERS, 10, "yes or no", "sparse_categorical_crossentropy"),
        ("mse", INTEGERS, 10, "numbers", "sparse_categorical_crossentropy"),
        ("sparse_categorical_crossentropy", ONE_HOT, 10, "integers", "categorical_crossentropy"),
        ("sparse_categorical_crossentropy", NUMBERS, 1, "integers", "mse"),
        ("categorical_crossentropy", NUMBERS, 1, "one-hot", "mse"),
    ],
)
def test_a_loss_that_takes_other_targets_is_told_with_the_one_to_take(
    loss: Any, y: Any, width: int | None, takes: str, instead: str
) -> None:
    said = misfit(model(loss, width), y)
    assert takes in said
    assert said.endswith(f"compile with loss={instead!r}.")


@pytest.mark.parametrize(
    ("loss", "y", "width"),
    [
        ("sparse_categorical_crossentropy", INTEGERS, 10),
        ("categorical_crossentropy", ONE_HOT, 10),
        ("binary_crossentropy", INTEGERS % 2, 1),
        ("binary_crossentropy", ONE_HOT, 10),
        ("mse", NUMBERS, 1),
        ("mae", INTEGERS, 1),
        ("mean_squared_error", ONE_HOT, 10),
        ("mse", INTEGERS, None),
        (lambda y, p: 0.0, INTEGERS, 10),
        (["mse", "mse"], (NUMBERS, NUMBERS), 10),
        (None, INTEGERS, 10),
    ],
)
def test_nothing_is_said_of_a_loss_that_may_fit(loss: Any, y: Any, width: int | None) -> None:
    assert misfit(model(loss, width), y) == ""


def test_a_loss_is_known_by_every_spelling_of_keras() -> None:
    spelled = ("categorical_crossentropy", CategoricalCrossentropy, SimpleNamespace(name="categorical_crossentropy"))
    assert {loss_name(model(one)) for one in spelled} == {"categorical_crossentropy"}
