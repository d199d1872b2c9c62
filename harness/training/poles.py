"""Several CartPole-v1 environments stepped together, and the memory of what happened in them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Transitions:
    """A batch drawn from the memory: observations float32 (b, 4), actions int64 (b,), rewards float32, flags bool."""

    observations: NDArray[np.float32]
    actions: NDArray[np.int64]
    rewards: NDArray[np.float32]
    next_observations: NDArray[np.float32]
    terminated: NDArray[np.bool_]


class Memory:
    """The last `size` transitions."""

    def __init__(self, size: int, width: int) -> None:
        self.size, self.added = size, 0
        self.observations = np.zeros((size, width), np.float32)
        self.actions = np.zeros(size, np.int64)
        self.rewards = np.zeros(size, np.float32)
        self.next_observations = np.zeros((size, width), np.float32)
        self.terminated = np.zeros(size, np.bool_)

    def add(self, new: Transitions) -> None:
        rows = (self.added + np.arange(len(new.actions))) % self.size
        for name in Transitions.__dataclass_fields__:
            getattr(self, name)[rows] = getattr(new, name)
        self.added += len(rows)

    def draw(self, number: int, rng: np.random.Generator) -> Transitions:
        """Return `number` transitions, each drawn from all that are kept."""
        rows = rng.integers(0, min(self.added, self.size), number)
        return Transitions(**{name: getattr(self, name)[rows] for name in Transitions.__dataclass_fields__})


def together(number: int) -> Any:
    """Return that many environments as gymnasium steps them at once."""
    import gymnasium

    return gymnasium.make_vec("CartPole-v1", num_envs=number, vectorization_mode="vector_entry_point")


class Poles:
    """`number` environments whose episodes follow one another; `steps` counts what was taken in all of them.

    Observations are multiplied by `mixing` (4, 4).
    An environment that ended takes one tick to begin anew, which is no step of it and is not remembered.
    """

    def __init__(self, number: int, seed: int, mixing: NDArray[np.float32]) -> None:
        self.number, self.steps, self.mixing = number, 0, mixing
        self.environments = together(number)
        self.observations: NDArray[np.float32] = self.environments.reset(seed=seed)[0] @ mixing.T
        self.ended = np.zeros(number, np.bool_)
        self.returns = np.zeros(number)

    def act(self, actions: NDArray[np.int64], memory: Memory) -> list[float]:
        """Take one step everywhere, remember it, and return the returns of the episodes that ended by it.

        Only a fallen pole is `terminated`; an episode cut at 500 steps could have gone on, so its last state has a
        value.
        """
        before, running = self.observations, ~self.ended
        states, rewards, terminated, truncated, _ = self.environments.step(actions)
        self.observations = states @ self.mixing.T
        memory.add(
            Transitions(
                before[running], actions[running], rewards[running], self.observations[running], terminated[running]
            )
        )
        self.steps += int(running.sum())
        self.returns += rewards
        self.ended = terminated | truncated
        finished = self.returns[self.ended].tolist()
        self.returns[self.ended] = 0.0
        return list(finished)


def greedy_return(network: Any, number: int, seed: int, mixing: NDArray[np.float32]) -> float:
    """Play `number` episodes together, always with the action of the largest value, and return their mean return."""
    environments = together(number)
    states = environments.reset(seed=seed)[0]
    returns, running = np.zeros(number), np.ones(number, np.bool_)
    while running.any():
        actions = np.asarray(network.predict_on_batch(states @ mixing.T)).argmax(axis=1)
        states, rewards, terminated, truncated, _ = environments.step(actions)
        returns += rewards * running
        running &= ~(terminated | truncated)
    return float(returns.mean())
