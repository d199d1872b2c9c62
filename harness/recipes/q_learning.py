"""The loop of deep Q-learning: its settings, and the steps that it counts beside what every loop hands back."""

from dataclasses import dataclass
from typing import ClassVar

from harness.scoring.rollout import LONGEST
from harness.tasks.base import ArrayOutput


@dataclass(frozen=True)
class QLearning:
    """Trains a Q-network on CartPole-v1 with replay and a target network; see `harness.training.q_learning`.

    An epoch is `steps` environment steps; a variant names the two rules. `parameter` is (first, last, share): epsilon
    or the temperature falls geometrically over that share of all steps. `trials` are greedy episodes that choose the
    best state.
    """

    target_rule: str = ""
    action_rule: str = ""
    parameter: tuple[float, float, float] = (1.0, 0.02, 0.3)
    discount: float = 0.99
    learning_rate: float = 0.002  # falls to 0 along a cosine
    steps: int = 5_000
    environments: int = 32  # stepped together
    memory: int = 125_000
    warm_up: int = 1_000  # steps before anything is learnt
    updates: int = 2  # for each step of all environments together
    target_every: int = 100  # updates
    trials: int = 50

    run: ClassVar = "harness.training.q_learning:train"
    weights: ClassVar = ("weights",)
    columns: ClassVar = ("td_loss", "mean_50", "mean_100")
    inputs: ClassVar = ()

    def cap(self, epochs: int) -> int:
        """Return the most environment steps that are learnt from."""
        return epochs * self.steps

    def trial_cap(self, epochs: int) -> int:
        """Return the most environment steps of trials, which are episodes in the second half."""
        return (epochs - epochs // 2) * self.trials * LONGEST

    def counts(self, epochs: int) -> tuple[ArrayOutput, ...]:
        """Return what this loop hands back beside the usual: steps taken, steps until solved, steps of trials."""
        return (
            ArrayOutput("counts", (2,), "int64", low=0, high=self.cap(epochs)),
            ArrayOutput("trial_steps", (1,), "int64", low=0, high=self.trial_cap(epochs)),
        )
