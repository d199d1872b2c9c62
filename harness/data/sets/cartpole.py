"""What belongs to a class of reinforcement learning: how it sees the pole, and what its rules are asked about."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.data.key import Key
from harness.data.loader import Whole

ORIGIN = "CartPole-v1 of gymnasium, seen in a mixture; made-up Q-values and transitions for the rules"
TRANSITIONS = 200
TERMINAL = 60  # of them

# Three Q-values, a temperature, an epsilon. Under either rule an action's probability is at least 0.01 or next to
# nothing, so that counts of a few thousand can be compared with it. exp(1000 / 0.05) overflows, exp(-1000 / 0.1) is 0.
ROWS = (
    (1000.0, 999.95, 900.0, 0.05, 0.0),
    (-1000.0, -999.9, -1000.0, 0.1, 0.3),
    (1.0, 2.0, 3.0, 1.0, 1.0),
    (3.0, 1.0, 2.0, 2.0, 0.05),
    (10.0, 20.0, 30.0, 10.0, 0.2),
    (0.1, 0.2, 0.15, 0.05, 0.5),
    (50.0, 50.5, 49.0, 0.5, 0.6),
    (50.0, 50.5, 49.0, 3.0, 0.4),
    (-3.0, 0.0, 3.0, 5.0, 0.8),
    (2.0, 2.001, 2.0005, 4.0, 0.1),
    (100.0, 0.0, 20.0, 0.2, 0.0),
    (2.0, 0.0, 1.0, 0.5, 1.0),
)


# Position, speed, angle and angular speed are mixed on one scale: an episode ends at an angle of 0.2.
SCALES = (1.0, 1.0, 5.0, 1.0)
STRETCH = 1.4  # the most that a mixed number is stretched, or pressed together


def cartpole(key: Key) -> Dataset:
    """Return the mixture and the questions; the environment itself is gymnasium's and draws its states by seed.

    mixing (4, 4) float32        see `mixing`
    x_tables (12, 3) float32     rows of Q-values, in an order of the key
    temperatures, epsilons (12,) float64, one a row
    x_transitions (200, 3)       float32 Q-values of the next state
    rewards (200,) float32, next_actions (200,) int64, terminated (200,) bool
    """
    arrays = {"mixing": mixing(key), **tables(key), **transitions(key)}
    return Dataset("cartpole", arrays, (), ORIGIN, {}, key=key)


def mixing(key: Key) -> NDArray[np.float32]:
    """Return the matrix (4, 4) float32 that makes a class's observations of the four numbers of a state.

    They are scaled, turned by an orthogonal matrix, all alike likely, and stretched a little: no rule for them can be
    written down beforehand, and nothing is lost. Source of the draw: Mezzadri 2007, How to generate random matrices
    from the classical compact groups, section 5.
    """
    random = np.random.RandomState(key.number("mixing"))
    turn, upper = np.linalg.qr(random.normal(size=(len(SCALES), len(SCALES))))
    stretch = STRETCH ** random.uniform(-1, 1, (len(SCALES), 1))
    matrix: NDArray[np.float64] = stretch * turn * np.sign(np.diag(upper)) * SCALES
    return matrix.astype(np.float32)


def tables(key: Key) -> dict[str, NDArray[Any]]:
    """Return the rows and what belongs to each, rows and the values in a row in an order of the key."""
    random = np.random.RandomState(key.number("tables"))
    rows = np.array(ROWS)[random.permutation(len(ROWS))]
    values = np.stack([random.permutation(row) for row in rows[:, :3]])
    return {"x_tables": values.astype(np.float32), "temperatures": rows[:, 3], "epsilons": rows[:, 4]}


def transitions(key: Key) -> dict[str, NDArray[Any]]:
    """Return made-up transitions with several rewards; `RandomState` gives the same numbers under every NumPy."""
    random = np.random.RandomState(key.number("transitions"))
    return {
        "x_transitions": random.normal(0, 50, (TRANSITIONS, 3)).astype(np.float32),
        "rewards": random.choice([-1.0, 0.0, 0.5, 1.0], TRANSITIONS).astype(np.float32),
        "next_actions": random.randint(0, 3, TRANSITIONS).astype(np.int64),
        "terminated": random.permutation(TRANSITIONS) < TERMINAL,
    }


DATASET = Whole("cartpole", cartpole, invented=True)
