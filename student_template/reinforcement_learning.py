"""Task reinforcement_learning: balance the pole of CartPole-v1 by deep Q-learning and SARSA.

`harness tasks reinforcement_learning` shows the whole contract. What is below runs, but the network says the same
about every state and the rules ignore what they are given, so it earns nothing. Replace it.
"""

import keras
import numpy as np
from keras import layers, ops


def build_q_network(observation_size, num_actions):
    """Return a Keras model, not compiled, from observations to one Q-value an action.

    observation_size: numbers in an observation: position, speed, angle and angular speed of the pole, multiplied by a
        matrix that you do not know. Every class has another one, so learn from whatever there is.
    num_actions: how many actions there are: push to the left, push to the right.
    """
    # TODO: use the observation, and hidden layers.
    observation = keras.Input((observation_size,))
    return keras.Model(observation, layers.Dense(num_actions)(ops.zeros_like(observation)))


def choose_actions(q_values, rule, parameter, rng):
    """Return one action a row of q_values, shape (n, num_actions), as an integer array (n,).

    rule: "epsilon_greedy": with probability `parameter` any of the actions, else the one of the largest value;
        "softmax": an action with a probability proportional to exp(q / parameter). Values may be large.
    rng: a numpy.random.Generator; draw every row by itself.
    """
    # TODO: follow the rule. This takes the last action always.
    return np.full(len(q_values), q_values.shape[1] - 1)


def td_targets(rewards, next_q_values, next_actions, terminated, discount, rule):
    """Return the target (n,) for the value of the action that was taken.

    rewards: (n,). next_q_values: (n, num_actions), of the next states. next_actions: (n,), chosen in the next states.
    terminated: (n,), True where nothing follows. discount: what a reward one step later counts.
    rule: "q_learning": the best next value; "sarsa": the value of the next action.
    """
    # TODO: add what follows.
    return rewards
