"""CartPole by deep Q-learning and SARSA, each with epsilon-greedy and softmax exploration."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from harness.data.base import Dataset
from harness.scoring.action_rules import (
    epsilon_greedy,
    q_learning_targets,
    rule_share,
    sarsa_targets,
    softmax,
    td_error,
)
from harness.scoring.rollout import LONGEST, lead, mean_return, solved_share
from harness.tasks.base import (
    Argument,
    ArrayOutput,
    Builder,
    BytesOutput,
    Call,
    Dialogue,
    Figure,
    Limits,
    Measure,
    ModelSpec,
    Naive,
    Profile,
    Published,
    Recorded,
    Score,
    Scored,
    Step,
    Task,
    TaskData,
    Variant,
    VariantRun,
)

OBSERVATION = 4  # position, speed, angle, angular speed
ACTIONS = 2  # push to the left, push to the right
ASKED_ACTIONS = 3  # in the tables that the rules are asked about
ASKED_DISCOUNT = 0.9  # not that of training, so that a number written into a submission shows
CURVE = ("td_loss", "mean_50", "mean_100")
EPISODES = 100
CALLS, SIZE = 20, 200  # draws of an action from each row of Q-values
INTEGER: Final = "int64"

NETWORK = Builder(
    "build_q_network",
    "The network whose outputs are the values of the actions.",
    (
        Argument("observation_size", "int", "numbers in an observation, here 4"),
        Argument("num_actions", "int", "how many actions there are, here 2"),
    ),
    "a keras.Model, not compiled, from observations (batch, observation_size) to Q-values (batch, num_actions)",
)
CHOOSE = Builder(
    "choose_actions",
    "The action rule: which action is taken in each state while the agent learns.",
    (
        Argument("q_values", "float32 array (n, num_actions)", "one row of Q-values a state, of any size and number"),
        Argument(
            "rule",
            "str",
            "'epsilon_greedy': with probability epsilon any of all actions, each as likely, else the one of the"
            " largest value; 'softmax': an action with a probability proportional to exp(q / temperature)",
        ),
        Argument("parameter", "float", "epsilon from 0 to 1, or the temperature above 0; the harness lowers it"),
        Argument("rng", "numpy.random.Generator", "the only source of chance"),
    ),
    "an integer array (n,): one action a row, each drawn by itself",
)
TARGETS = Builder(
    "td_targets",
    "The target that the value of the action taken is moved to.",
    (
        Argument("rewards", "float32 array (n,)", "what the actions earned"),
        Argument("next_q_values", "float32 array (n, num_actions)", "the target network's values of the next states"),
        Argument("next_actions", "int64 array (n,)", "what the action rule chooses in the next states"),
        Argument("terminated", "bool array (n,)", "where the episode ended by failure, so that nothing follows"),
        Argument("discount", "float", "what a reward one step later counts"),
        Argument("rule", "str", "'q_learning': the best next value; 'sarsa': the value of the next action"),
    ),
    "a float array (n,)",
)

VARIANTS = tuple(
    Variant(name, text)
    for name, text in (
        ("q_greedy", "Q-learning, epsilon-greedy actions"),
        ("q_softmax", "Q-learning, softmax actions"),
        ("sarsa_greedy", "SARSA, epsilon-greedy actions"),
        ("sarsa_softmax", "SARSA, softmax actions"),
    )
)
RULES = {
    "q_greedy": ("q_learning", "epsilon_greedy"),
    "q_softmax": ("q_learning", "softmax"),
    "sarsa_greedy": ("sarsa", "epsilon_greedy"),
    "sarsa_softmax": ("sarsa", "softmax"),
}
PARAMETERS = {"epsilon_greedy": "epsilons", "softmax": "temperatures"}

QUICK = {
    "steps": 5_000,  # of the environment in one epoch
    "environments": 32,  # stepped together
    "memory": 125_000,
    "warm_up": 1_000,  # steps before anything is learnt
    "updates": 2,  # for each step of all environments together
    "target_every": 100,  # updates
    "trials": 50,  # greedy episodes after which the best state of the network is chosen
    "learning_rate": 0.002,  # falls to 0 along a cosine
    "discount": 0.99,
    "epsilon_greedy": (1.0, 0.02, 0.3),  # first, last, and the share of all steps after which it stays
    "softmax": (1.0, 0.02, 0.3),
}
PROFILES = {
    "quick": Profile(
        name="quick",
        dataset="cartpole",
        epochs=25,
        batch_size=256,
        limits=Limits(wall_s=240, cpu_s=120, memory_mb=3_000),
        settings=QUICK,
    ),
    "full": Profile(
        name="full",
        dataset="cartpole",
        epochs=50,
        batch_size=256,
        limits=Limits(wall_s=1_800, cpu_s=900, memory_mb=4_000),
        seeds=3,
        settings={**QUICK, "steps": 8_000, "memory": 200_000},
    ),
}

MEASURES = (
    Measure("mean_return", "mean return of 100 greedy episodes that the harness plays with the network", "higher"),
    Measure("solved_share", "share of these episodes that reach 475 steps", "higher"),
    Measure("untrained_return", "mean return of the same episodes before training", "higher"),
    Measure("training_mean_50", "mean return of the last 50 episodes of training", "higher"),
    Measure("training_mean_100", "mean return of the last 100 episodes of training", "higher"),
    Measure(
        "env_steps", "environment steps learnt from, without the episodes that choose the best state", "lower", "steps"
    ),
    Measure("steps_to_solve", "steps until the mean of 100 episodes reached 475; all, if never", "lower", "steps"),
    Measure("td_error", "largest distance of a target from the exact one, on 200 transitions", "lower"),
    Measure("action_rule", "share of 12 rows of Q-values in which actions are drawn as the rule says", "higher"),
)

NAIVE = tuple(
    Naive(f"{v.name}.mean_return", answer, profile, value, "1,000 episodes, seed 0")
    for profile in PROFILES
    for v in VARIANTS
    for answer, value in (("an action at random", 21.9), ("always the same action", 9.37))
)
# Course reports show curves and no figures; the environment itself says what counts as solved.
PUBLISHED = tuple(
    Published(f"{v.name}.mean_return", 475.0, "gymnasium, reward_threshold of CartPole-v1", note="counts as solved")
    for v in VARIANTS
)


def prepare(dataset: Dataset, profile: Profile) -> TaskData:
    """Add the right answers to the questions, which stay outside."""
    del profile
    a = dataset.arrays
    given = (a["rewards"], a["x_transitions"])
    answers = {
        "exact_epsilon_greedy": epsilon_greedy(a["x_tables"], a["epsilons"]),
        "exact_softmax": softmax(a["x_tables"], a["temperatures"]),
        "exact_q_learning": q_learning_targets(*given, a["terminated"], ASKED_DISCOUNT),
        "exact_sarsa": sarsa_targets(*given, a["next_actions"], a["terminated"], ASKED_DISCOUNT),
    }
    return TaskData(dataset, {**a, **answers}, hidden=frozenset(answers))


def call(profile: Profile, variant: Variant) -> Call:
    del profile, variant
    spec = ModelSpec("model", (OBSERVATION,), (ACTIONS,))
    return Call(NETWORK.name, {"observation_size": OBSERVATION, "num_actions": ACTIONS}, (spec,), (CHOOSE, TARGETS))


def steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    target_rule, action_rule = RULES[variant.name]
    rules = {
        "target_rule": target_rule,
        "action_rule": action_rule,
        "discount": profile.settings["discount"],
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
        train(profile, rules),
        episodes("after", "harness.training.answering:answering", ("weights",), profile.limits),
        check,
    )


def train(profile: Profile, rules: Mapping[str, Any]) -> Step:
    names = ("steps", "environments", "memory", "warm_up", "updates", "target_every", "trials", "learning_rate")
    cap = profile.epochs * profile.settings["steps"]
    return Step(
        name="train",
        run="harness.training.q_learning:train",
        inputs=(),
        outputs=(
            BytesOutput("weights", 20_000_000),
            ArrayOutput("curve", (profile.epochs, len(CURVE)), "float64", finite=False),
            ArrayOutput("counts", (2,), INTEGER, low=0, high=cap),
            ArrayOutput("facts", (2,), "float64"),
        ),
        limits=profile.limits,
        settings={
            **rules,
            **{name: profile.settings[name] for name in names},
            "parameter": profile.settings[rules["action_rule"]],
            "epochs": profile.epochs,
            "batch_size": profile.batch_size,
            "columns": CURVE,
        },
    )


def episodes(when: str, run: str, inputs: tuple[str, ...], limits: Limits) -> Step:
    """Return the step that plays 100 episodes with the network in the sandbox and all else outside."""
    return Step(
        name=when,
        run=run,
        inputs=inputs,
        outputs=(ArrayOutput(f"returns_{when}", (EPISODES,), "float64", low=0, high=LONGEST),),
        limits=limits,
        settings={"episodes": EPISODES, "returns": f"returns_{when}"},
        hidden=True,
        dialogue=Dialogue(
            lead,
            question=ArrayOutput("observations", (OBSERVATION,)),
            answer=ArrayOutput("q_values", (ACTIONS,), hint="Lower the values or the weights of the network."),
            most=EPISODES,
        ),
    )


def score(run: VariantRun) -> Scored:
    outputs, truth = run.outputs, run.data.arrays
    target_rule, action_rule = RULES[run.variant.name]
    measures, evidence = {}, {}
    if "returns_before" in outputs:
        measures["untrained_return"] = mean_return(outputs["returns_before"])
    if "curve" in outputs:
        measures |= learning(run)
        evidence["steps"] = np.arange(1, run.profile.epochs + 1) * run.profile.settings["steps"]
    if "returns_after" in outputs:
        measures["mean_return"] = mean_return(outputs["returns_after"])
        measures["solved_share"] = solved_share(outputs["returns_after"])
        evidence["returns"] = np.sort(outputs["returns_after"])
    if "actions" in outputs:
        measures["action_rule"] = rule_share(outputs["actions"], truth[f"exact_{action_rule}"])
        measures["td_error"] = td_error(outputs["targets"], truth[f"exact_{target_rule}"])
    return Scored(measures, evidence)


def learning(run: VariantRun) -> dict[str, Score]:
    """Return what the loop says about training: it ran beside student code, so no mark depends on it."""
    settings, outputs = run.profile.settings, run.outputs
    last = np.nan_to_num(outputs["curve"][-1], posinf=0.0, neginf=0.0)
    taken, solved = (float(count) for count in outputs["counts"])
    cap = run.profile.epochs * settings["steps"]
    return {
        "training_mean_50": Score(float(last[1]), "training-return|last:50|v:1"),
        "training_mean_100": Score(float(last[2]), "training-return|last:100|v:1"),
        "env_steps": Score(taken, f"steps|cap:{cap}|v:1"),
        "steps_to_solve": Score(solved, f"steps-to-solve|last:100|from:475|cap:{cap}|v:1"),
    }


def figures(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    found = []
    learnt = {name: r for name, r in runs.items() if r.curve and "steps" in r.evidence}
    if learnt:
        panels = {
            f"last {span} episodes": {name: against_steps(r, f"mean_{span}") for name, r in learnt.items()}
            for span in (50, 100)
        }
        text = "Mean return of the last 50 and of the last 100 training episodes, by environment steps."
        data = {"panels": panels, "x": "environment steps", "y": "mean return"}
        found.append(Figure("lines", "Training returns", text, data))
    if played := {name: r.evidence["returns"] for name, r in runs.items() if "returns" in r.evidence}:
        ranks = list(range(1, EPISODES + 1))
        lines = {name: (ranks, [float(v) for v in returns]) for name, returns in played.items()}
        text = "Returns of the 100 episodes that the harness plays with each trained network, from worst to best."
        data = {"panels": {"greedy episodes": lines}, "x": "episode, by return", "y": "return"}
        found.append(Figure("lines", "Returns of held-out episodes", text, data))
    return tuple(found)


def against_steps(run: Recorded, column: str) -> tuple[list[float], list[float]]:
    values = run.curve.get(column, [])
    return [float(v) for v in run.evidence["steps"][: len(values)]], list(values)


TASK = Task(
    name="reinforcement_learning",
    version=1,
    title="Reinforcement learning",
    summary="Balance the pole of CartPole-v1 by deep Q-learning and SARSA. You give the Q-network, the rule by which"
    " actions are chosen while it learns, and the target of its values; replay memory, target network, optimiser and"
    " schedules are the harness's. In the second half of training it tries the network in greedy episodes and keeps the"
    " best state. It then plays 100 other episodes with that network, takes the largest value itself, and asks"
    " your two rules about Q-values and transitions whose answers it knows.",
    builders=(NETWORK, CHOOSE, TARGETS),
    variants=VARIANTS,
    profiles=PROFILES,
    measures=MEASURES,
    prepare=prepare,
    call=call,
    steps=steps,
    score=score,
    figures=figures,
    published=PUBLISHED,
    naive=NAIVE,
)
