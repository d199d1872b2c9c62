"""What runs of a Q-learning variant: its rules asked about known tables, training, and episodes before and after."""

from dataclasses import asdict
from functools import partial
from typing import Final

from harness.recipes.loops import QLearning, training_step
from harness.scoring.rollout import LONGEST, lead
from harness.tasks.base import ArrayOutput, Dialogue, Limits, Profile, Step, TaskData, Variant

OBSERVATION: Final = 4  # position, speed, angle, angular speed
ACTIONS: Final = 2  # push to the left, push to the right
ASKED_ACTIONS: Final = 3  # in the tables that the rules are asked about
ASKED_DISCOUNT: Final = 0.9  # not that of training, so that a number written into a submission shows
EPISODES: Final = 100
CALLS, SIZE = 20, 200  # draws of an action from each row of Q-values
INTEGER: Final = "int64"

RULES: Final = {
    "q_greedy": ("q_learning", "epsilon_greedy"),
    "q_softmax": ("q_learning", "softmax"),
    "sarsa_greedy": ("sarsa", "epsilon_greedy"),
    "sarsa_softmax": ("sarsa", "softmax"),
}
PARAMETERS: Final = {"epsilon_greedy": "epsilons", "softmax": "temperatures"}


def steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    target_rule, action_rule = RULES[variant.name]
    rules = {
        "target_rule": target_rule,
        "action_rule": action_rule,
        "discount": profile.settings.discount,
        "asked_discount": ASKED_DISCOUNT,
        "parameters": PARAMETERS[action_rule],
        "calls": CALLS,
        "size": SIZE,
    }
    tables, transitions = len(data.arrays["x_tables"]), len(data.arrays["x_transitions"])
    check = Step(
        name="rules",
        run="harness.training.rules:check",
        inputs=("x_tables", rules["parameters"], "x_transitions", "rewards", "next_actions", "terminated"),
        outputs=(
            ArrayOutput("actions", (tables, CALLS * SIZE), INTEGER, low=0, high=ASKED_ACTIONS - 1),
            ArrayOutput("targets", (transitions,), "float64"),
        ),
        limits=profile.limits,
        settings=rules,
    )
    return (
        episodes("before", "harness.training.answering:untrained", (), profile.limits),
        train(profile, target_rule, action_rule),
        episodes("after", "harness.training.answering:answering", ("weights",), profile.limits),
        check,
    )


def train(profile: Profile, target_rule: str, action_rule: str) -> Step:
    cap = profile.epochs * profile.settings.steps
    return training_step(
        QLearning(target_rule, action_rule, **asdict(profile.settings)),
        profile,
        ArrayOutput("counts", (2,), INTEGER, low=0, high=cap),
        ArrayOutput("trial_steps", (1,), INTEGER, low=0, high=trial_cap(profile)),
    )


def trial_cap(profile: Profile) -> int:
    """Return the most environment steps that choosing the best state may take: episodes in the second half."""
    return (profile.epochs - profile.epochs // 2) * int(profile.settings.trials) * LONGEST


def episodes(when: str, run: str, inputs: tuple[str, ...], limits: Limits) -> Step:
    """Return the step that plays 100 episodes with the network in the sandbox and all else outside."""
    return Step(
        name=when,
        run=run,
        inputs=inputs,
        outputs=(ArrayOutput(f"returns_{when}", (EPISODES,), "float64", low=0, high=LONGEST),),
        limits=limits,
        hidden=True,
        dialogue=Dialogue(
            partial(lead, EPISODES, f"returns_{when}"),
            question=ArrayOutput("observations", (OBSERVATION,)),
            answer=ArrayOutput("q_values", (ACTIONS,), hint="Lower the values or the weights of the network."),
            most=EPISODES,
        ),
    )
