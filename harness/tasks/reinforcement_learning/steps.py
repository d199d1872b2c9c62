"""What runs of a Q-learning variant: its rules asked about known tables, training, and episodes before and after."""

from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.recipes.loops import TRAINING
from harness.recipes.q_learning import QLearning
from harness.recipes.steps import answering, training_step
from harness.scoring.rollout import LONGEST, episode_seed, play, ruled
from harness.task import ArrayOutput, Dialogue, Limits, Profile, Step, Talk, TaskData, Variant

OBSERVATION: Final = 4  # mixed of position, speed, angle and angular speed
ACTIONS: Final = 2  # push to the left, push to the right
ASKED_ACTIONS: Final = 3  # in the tables that the rules are asked about
ASKED_DISCOUNT: Final = 0.9  # not that of training, so that a number written into a submission shows
EPISODES: Final = 100
PARAMETERS: Final = {"epsilon_greedy": "epsilons", "softmax": "temperatures"}  # what a rule is asked with
CALLS, SIZE = 20, 200  # draws of an action from each row of Q-values


@dataclass(frozen=True)
class Agent(Variant):
    """A variant by the names of the rules that it learns by."""

    _: KW_ONLY
    target_rule: str
    action_rule: str

    def loop(self, profile: Profile, data: TaskData) -> QLearning:
        learning: QLearning = profile.settings
        rows = tuple(map(tuple, data.arrays["mixing"].tolist()))
        return replace(learning, target_rule=self.target_rule, action_rule=self.action_rule, mixing=rows)


@dataclass(frozen=True)
class Rule(Variant):
    """A linear rule that the harness plays without a network: push right where it is above 0 for the unmixed state."""

    _: KW_ONLY
    weights: tuple[float, ...]
    given: bool = True

    def returns(self, data: TaskData) -> NDArray[np.float64]:
        """Return what it earns (100,) in episodes that are those of no training."""
        return ruled(EPISODES, data.dataset.key.number("episodes of rules"), np.array(self.weights, np.float32))


def steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    agent = Agent.of(variant)
    loop = agent.loop(profile, data)
    return (
        training_step(loop, profile, *loop.counts(profile.epochs)),
        episodes("before", profile.asking, trained=False),
        episodes("after", profile.asking, trained=True),
        asking(profile, agent, data),
    )


def asking(profile: Profile, agent: Agent, data: TaskData) -> Step:
    """Return the step that asks both rules about fixed Q-values and transitions."""
    tables, transitions = len(data.arrays["x_tables"]), len(data.arrays["x_transitions"])
    parameters = PARAMETERS[agent.action_rule]
    rules = {"target_rule": agent.target_rule, "action_rule": agent.action_rule, "parameters": parameters}
    drawn = {"asked_discount": ASKED_DISCOUNT, "calls": CALLS, "size": SIZE}
    return Step(
        name="rules",
        run=f"{TRAINING}.rules:check",
        inputs=("x_tables", parameters, "x_transitions", "rewards", "next_actions", "terminated"),
        outputs=(
            ArrayOutput("actions", (tables, CALLS * SIZE), "int64", low=0, high=ASKED_ACTIONS - 1),
            ArrayOutput("targets", (transitions,), "float64"),
        ),
        limits=profile.asking,
        settings={**rules, **drawn, "discount": profile.settings.discount},
    )


def episodes(when: str, limits: Limits, *, trained: bool) -> Step:
    """Return the step that plays 100 episodes with the network in the sandbox and all else outside."""
    dialogue = Dialogue(
        partial(lead, f"returns_{when}"),
        question=ArrayOutput("observations", (OBSERVATION,)),
        answer=ArrayOutput("q_values", (ACTIONS,), hint="Lower the values or the weights of the network."),
        most=EPISODES,
    )
    returns = ArrayOutput(f"returns_{when}", (EPISODES,), "float64", low=0, high=LONGEST)
    return answering(when, (returns,), dialogue, limits, trained=trained)


def lead(name: str, data: TaskData, seed: int) -> Talk:
    """Play the held-out episodes of a seed and return their returns by `name`.

    What states an episode begins with never crosses the wall other than as an observation.
    """
    return {name: (yield from play(EPISODES, episode_seed(seed), data.arrays["mixing"]))}
