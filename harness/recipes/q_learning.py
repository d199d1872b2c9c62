"""The loop of deep Q-learning: its settings, what it hands back beside the usual, and what that says of training."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from harness.scoring.rollout import LONGEST
from harness.scoring.score import Score
from harness.task import ArrayOutput, Arrays, Measure

OF_TRAINING: Final = (
    Measure("training_mean_50", "mean return of the last 50 episodes of training", "higher"),
    Measure("training_mean_100", "mean return of the last 100 episodes of training", "higher"),
    Measure("env_steps", "environment steps learnt from", "lower", "steps"),
    Measure("trial_steps", "environment steps of the greedy episodes that choose the best state", "lower", "steps"),
    Measure("steps_to_solve", "steps until the mean of 100 episodes reached 475; all, if never", "lower", "steps"),
)


@dataclass(frozen=True)
class QLearning:
    """Trains a Q-network on CartPole-v1 with replay and a target network; see `harness.training.q_learning`.

    An epoch is `steps` environment steps; a variant names the two rules, and the data of a class the rows of the matrix
    `mixing` (4, 4) through which a state is seen. `parameter` is (first, last, share): epsilon
    or the temperature falls geometrically over that share of all steps. `trials` are greedy episodes that choose the
    best state.
    """

    target_rule: str = ""
    action_rule: str = ""
    mixing: tuple[tuple[float, ...], ...] = ()
    parameter: tuple[float, float, float] = (1.0, 0.02, 0.3)
    discount: float = 0.99
    learning_rate: float = 0.002  # falls to 0 along a cosine
    steps: int = 5_000
    environments: int = 32  # stepped together
    memory: int = 125_000
    warm_up: int = 1_000  # steps before anything is learnt
    updates: int = 4  # for each step of all environments together
    target_every: int = 20  # updates: values of about 100 are reached in as many copies, and half the time is left
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

    def scores(self, outputs: Arrays, epochs: int) -> dict[str, Score]:
        """Return `OF_TRAINING` by what the loop handed back: it ran beside student code, so no mark depends on it."""
        last = np.nan_to_num(outputs["curve"][-1], posinf=0.0, neginf=0.0)
        taken, solved = (float(count) for count in outputs["counts"])
        cap = self.cap(epochs)
        return {
            "training_mean_50": Score(float(last[1]), "training-return|last:50|v:1"),
            "training_mean_100": Score(float(last[2]), "training-return|last:100|v:1"),
            "env_steps": Score(taken, f"steps|cap:{cap}|v:1"),
            "trial_steps": Score(float(outputs["trial_steps"][0]), f"steps|cap:{self.trial_cap(epochs)}|v:1"),
            "steps_to_solve": Score(solved, f"steps-to-solve|last:100|from:475|cap:{cap}|v:1"),
        }
