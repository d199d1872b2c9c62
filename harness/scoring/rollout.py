"""Episodes of CartPole-v1 that the harness plays itself: the network says values, the harness takes the largest."""

import math
from collections.abc import Generator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_least, check_numbers
from harness.scoring.means import mean_score
from harness.scoring.sampling import answered
from harness.scoring.score import Score

ENVIRONMENT = "CartPole-v1"
LONGEST = 500  # steps of an episode
SOLVED = 475.0  # the environment's `reward_threshold`
PURPOSE = 20_500  # tells the seeds of these episodes from all others made of the same number


def episode_seed(seed: int) -> int:
    """Return the seed of the held-out episodes that belong to the seed of a training."""
    return int(np.random.SeedSequence([PURPOSE, seed]).generate_state(1)[0])


def play(
    episodes: int, seed: int, mixing: NDArray[np.float32]
) -> Generator[NDArray[np.float32], NDArray[Any], NDArray[np.float64]]:
    """Step `episodes` environments together until each has ended once; return the returns, float64 (episodes,).

    A question is the observations (n, 4) float32 of the episodes that still run: states, multiplied by `mixing` (4, 4).
    An answer is their Q-values (n, 2). Raises ValueError for no episode, and for answers of another shape, NaN or
    infinity.
    """
    check_least("episodes", episodes, 1)
    import gymnasium

    poles: Any = gymnasium.make_vec(ENVIRONMENT, num_envs=episodes, vectorization_mode="vector_entry_point")
    observations, _ = poles.reset(seed=seed)
    running, returns = np.ones(episodes, np.bool_), np.zeros(episodes)
    while running.any():
        values = yield observations[running] @ mixing.T
        check_numbers("Q-values", values, 2)
        if len(values) != running.sum():
            raise ValueError(f"Expected Q-values for {running.sum()} episodes, received {values.shape}.")
        actions = np.zeros(episodes, np.int64)
        actions[running] = values.argmax(axis=1)
        observations, rewards, terminated, truncated, _ = poles.step(actions)
        returns[running] += rewards[running]
        running &= ~(terminated | truncated)
    return returns


def ruled(episodes: int, seed: int, rule: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the returns (episodes,) of a linear rule (4,): push right where it is above 0 for the unmixed state.

    Raises ValueError for no episode, and for a rule that is empty or holds NaN or infinity.
    """
    check_numbers("a rule", rule, 1)
    talk = play(episodes, seed, np.eye(len(rule), dtype=np.float32))
    return answered(talk, lambda question: np.outer(question @ rule, [-1, 1]))


def of_returns(returns: NDArray[Any]) -> dict[str, Score]:
    """Return `mean_return` and `solved_share` of returns (n,)."""
    return {"mean_return": mean_return(returns), "solved_share": solved_share(returns)}


def mean_return(returns: NDArray[Any]) -> Score:
    """Return the mean of returns (n,), with the standard error of that mean.

    Raises ValueError for an empty input, NaN and infinity.
    """
    n = check_size(returns)
    return mean_score(returns, f"mean-return|{ENVIRONMENT}|greedy|episodes:{n}|v:1")


def solved_share(returns: NDArray[Any]) -> Score:
    """Return the share of returns (n,) of at least 475, in [0, 1], with its binomial standard error."""
    n = check_size(returns)
    share = float(np.mean(returns >= SOLVED))
    return Score(share, f"solved|{ENVIRONMENT}|from:{SOLVED:g}|episodes:{n}|v:1", math.sqrt(share * (1 - share) / n))


def check_size(returns: NDArray[Any]) -> int:
    """Return n of finite returns (n,). Raises ValueError for anything else."""
    check_numbers("returns", returns, 1)
    return len(returns)
