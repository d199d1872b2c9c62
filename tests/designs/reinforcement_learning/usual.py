"""In the manner of Keras's examples of deep Q-learning, with two layers of 64 ReLUs; earns 60 to 85.

The network is right. Two rules are misread: softmax takes no temperature, and SARSA takes the largest value, too.
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
    weights = np.exp(q_values - q_values.max(axis=1, keepdims=True))
    below = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    return np.argmax(rng.random((rows, 1)) < below, axis=1)


def td_targets(rewards, next_q_values, next_actions, terminated, discount, rule):
    return rewards + discount * np.where(terminated, 0.0, next_q_values.max(axis=1))
