"""A student's rules of reinforcement learning, called with copies and checked: which action, which target."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training.build import find_functions
from harness.training.errors import ContractError


class Rules:
    """`choose_actions` and `td_targets` of a submission under the rules that the settings name."""

    def __init__(self, student: ModuleType, settings: Mapping[str, Any], rng: np.random.Generator) -> None:
        functions = find_functions(student, settings["call"])
        self.choose: Callable[..., Any] = functions["choose_actions"]
        self.target: Callable[..., Any] = functions["td_targets"]
        self.action_rule, self.target_rule = settings["action_rule"], settings["target_rule"]
        self.discount, self.rng = settings["discount"], rng

    def actions(self, values: NDArray[Any], parameter: float) -> NDArray[np.int64]:
        """Return an action for every row of Q-values (b, k), as int64 (b,)."""
        chosen = np.asarray(self.choose(values.copy(), self.action_rule, parameter, self.rng))
        b, k = values.shape
        if chosen.shape != (b,):
            raise ContractError(f"Expected choose_actions to return one action a row, {(b,)}, received {chosen.shape}.")
        if not np.issubdtype(chosen.dtype, np.integer):
            raise ContractError(f"Expected choose_actions to return integers, received {chosen.dtype}.")
        if b and not 0 <= chosen.min() <= chosen.max() < k:
            raise ContractError(f"Expected actions from 0 to {k - 1}, received {chosen.min()} to {chosen.max()}.")
        return chosen.astype(np.int64)

    def targets(
        self, rewards: NDArray[Any], next_values: NDArray[Any], terminated: NDArray[np.bool_], parameter: float
    ) -> NDArray[np.float32]:
        """Return targets for a batch whose next actions the rule for actions chooses now."""
        next_actions = self.actions(next_values, parameter)
        return self.targets_of(rewards, next_values, next_actions, terminated, self.discount).astype(np.float32)

    def targets_of(
        self,
        rewards: NDArray[Any],
        next_values: NDArray[Any],
        next_actions: NDArray[Any],
        terminated: NDArray[np.bool_],
        discount: float,
    ) -> NDArray[np.float64]:
        """Return the student's targets (b,) as float64."""
        arguments = (rewards.copy(), next_values.copy(), next_actions.copy(), terminated.copy())
        targets = np.asarray(self.target(*arguments, discount, self.target_rule))
        if targets.shape != rewards.shape:
            raise ContractError(
                f"Expected td_targets to return one target a row, {rewards.shape}, received {targets.shape}."
            )
        if not np.issubdtype(targets.dtype, np.number) or not np.isfinite(targets := targets.astype(np.float64)).all():
            raise ContractError("Expected td_targets to return finite numbers, received others.")
        return targets


def check(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Ask both rules about fixed Q-values and transitions, whose right answers are not at hand.

    Returns `actions` (rows, calls · size), drawn in `calls` calls with `size` copies of a row each, and `targets` (n,).
    """
    rules = Rules(student, settings, np.random.default_rng([seed, 3]))
    size, calls = settings["size"], settings["calls"]
    rows = zip(inputs["x_tables"], inputs[settings["parameters"]], strict=True)
    drawn = [
        np.concatenate([rules.actions(np.tile(row, (size, 1)), float(parameter)) for _ in range(calls)])
        for row, parameter in rows
    ]
    names = ("rewards", "x_transitions", "next_actions", "terminated")
    rewards, next_values, next_actions, terminated = (np.asarray(inputs[name]) for name in names)
    targets = rules.targets_of(rewards, next_values, next_actions, terminated, settings["asked_discount"])
    return {"actions": np.stack(drawn), "targets": targets}
