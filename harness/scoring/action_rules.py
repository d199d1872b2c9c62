"""Are a student's rules right? Actions by their distribution, targets of temporal differences by their value."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.score import Score

LEVEL = 1e-4  # of the chi-square test: how often a right rule is called wrong on one row
NEVER = 1e-9  # an action less likely than that is never to be seen


def epsilon_greedy(values: NDArray[Any], epsilons: NDArray[Any]) -> NDArray[np.float64]:
    """Return probabilities (n, k) of actions: epsilon spread over all k, and 1 - epsilon on the largest of a row.

    `values` (n, k), `epsilons` (n,) in [0, 1]. Source: Sutton and Barto, Reinforcement Learning, 2nd ed., section 2.2.
    """
    k = values.shape[1]
    spread = np.repeat(epsilons[:, None] / k, k, axis=1).astype(np.float64)
    spread[np.arange(len(values)), values.argmax(axis=1)] += 1 - epsilons
    return spread


def softmax(values: NDArray[Any], temperatures: NDArray[Any]) -> NDArray[np.float64]:
    """Return probabilities (n, k) of actions: exp(q / temperature), normalised in each row.

    `values` (n, k), `temperatures` (n,) above 0. Source: Sutton and Barto, section 2.8.
    """
    from scipy.special import softmax as normalised

    return np.asarray(normalised(values.astype(np.float64) / temperatures[:, None], axis=1))


def p_value(counts: NDArray[Any], probabilities: NDArray[np.float64]) -> float:
    """Return the chi-square p-value of `counts` (k,) under `probabilities` (k,), in [0, 1].

    0 where an action was seen that is never to be seen; 1 where only one is possible and only that was seen.
    """
    from scipy.stats import chisquare

    possible = probabilities > NEVER
    if counts[~possible].any() or not counts.any():
        return 0.0
    expected = probabilities[possible] / probabilities[possible].sum() * counts.sum()
    return float(chisquare(counts[possible], expected).pvalue) if len(expected) > 1 else 1.0


def rule_share(actions: NDArray[Any], probabilities: NDArray[np.float64]) -> Score:
    """Return the share of rows in whose draws no chi-square test at the level 1e-4 finds a fault, in [0, 1].

    `actions` (n, draws) integers from 0, `probabilities` (n, k). Raises ValueError for other shapes.
    """
    n, k = probabilities.shape
    if actions.ndim != 2 or len(actions) != n or not actions.size:
        raise ValueError(f"Expected actions of shape ({n}, draws), received {actions.shape}.")
    counts = np.stack([(actions == action).sum(axis=1) for action in range(k)], axis=1)
    right = [p_value(*pair) >= LEVEL for pair in zip(counts, probabilities, strict=True)]
    signature = f"chi-square|rows:{n}|actions:{k}|draws:{actions.shape[1]}|level:{LEVEL:g}|v:1"
    return Score(float(np.mean(right)), signature)


def q_learning_targets(
    rewards: NDArray[Any], next_values: NDArray[Any], terminated: NDArray[np.bool_], discount: float
) -> NDArray[np.float64]:
    """Return reward + discount · the largest next value, without the latter after a terminal state; float64 (n,)."""
    return targets(rewards, next_values.max(axis=1), terminated, discount)


def sarsa_targets(
    rewards: NDArray[Any],
    next_values: NDArray[Any],
    next_actions: NDArray[Any],
    terminated: NDArray[np.bool_],
    discount: float,
) -> NDArray[np.float64]:
    """Return reward + discount · the value of the next action, without the latter after a terminal state."""
    return targets(rewards, next_values[np.arange(len(next_actions)), next_actions], terminated, discount)


def targets(
    rewards: NDArray[Any], following: NDArray[Any], terminated: NDArray[np.bool_], discount: float
) -> NDArray[np.float64]:
    """Source: Sutton and Barto, equations 6.7 (Sarsa) and 6.8 (Q-learning)."""
    return rewards.astype(np.float64) + discount * np.where(terminated, 0.0, following.astype(np.float64))


def right_answers(asked: Mapping[str, NDArray[Any]], discount: float) -> dict[str, NDArray[np.float64]]:
    """Return what each rule answers to the questions of `harness.data.sets.cartpole`, by rule.

    Action rules give probabilities (rows, 3), target rules targets (transitions,) at this discount.
    """
    rewards, next_values, terminated = asked["rewards"], asked["x_transitions"], asked["terminated"]
    return {
        "epsilon_greedy": epsilon_greedy(asked["x_tables"], asked["epsilons"]),
        "softmax": softmax(asked["x_tables"], asked["temperatures"]),
        "q_learning": q_learning_targets(rewards, next_values, terminated, discount),
        "sarsa": sarsa_targets(rewards, next_values, asked["next_actions"], terminated, discount),
    }


def td_error(received: NDArray[Any], exact: NDArray[np.float64]) -> Score:
    """Return the largest distance of a target from the exact one, both (n,). Raises ValueError for other shapes."""
    if received.shape != exact.shape or not exact.size:
        raise ValueError(f"Expected targets of shape {exact.shape}, received {received.shape}.")
    error = float(np.abs(received.astype(np.float64) - exact).max())
    return Score(error, f"td-error|max|n:{len(exact)}|v:1")
