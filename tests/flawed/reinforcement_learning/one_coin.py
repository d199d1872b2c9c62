"""One coin decides for all rows of a batch whether they explore.

Loses: epsilon-rule
"""

import keras
import numpy as np
from keras import layers


def build_q_network(observation_size, num_actions):
    return keras.Sequential([keras.Input((observation_size,)), layers.Dense(num_actions)])


def choose_actions(q_values, rule, parameter, rng):
    rows, num_actions = q_values.shape
    if rule == "epsilon_greedy":
        explores = rng.random() < parameter
        return np.where(explores, rng.integers(0, num_actions, rows), np.argmax(q_values, axis=1))
    scaled = q_values.astype(np.float64) / parameter
    weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))  # the largest exponent is 0, so nothing overflows
    below = np.cumsum(weights, axis=1)
    return (rng.random((rows, 1)) * below[:, -1:] >= below).sum(axis=1)


def td_targets(rewards, next_q_values, next_actions, terminated, discount, rule):
    if rule == "q_learning":
        following = next_q_values.max(axis=1)
    else:
        following = next_q_values[np.arange(len(next_actions)), next_actions]
    return rewards + discount * np.where(terminated, 0.0, following)
