"""How many settings a search really varied: what lies a hair apart, does not act or reaches nothing counts for none."""

import pytest

from harness.scoring.variety import apart, ignored, varied

ADAM = {"optimizer": "adam", "rate": 0.001, "batch": 128}
ACTING = {
    "one": ADAM,
    "two": {**ADAM, "rate": 0.1},
    "three": {**ADAM, "optimizer": "sgd", "momentum": 0.9},
}


def test_settings_that_take_values_apart_are_counted() -> None:
    assert varied({"one": 0.5, "two": 0.4, "three": 0.3}, ACTING) == {"optimizer", "rate"}
    assert varied({"one": 0.5, "three": 0.3}, ACTING) == {"optimizer"}, "of candidates that have a loss alone"
    assert varied({}, ACTING) == varied({"one": 0.5}, ACTING) == set()


def test_what_changes_not_one_bit_of_the_loss_is_ignored() -> None:
    losses = {"one": 0.5, "two": 0.5, "three": 0.3}
    assert ignored(losses, ACTING) == {"rate"}
    assert varied(losses, ACTING) == {"optimizer"}
    assert ignored({"one": 0.5, "three": 0.5}, ACTING) == {"optimizer", "momentum"}
    assert ignored({"one": 0.5, "two": 0.5}, {"one": ADAM, "two": dict(ADAM)}) == set(), "nothing differs"


@pytest.mark.parametrize(
    ("values", "far"),
    [
        ([0.001, 0.00101, 0.0011], False),
        ([0.001, 0.0015], True),
        ([0.0, 0.0], False),
        ([0.0, 1e-9], True),
        ([128, 64.0], True),
        ([True, True], False),
        ([True, False], True),
        (["relu", "relu"], False),
        (["relu", "tanh"], True),
        ([None, "l2"], True),
        ([7], False),
    ],
)
def test_numbers_a_hair_apart_are_one_value(values: list, far: bool) -> None:
    assert apart(values) is far
