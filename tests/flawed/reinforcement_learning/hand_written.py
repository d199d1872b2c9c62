"""The network holds a rule written by hand: push to where the pole falls. Training changes nothing that matters.

Nobody can write it down for observations that another class sees otherwise.

Loses: q-greedy-return, q-softmax-return, sarsa-greedy-return, sarsa-softmax-return, learning
"""

import keras
import numpy as np
from keras import layers


def build_q_network(observation_size, num_actions):
    lean = layers.Dense(1, use_bias=False, trainable=False, kernel_initializer=towards)
    sides = layers.Dense(num_actions, use_bias=False, trainable=False, kernel_initializer=opposite)
    scale = layers.Dense(1, kernel_initializer="zeros", bias_initializer="ones", activation="exponential")
    observation = keras.Input((observation_size,))
    return keras.Model(observation, layers.Multiply()([sides(lean(observation)), scale(observation)]))


def towards(shape, dtype=None):
    return keras.ops.convert_to_tensor(np.reshape([0.02, 0.05, 1.0, 0.5], shape), dtype=dtype)


def opposite(shape, dtype=None):
    return keras.ops.convert_to_tensor(np.reshape([-1.0, 1.0], shape), dtype=dtype)


def choose_actions(q_values, rule, parameter, rng):
    rows, num_actions = q_values.shape
    if rule == "epsilon_greedy":
        explores = rng.random(rows) < parameter
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
