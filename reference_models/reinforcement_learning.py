"""Reference for reinforcement_learning: a network that cannot tell left from right, and the two rules of the book.

CartPole has a mirror: pushing to the left in a state is worth what pushing to the right is worth in the mirrored
state, where all four numbers have the other sign, in whatever mixture they are seen. One tower values "push to the
left" and is asked twice, about the state and about its mirror image. So whatever is learnt on one side holds on the
other, and no training ends with a policy that slowly drives off one side.
"""

import keras
import numpy as np
from keras import layers, ops

UNITS = 64


class Mirror(layers.Layer):
    """The state seen in a mirror that stands at the middle of the track."""

    def call(self, observations):
        return -observations


class Products(layers.Layer):
    """The numbers of a state and their products of two: the value of balancing is nearly a quadratic function."""

    def call(self, observations):
        x = observations
        return ops.concatenate([x, *(x[:, i : i + 1] * x[:, i:] for i in range(x.shape[1]))], axis=1)

    def compute_output_shape(self, input_shape):
        n = input_shape[1]
        return input_shape[0], n + n * (n + 1) // 2


def build_q_network(observation_size, num_actions):
    """Return a network from observations to the values of pushing to the left and to the right."""
    value = keras.Sequential(
        [
            Products(),
            layers.Dense(UNITS, activation="tanh"),
            layers.Dense(UNITS, activation="tanh"),
            layers.Dense(num_actions // 2, kernel_initializer="zeros"),  # nothing is preferred before it is learnt
        ]
    )
    state = keras.Input((observation_size,))
    return keras.Model(state, layers.Concatenate()([value(state), value(Mirror()(state))]))


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
