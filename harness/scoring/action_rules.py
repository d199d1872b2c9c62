"""Are a student's rules right? Actions by their distribution, targets of temporal differences by their value."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import (
    check_between,
    check_flags,
    check_integers,
    check_numbers,
    check_rows,
    check_shares,
)
from harness.scoring.score import Score

LEVEL = 1e-4  # of the chi-square test: how often a right rule is called wrong on one row
NEVER = 1e-9  # an action less likely than that is never to be seen


def epsilon_greedy(values: NDArray[Any], epsilons: NDArray[Any]) -> NDArray[np.float64]:
    """Return probabilities (n, k) of actions: epsilon spread over all k, and 1 - epsilon on the largest of a row.

    `values` (n, k), `epsilons` (n,) in [0, 1]. Source: Sutton and Barto, Reinforcement Learning, 2nd ed., section 2.2.
    Raises ValueError for anything else.
    """
    check_numbers("values", values, 2)
    check_numbers("epsilons", epsilons, 1)
    check_between("epsilons", epsilons, 0, 1)
    check_rows(values=values, epsilons=epsilons)
    k = values.shape[1]
    spread = np.repeat(epsilons[:, None] / k, k, axis=1).astype(np.float64)
    spread[np.arange(len(values)), values.argmax(axis=1)] += 1 - epsilons
    return spread


def softmax(values: NDArray[Any], temperatures: NDArray[Any]) -> NDArray[np.float64]:
    """Return probabilities (n, k) of actions: exp(q / temperature), normalised in each row.

    `values` (n, k), `temperatures` (n,) above 0. Source: Sutton and Barto, section 2.8. Raises ValueError for
    anything else.
    """
    from scipy.special import softmax as normalised

    check_numbers("values", values, 2)
    check_numbers("temperatures", temperatures, 1)
    check_between("temperatures", temperatures, np.finfo(np.float64).tiny, np.inf)
    check_rows(values=values, temperatures=temperatures)
    return np.asarray(normalised(values.astype(np.float64) / temperatures[:, None], axis=1))


def p_value(counts: NDArray[Any], probabilities: NDArray[np.float64]) -> float:
    """Return the chi-square p-value of `counts` (k,) under `probabilities` (k,), in [0, 1].

    0 where an action was seen that is never to be seen; 1 where only one is possible and only that was seen.
    Raises ValueError for probabilities that do not sum to 1, and for counts that are no integers from 0.
    """
    from scipy.stats import chisquare

    check_integers("counts", counts)
    check_numbers("probabilities", probabilities, 1)
    check_shares("probabilities", probabilities)
    check_rows(counts=counts, probabilities=probabilities)
    possible = probabilities > NEVER
    if counts[~possible].any() or not counts.any():
        return 0.0
    expected = probabilities[possible] / probabilities[possible].sum() * counts.sum()
    return float(chisquare(counts[possible], expected).pvalue) if len(expected) > 1 else 1.0


def rule_share(actions: NDArray[Any], probabilities: NDArray[np.float64]) -> Score:
    """Return the share of rows in whose draws no chi-square test at the level 1e-4 finds a fault, in [0, 1].

    `actions` (n, draws) integers below k, `probabilities` (n, k). Raises ValueError for anything else, and for
    probabilities of a row that do not sum to 1.
    """
    check_numbers("probabilities", probabilities, 2)
    check_shares("probabilities", probabilities)
    n, k = probabilities.shape
    check_integers("actions", actions, 2, below=k)
    if len(actions) != n:
        raise ValueError(f"Expected actions of shape ({n}, draws), received {actions.shape}.")
    counts = np.stack([(actions == action).sum(axis=1) for action in range(k)], axis=1)
    right = [p_value(*pair) >= LEVEL for pair in zip(counts, probabilities, strict=True)]
    signature = f"chi-square|rows:{n}|actions:{k}|draws:{actions.shape[1]}|level:{LEVEL:g}|v:1"
    return Score(float(np.mean(right)), signature)


def q_learning_targets(
    rewards: NDArray[Any], next_values: NDArray[Any], terminated: NDArray[np.bool_], discount: float
) -> NDArray[np.float64]:
    """Return reward + discount · the largest next value, without the latter after a terminal state; float64 (n,).

    `next_values` (n, k), `rewards` and `terminated` (n,), `discount` in [0, 1]. Raises ValueError for anything else.
    """
    check_numbers("next values", next_values, 2)
    return targets(rewards, next_values.max(axis=1), terminated, discount)


def sarsa_targets(
    rewards: NDArray[Any],
    next_values: NDArray[Any],
    next_actions: NDArray[Any],
    terminated: NDArray[np.bool_],
    discount: float,
) -> NDArray[np.float64]:
    """Return reward + discount · the value of the next action, without the latter after a terminal state.

    `next_values` (n, k), `next_actions` (n,) below k, `rewards` and `terminated` (n,), `discount` in [0, 1]. Raises
    ValueError for anything else.
    """
    check_numbers("next values", next_values, 2)
    check_integers("next actions", next_actions, below=next_values.shape[1])
    check_rows(next_values=next_values, next_actions=next_actions)
    return targets(rewards, next_values[np.arange(len(next_actions)), next_actions], terminated, discount)


def targets(
    rewards: NDArray[Any], following: NDArray[Any], terminated: NDArray[np.bool_], discount: float
) -> NDArray[np.float64]:
    """Return reward + discount · what follows, without the latter after a terminal state; all (n,).

    Source: Sutton and Barto, equations 6.7 (Sarsa) and 6.8 (Q-learning). Raises ValueError for other shapes, NaN and
    infinity, and a discount outside [0, 1].
    """
    check_numbers("rewards", rewards, 1)
    check_numbers("following values", following, 1)
    check_flags("terminal states", terminated)
    check_rows(rewards=rewards, following_values=following, terminal_states=terminated)
    check_between("discount", np.array([discount]), 0, 1)
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
    """Return the largest distance of a target from the exact one, both (n,). Raises ValueError for other shapes,
    NaN and infinity.
    """
    check_numbers("targets", received, 1)
    check_numbers("exact targets", exact, 1)
    if received.shape != exact.shape:
        raise ValueError(f"Expected targets of shape {exact.shape}, received {received.shape}.")
    error = float(np.abs(received.astype(np.float64) - exact).max())
    return Score(error, f"td-error|max|n:{len(exact)}|v:1")
