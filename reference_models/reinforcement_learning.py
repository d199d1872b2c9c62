"""Reference for reinforcement_learning: two hidden layers of ReLUs, and the two rules of the book.

Observations are a mixture of the pole's state, another in every class, so nothing is assumed of any one of the four
numbers: the first layer finds what matters.
"""

import keras
import numpy as np
from keras import layers

UNITS = 64


def build_q_network(observation_size, num_actions):
    """Return a network from observations to the values of pushing to the left and to the right."""
    return keras.Sequential(
        [
            keras.Input((observation_size,)),
            layers.Dense(UNITS, activation="relu"),
            layers.Dense(UNITS, activation="relu"),
            layers.Dense(num_actions),
        ]
    )


def choose_actions(q_values, rule, parameter, rng):
    """Return one action a row: epsilon-greedy, or drawn from a softmax at a temperature."""
    rows, num_actions = q_values.shape
    if rule == "epsilon_greedy":
        explores = rng.random(rows) < parameter
        return np.where(explores, rng.integers(0, num_actions, rows), np.argmax(q_values, axis=1))
    scaled = q_values.astype(np.float64) / parameter
    weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))  # the largest exponent is 0, so nothing overflows
    below = np.cumsum(weights, axis=1)
    return (rng.random((rows, 1)) * below[:, -1:] >= below).sum(axis=1)


def td_targets(rewards, next_q_values, next_actions, terminated, discount, rule):
    """Return the reward and the discounted value of what follows, which is nothing after a terminal state."""
    if rule == "q_learning":
        following = next_q_values.max(axis=1)
    else:
        following = next_q_values[np.arange(len(next_actions)), next_actions]
    return rewards + discount * np.where(terminated, 0.0, following)
