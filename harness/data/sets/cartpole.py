"""What the rules of reinforcement learning are asked about: rows of Q-values, and transitions, all fixed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.data.key import Key
from harness.data.loader import Whole

ORIGIN = "CartPole-v1 of gymnasium; made-up Q-values and transitions for the rules"
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


def cartpole(key: Key) -> Dataset:
    """Return the questions; the environment itself is gymnasium's and draws its states by seed.

    x_tables (12, 3) float32     rows of Q-values
    temperatures, epsilons (12,) float64, one a row
    x_transitions (200, 3)       float32 Q-values of the next state
    rewards (200,) float32, next_actions (200,) int64, terminated (200,) bool
    """
    rows = np.array(ROWS)
    arrays: dict[str, NDArray[Any]] = {
        "x_tables": rows[:, :3].astype(np.float32),
        "temperatures": rows[:, 3],
        "epsilons": rows[:, 4],
        **transitions(),
    }
    return Dataset("cartpole", arrays, (), ORIGIN, {}, key=key)


def transitions() -> dict[str, NDArray[Any]]:
    """Return made-up transitions with several rewards; `RandomState` gives the same numbers under every NumPy."""
    random = np.random.RandomState(0)
    return {
        "x_transitions": random.normal(0, 50, (TRANSITIONS, 3)).astype(np.float32),
        "rewards": random.choice([-1.0, 0.0, 0.5, 1.0], TRANSITIONS).astype(np.float32),
        "next_actions": random.randint(0, 3, TRANSITIONS).astype(np.int64),
        "terminated": random.permutation(TRANSITIONS) < TERMINAL,
    }


DATASET = Whole("cartpole", cartpole)
