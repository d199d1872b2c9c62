"""CartPole by deep Q-learning and SARSA, each with epsilon-greedy and softmax exploration."""

from dataclasses import replace

import numpy as np

from harness.recipes.known import measured, naive, published, standing_in
from harness.recipes.q_learning import OF_TRAINING, QLearning
from harness.recipes.recipe import EVERYWHERE
from harness.scoring.action_rules import right_answers, rule_share, td_error
from harness.scoring.rollout import mean_return, of_returns
from harness.task import (
    Argument,
    Builder,
    Call,
    Dataset,
    Limits,
    Measure,
    Profile,
    Scored,
    Task,
    TaskData,
    Variant,
    VariantRun,
    maps,
)
from harness.tasks.reinforcement_learning.figures import figures
from harness.tasks.reinforcement_learning.steps import ACTIONS, ASKED_DISCOUNT, OBSERVATION, Agent, Rule, steps

NETWORK = Builder(
    "build_q_network",
    "The network whose outputs are the values of the actions.",
    (
        Argument("observation_size", "int", "numbers in an observation, here 4: a mixture of the pole's state"),
        Argument("num_actions", "int", "how many actions there are, here 2"),
    ),
    "a keras.Model, not compiled, from observations (batch, observation_size) to Q-values (batch, num_actions)",
    uses=("choose_actions", "td_targets"),
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

VARIANTS = (
    Agent("q_greedy", "Q-learning, epsilon-greedy actions", target_rule="q_learning", action_rule="epsilon_greedy"),
    Agent("q_softmax", "Q-learning, softmax actions", target_rule="q_learning", action_rule="softmax"),
    Agent("sarsa_greedy", "SARSA, epsilon-greedy actions", target_rule="sarsa", action_rule="epsilon_greedy"),
    Agent("sarsa_softmax", "SARSA, softmax actions", target_rule="sarsa", action_rule="softmax"),
    Rule("angle_rule", "the rule to push to where the pole leans, told the angle", weights=(0, 0, 1, 0)),
    Rule("controller", "a linear controller that is told the whole state", weights=(0.02, 0.05, 1, 0.5)),
)
MINUTES, HALF_HOUR = Limits(wall_s=1_280, cpu_s=640, memory_mb=3_000), Limits(wall_s=1_800, cpu_s=900, memory_mb=4_000)
LONG = QLearning(steps=8_000, memory=200_000)
SHORT = QLearning(steps=640, memory=2_000, warm_up=64, updates=1, target_every=5, trials=2)
QUICK = Profile("quick", "cartpole", epochs=25, batch_size=256, limits=MINUTES, settings=QLearning())
FULL = Profile("full", "cartpole", epochs=50, batch_size=256, limits=HALF_HOUR, seeds=3, settings=LONG)

NAMES, BOTH, RANDOM = tuple(v.name for v in VARIANTS if not v.given), ("quick", "full"), "1,000 episodes, seed 0"
OF_NETWORKS = (
    Measure("untrained_return", "mean return of the same episodes before training", "higher"),
    *OF_TRAINING,
    Measure("td_error", "largest distance of a target from the exact one, on 200 transitions", "lower"),
    Measure("action_rule", "share of 12 rows of Q-values in which actions are drawn as the rule says", "higher"),
)
MEASURES = (
    Measure("mean_return", "mean return of 100 greedy episodes that the harness plays", "higher"),
    Measure("solved_share", "share of these episodes that reach 475 steps", "higher"),
    *(replace(m, variants=NAMES) for m in OF_NETWORKS),
)

LEANING = measured("the rule to push to where the pole leans", "angle_rule", BOTH, NAMES, ("mean_return",))
NAIVE = (
    *naive("an action at random", BOTH, NAMES, {"mean_return": 21.9}, RANDOM),
    *naive("always the same action", BOTH, NAMES, {"mean_return": 9.37}, RANDOM),
    *standing_in(tuple(LEANING), "full", {"angle_rule.mean_return": 42.0}, RANDOM),
)
THRESHOLD = "gymnasium, reward_threshold of CartPole-v1"  # course reports show curves and no figures
PUBLISHED = tuple(published(THRESHOLD, "mean_return", "counts as solved", "full", **dict.fromkeys(NAMES, 475.0)))


def prepare(dataset: Dataset, profile: Profile) -> TaskData:
    """Add the right answers to the questions, which stay outside as the mixture does."""
    del profile
    exact = {f"exact_{rule}": right for rule, right in right_answers(dataset.arrays, ASKED_DISCOUNT).items()}
    return TaskData(dataset, {**dataset.arrays, **exact}, hidden=frozenset({*exact, "mixing"}))


def call(profile: Profile, variant: Variant, data: TaskData) -> Call:
    del profile, variant, data
    arguments = {"observation_size": OBSERVATION, "num_actions": ACTIONS}
    return Call(NETWORK.name, arguments, (maps((OBSERVATION,), (ACTIONS,)),))


def score(run: VariantRun) -> Scored:
    if isinstance(run.variant, Rule):
        return Scored(of_returns(run.variant.returns(run.data)))
    outputs, truth, agent = run.outputs, run.data.arrays, Agent.of(run.variant)
    measures, evidence = {}, {}
    if "returns_before" in outputs:
        measures["untrained_return"] = mean_return(outputs["returns_before"])
    if "curve" in outputs:
        measures |= agent.loop(run.profile, run.data).scores(outputs, run.profile.epochs)
        evidence["steps"] = np.arange(1, run.profile.epochs + 1) * run.profile.settings.steps
    if "returns_after" in outputs:
        measures |= of_returns(outputs["returns_after"])
        evidence["returns"] = np.sort(outputs["returns_after"])
    if "actions" in outputs:
        measures["action_rule"] = rule_share(outputs["actions"], truth[f"exact_{agent.action_rule}"])
        measures["td_error"] = td_error(outputs["targets"], truth[f"exact_{agent.target_rule}"])
    return Scored(measures, evidence)


TASK = Task(
    name="reinforcement_learning",
    version=2,
    title="Reinforcement learning",
    summary="Balance the pole of CartPole-v1 by deep Q-learning and SARSA. Observations are four numbers in an unknown"
    " mixture, another in every class. You give the Q-network, the rule for actions while it learns, and the target of"
    " its values; memory, target network, optimiser and schedule are the harness's. Half-way on it tries the network in"
    " greedy episodes and keeps the best state. It then plays 100 other episodes with that, takes the largest value"
    " itself, and asks your two rules about Q-values and transitions whose answers it knows.",
    builders=(NETWORK, CHOOSE, TARGETS),
    variants=VARIANTS,
    profiles={"quick": QUICK, "full": FULL},
    measures=MEASURES,
    prepare=prepare,
    call=call,
    steps=steps,
    score=score,
    figures=figures,
    findings=(*EVERYWHERE, "weights_stand_still"),
    fewer=lambda data: data,  # an untrained network fails soon in all its episodes
    published=PUBLISHED,
    naive=NAIVE,
    tiny=replace(QUICK, name="tiny", epochs=2, batch_size=32, settings=SHORT),
)
