"""exp(q / temperature) overflows, and NumPy refuses the probabilities.

Loses: softmax-rule, q-softmax-return
Fault: exception
"""

import keras
import numpy as np
from keras import layers


def build_q_network(observation_size, num_actions):
    return keras.Sequential(
        [
            keras.Input((observation_size,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(num_actions),
        ]
    )


def choose_actions(q_values, rule, parameter, rng):
    rows, num_actions = q_values.shape
    if rule == "epsilon_greedy":
        explores = rng.random(rows) < parameter
        return np.where(explores, rng.integers(0, num_actions, rows), np.argmax(q_values, axis=1))
    weights = np.exp(q_values / parameter)
    shares = weights / weights.sum(axis=1, keepdims=True)
    return np.array([rng.choice(num_actions, p=row / row.sum()) for row in shares])


def td_targets(rewards, next_q_values, next_actions, terminated, discount, rule):
    if rule == "q_learning":
        following = next_q_values.max(axis=1)
    else:
        following = next_q_values[np.arange(len(next_actions)), next_actions]
    return rewards + discount * np.where(terminated, 0.0, following)
