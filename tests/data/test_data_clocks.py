"""Drawn clocks: the same for the same key, others for another, hands where the time says, and edges without steps."""

from dataclasses import fields, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.data.base import Dataset, Sizes
from harness.data.clocks import Look, clocks, drawn, looks, plain, showing, times
from harness.data.key import PRACTICE, Key
from harness.data.load import find, is_invented, load
from harness.data.makes import MAKES, MINUTES, USUAL, Make, make_of
from harness.scoring.clock import by_templates, minutes_apart

ONE, TWO = Key("1" * 32), Key("2" * 32)
FEW = Sizes(train=40, val=10, test=30)


def under(key: Key, sizes: Sizes = FEW) -> Dataset:
    return clocks("small", 32, FEW)(sizes, key)


def test_a_key_draws_the_same_clocks_again_and_another_draws_others() -> None:
    assert under(ONE).sha256 == under(Key(ONE.value)).sha256
    for other in (TWO, PRACTICE):
        assert not np.array_equal(under(ONE).arrays["y_test"], under(other).arrays["y_test"])
        mine, theirs = (under(key).arrays["x_test"].reshape(30, -1) for key in (ONE, other))
        assert np.abs(mine[:, None] - theirs[None]).max(axis=2).min() > 0.1, "no clock of one is a clock of the other"


def test_a_part_stays_as_it_is_when_another_one_grows() -> None:
    more = under(ONE, Sizes(train=60, val=10, test=30))
    assert more.sizes == {"train": 60, "val": 10, "test": 30}
    assert np.array_equal(more.arrays["x_test"], under(ONE).arrays["x_test"])
    assert under(ONE, Sizes(train=0, test=1)).sizes == {"train": 0, "val": 10, "test": 1}


def test_images_are_shares_of_white_with_a_channel_and_times_are_minutes() -> None:
    arrays = under(ONE).arrays
    assert (arrays["x_train"].shape, arrays["x_train"].dtype) == ((40, 32, 32, 1), np.float32)
    assert 0 <= arrays["x_train"].min() < arrays["x_train"].max() <= 1
    assert arrays["y_train"].dtype == np.int64


def test_every_minute_is_there_as_often_as_any_other() -> None:
    counts = np.bincount(times(1_500, np.random.RandomState(1)), minlength=MINUTES)
    assert (counts.min(), counts.max()) == (2, 3)
    assert len(times(0, np.random.RandomState(1))) == 0


def darkest(image: NDArray[np.uint8], out: float) -> float:
    """Return the angle clockwise from twelve, in degrees, in which a dial is darkest so far `out` from its middle."""
    size = len(image)
    angles = np.arange(0, 360, 0.5)
    across = np.rint((np.sin(np.radians(angles)) * out + 1) * size / 2 - 0.5).astype(int)
    down = np.rint((1 - np.cos(np.radians(angles)) * out) * size / 2 - 0.5).astype(int)
    ring = image[down, across].astype(float)
    dark = np.exp(1j * np.radians(angles))[ring <= ring.min() + 20]
    return float(np.degrees(np.angle(dark.mean())) % 360)


@pytest.mark.parametrize("minute", [0, 7, 100, 359, 400, 555, 719])
def test_the_minute_hand_points_where_the_minute_is(minute: int) -> None:
    found = darkest(plain(150)[minute], 0.5)  # where no hour hand reaches
    assert abs((found - 6 * (minute % 60) + 180) % 360 - 180) < 3


def alone(**values: float) -> Look:
    """Return one clock without anything that disturbs, but with these values."""
    even = {f.name: np.zeros((1, 1), np.float32) for f in fields(Look)}
    given = {"radius": 0.85, "hour": 0.5, "minute": 0.75, "thick": 0.07, "face": 1.0, **values}
    return Look(**{**even, **{name: np.full((1, 1), v, np.float32) for name, v in given.items()}})


def one(minute: int, look: Look, size: int = 150) -> NDArray[np.uint8]:
    return drawn(np.array([minute]), look, size, np.random.RandomState(0))[0]


def test_the_hour_hand_moves_on_within_the_hour() -> None:
    hidden = alone(minute=0.01)  # of the minute hand nothing is seen
    for minute in (95, 275, 605):
        found = darkest(one(minute, hidden), 0.3)
        assert abs((found - minute / 2 + 180) % 360 - 180) < 3


def test_twelve_may_be_elsewhere_and_hands_may_go_backwards() -> None:
    for make, minute, degrees in (
        (Make(0, backwards=True), 40, 120),
        (Make(4), 40, 0),
        (Make(3, backwards=True), 10, 30),
    ):
        image = drawn(np.array([60 + minute]), alone(hour=0.2), 150, np.random.RandomState(0), make)[0]
        assert abs((darkest(image, 0.5) - degrees + 180) % 360 - 180) < 3, make


def test_every_key_has_a_make_and_none_the_usual_one() -> None:
    made = {make_of(Key(f"{i:032x}")) for i in range(400)}
    assert made == set(MAKES)
    assert USUAL not in made
    assert make_of(ONE) == make_of(Key(ONE.value))


def test_all_clocks_under_a_key_are_of_its_make() -> None:
    """What is most like a clock among plain clocks of the make shows its time, in every part and in both sizes."""
    for spread in (0.0, 0.25):
        arrays = clocks("small", 32, FEW, spread, 0.0)(FEW, ONE).arrays
        for part in ("train", "test"):
            found = by_templates(arrays[f"x_{part}"][..., 0], plain(32, make_of(ONE)), np.ones((32, 32), np.bool_))
            assert minutes_apart(found.astype(float), arrays[f"y_{part}"]).mean() < 2


def test_a_turned_dial_is_the_dial_turned() -> None:
    look = alone(turn=np.pi / 2)
    assert np.abs(one(100, look).astype(int) - np.rot90(one(100, alone()), -1)).max() <= 2


def test_light_dark_and_slopes_change_shades_and_no_lines() -> None:
    dark = one(100, alone(face=0.0, ink=1.0))
    assert np.abs(dark.astype(int) + one(100, alone(ground=1.0)) - 255).max() <= 1
    bright = one(100, alone(face=0.5, slope_x=0.25)).astype(float)
    assert bright[75, 110] > bright[75, 40]


def test_edges_have_shades_in_between_and_a_small_image_is_a_large_one_made_small() -> None:
    large = one(100, alone(), 256).reshape(64, 4, 64, 4).mean(axis=(1, 3))
    small = one(100, alone(), 64).astype(float)
    assert len(np.unique(small)) > 20
    assert np.abs(large - small).mean() < 3, "of 255: what a pixel shows is about how much of it is covered"


def test_clocks_differ_in_everything_that_is_drawn() -> None:
    look = looks(200, np.random.RandomState(3))
    for f in fields(Look):
        assert len(np.unique(getattr(look, f.name))) > 1, f.name
    shown = drawn(np.full(200, 100), look, 32, np.random.RandomState(0)).reshape(200, -1)
    assert len(np.unique(shown, axis=0)) == 200


def test_noise_is_drawn_anew_for_each_clock() -> None:
    look = looks(1, np.random.RandomState(3))
    two = replace(look, **{f.name: np.repeat(getattr(look, f.name), 2, axis=0) for f in fields(Look)})
    two = replace(two, noise=np.full((2, 1), 0.1, np.float32))
    first, second = drawn(np.array([5, 5]), two, 32, np.random.RandomState(0))
    assert not np.array_equal(first, second)


def test_a_time_between_two_minutes_is_shown_as_the_nearer() -> None:
    shown = showing(np.array([719.6, 0, 100.4]), 32)
    assert np.array_equal(shown[0], shown[1])
    assert np.array_equal(shown[2], plain(32)[100])


@pytest.mark.parametrize(("name", "size"), [("clocks_32", 32), ("clocks_150", 150)])
def test_they_are_found_by_name_and_nobody_holds_them_beforehand(name: str, size: int) -> None:
    assert find(name, ()) == "shipped"
    assert is_invented(name)
    found = load(name, (), Sizes(train=3, val=2, test=2), ONE)
    assert found.arrays["x_val"].shape == (2, size, size, 1)


def test_spread_and_light_say_how_different_clocks_are() -> None:
    same = looks(200, np.random.RandomState(3), spread=0.0, light=0.0)
    for name in ("turn", "across", "up", "radius", "lens"):
        assert np.ptp(getattr(same, name)) == 0
    assert (same.face > same.ink).all()
    assert (looks(200, np.random.RandomState(3), light=1.0).face < 0.5).all()
