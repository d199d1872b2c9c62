"""Weights that an initialiser draws are told from those that training made, in the source or anywhere."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import kruskal, ortho_group, truncnorm

from harness.data.key import REHEARSAL
from harness.data.load import load
from harness.task import Sizes
from harness.workflow.chance import RARE, alike, drawn

Draw = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]
DRAWS: dict[str, Draw] = {
    "normal": lambda rng, shape: rng.normal(0, 0.05, shape),
    "uniform": lambda rng, shape: rng.uniform(-0.1, 0.1, shape),
    "truncated": lambda rng, shape: truncnorm.rvs(-2, 2, size=shape, random_state=rng),
    "zeros": lambda rng, shape: np.zeros(shape),
    "one number": lambda rng, shape: np.full(shape, -2.0),
}
SHAPES = [(8, 8), (196, 22), (3, 3, 16, 32), (64, 64), (400, 8), (4, 24, 48), (7,), ()]


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_what_initialisers_draw_is_drawn(draw: Draw) -> None:
    rng = np.random.default_rng(0)
    for shape in SHAPES:
        for _ in range(5):
            assert drawn(draw(rng, shape).astype(np.float32)), shape


def test_orthogonal_and_identity_matrices_are_drawn() -> None:
    assert drawn(np.eye(32)) and drawn(ortho_group.rvs(32, random_state=0))
    assert drawn(np.concatenate([ortho_group.rvs(16, random_state=i) for i in range(4)], axis=1))


def test_what_training_made_is_not_drawn_though_most_of_it_is_near_nothing() -> None:
    digits = load("digits", (), Sizes(train=300, val=0, test=100), REHEARSAL)
    x, y = digits.arrays["x_train"].reshape(300, -1), digits.arrays["y_train"]
    kernel = np.stack([x[y == k].mean(axis=0) - x.mean(axis=0) for k in range(10)], axis=1)  # the nearest mean wins
    assert not drawn(kernel) and not drawn(kernel.reshape(28, 28, 1, 10)), "whatever its shape"
    hidden = np.random.default_rng(0).permutation(kernel.ravel()).reshape(kernel.shape)
    assert drawn(hidden), "the same numbers in any order are as likely as any"


@pytest.mark.parametrize("digits", [12, 2, 1], ids=lambda n: f"{n} digits")
def test_the_statistic_is_that_of_kruskal_and_wallis(digits: int) -> None:
    """Rows of 9 numbers whose sizes differ more and more, to where the test calls it no draw; with ties and none."""
    rng = np.random.default_rng(3)
    base, said = rng.normal(size=(12, 9)), []
    for factor in np.linspace(0, 3, 25):
        rows = np.round(np.abs(base) * np.exp(factor * np.linspace(-1, 1, 12))[:, None], digits)
        expected = kruskal(*rows).pvalue
        assert alike(rows) == pytest.approx(expected, rel=1e-9), factor
        assert drawn(rows) == (expected >= RARE), factor
        said.append(drawn(rows))
    assert said[0] and not said[-1]
