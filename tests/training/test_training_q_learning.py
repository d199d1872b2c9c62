"""The loop of deep Q-learning: what it counts, remembers and refuses, alone and beside student code in the sandbox."""

from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gymnasium
import numpy as np
import pytest
from numpy.typing import NDArray
from sandbox.students import RunStudent

from harness.data.key import PRACTICE
from harness.data.sets.cartpole import cartpole
from harness.recipes.q_learning import QLearning
from harness.recipes.steps import training_step
from harness.sandbox.job import Outcome
from harness.scoring.action_rules import rule_share, sarsa_targets, td_error
from harness.task import Limits, Profile, Step, TaskData, maps
from harness.tasks import find
from harness.training.errors import ContractError
from harness.training.poles import Memory, Poles, Transitions
from harness.training.q_learning import scheduled
from harness.training.rules import Rules

TASK = find("reinforcement_learning")
FUNCTIONS = [
    {"name": b.name, "optional": False, "arguments": [{"name": a.name} for a in b.arguments]} for b in TASK.builders[1:]
]
CALL: dict[str, Any] = {
    "builder": "build_q_network",
    "arguments": {"observation_size": 4, "num_actions": 2},
    "returns": [asdict(maps((4,), (2,)))],
    "functions": FUNCTIONS,
}
LOOP = QLearning(
    "sarsa",
    "softmax",
    parameter=(1.0, 0.1, 0.5),
    discount=0.9,
    learning_rate=0.01,
    steps=500,
    environments=8,
    memory=400,
    warm_up=200,
    updates=1,
    target_every=5,
    trials=4,
    mixing=tuple(map(tuple, np.eye(4).tolist())),
)
AS_IT_IS = np.eye(4, dtype=np.float32)
PROFILE = Profile("tiny", "cartpole", 3, 16, Limits(wall_s=300, cpu_s=200, memory_mb=2_000))
SETTINGS: dict[str, Any] = {**training_step(LOOP, PROFILE).settings, "call": CALL}

SOURCE = """
import keras
import numpy as np
def build_q_network(observation_size, num_actions):
    return keras.Sequential([keras.Input((observation_size,)), keras.layers.Dense(8, activation="tanh"),
                             keras.layers.Dense(num_actions)])
def choose_actions(q_values, rule, parameter, rng):
    print(rule, round(parameter, 3), q_values.shape[1])
    return rng.integers(0, q_values.shape[1], len(q_values))
def td_targets(rewards, next_q_values, next_actions, terminated, discount, rule):
    q_values = next_q_values
    q_values[terminated] = 0
    return rewards + discount * q_values[np.arange(len(rewards)), next_actions]
"""

EAGERLY = "\nfrom harness.training.trial import run_eagerly\n\nrun_eagerly()\n"


def train_step() -> Step:
    return replace(training_step(LOOP, PROFILE, *LOOP.counts(PROFILE.epochs)), settings=SETTINGS)


def good(outcome: Outcome) -> Outcome:
    assert outcome.fault is None, (outcome.fault, outcome.log)
    return outcome


# ----------------------------------------------------------------------------------------------------- environments


def test_steps_are_those_of_single_environments_and_beginnings_are_none() -> None:
    poles, memory = Poles(4, 3, AS_IT_IS), Memory(10_000, 4)
    rng, finished = np.random.default_rng(0), 0
    for _ in range(200):
        finished += len(poles.act(rng.integers(0, 2, 4), memory))
    assert poles.steps == memory.added < 800
    assert finished == 800 - memory.added or finished - (800 - memory.added) <= 4, "one tick a new beginning"
    single: Any = gymnasium.make("CartPole-v1").unwrapped
    single.reset(seed=0)
    for i in range(memory.added):
        single.state, single.steps_beyond_terminated = memory.observations[i].astype(np.float64), None
        after, reward, terminated, _, _ = single.step(int(memory.actions[i]))
        np.testing.assert_allclose(memory.next_observations[i], after, atol=1e-5)
        assert memory.rewards[i] == reward == 1
        edge = np.abs(after[[0, 2]] / [2.4, 12 * np.pi / 180]).max()
        assert memory.terminated[i] == terminated or abs(edge - 1) < 1e-5


def test_an_episode_cut_at_500_steps_has_not_terminated() -> None:
    poles, memory, finished = Poles(3, 0, AS_IT_IS), Memory(2_000, 4), []
    for _ in range(500):
        lean = poles.observations @ np.array([0.02, 0.05, 1.0, 0.5])
        finished += poles.act((lean > 0).astype(np.int64), memory)
    assert finished == [500.0] * 3
    assert not memory.terminated.any()
    assert poles.ended.all()
    assert poles.act(np.zeros(3, np.int64), memory) == []
    assert poles.steps == memory.added == 1_500, "a new beginning is no step"


def test_what_is_remembered_is_what_was_seen_through_the_mixture() -> None:
    matrix = np.arange(16, dtype=np.float32).reshape(4, 4) - 7
    plain, mixed, memories = Poles(4, 3, AS_IT_IS), Poles(4, 3, matrix), (Memory(500, 4), Memory(500, 4))
    for poles, memory in zip((plain, mixed), memories, strict=True):
        for _ in range(30):
            poles.act(np.array([0, 1, 0, 1]), memory)
    for name in ("observations", "next_observations"):
        states, seen = (getattr(memory, name) for memory in memories)
        np.testing.assert_allclose(seen, states @ matrix.T, rtol=1e-4, atol=1e-4)
    assert np.array_equal(memories[0].terminated, memories[1].terminated)


def test_a_full_memory_forgets_the_oldest() -> None:
    memory = Memory(5, 1)
    for i in range(4):
        pair = np.array([[2 * i], [2 * i + 1]], np.float32)
        flat = pair[:, 0]
        memory.add(Transitions(pair, flat.astype(np.int64), flat, pair + 1, flat > 5))
    drawn = memory.draw(500, np.random.default_rng(0))
    assert set(drawn.rewards.tolist()) == {3, 4, 5, 6, 7}
    assert np.array_equal(drawn.next_observations[:, 0], drawn.rewards + 1)
    assert np.array_equal(drawn.terminated, drawn.rewards > 5)


def test_the_parameter_falls_geometrically_and_then_stays() -> None:
    assert scheduled(SETTINGS, 0) == 1
    assert scheduled(SETTINGS, 0.25) == pytest.approx(0.1**0.5)
    assert scheduled(SETTINGS, 0.5) == scheduled(SETTINGS, 1) == pytest.approx(0.1)


# ------------------------------------------------------------------------------------------------------------ rules


def rules(**functions: Any) -> Rules:
    right = {"choose_actions": lambda q_values, rule, parameter, rng: np.zeros(len(q_values), int)}
    right["td_targets"] = lambda rewards, next_q_values, next_actions, terminated, discount, rule: rewards
    return Rules(SimpleNamespace(**{**right, **functions}), SETTINGS, np.random.default_rng(0))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (np.zeros((3, 1), int), "one action a row, (3,), received (3, 1)"),
        (np.zeros(2, int), "received (2,)"),
        (np.zeros(3), "return integers, received float64"),
        (np.array([0, 1, 2]), "from 0 to 1, received 0 to 2"),
        (np.array([-1, 0, 0]), "received -1 to 0"),
        (None, "received ()"),
    ],
)
def test_actions_that_are_none(returned: Any, said: str) -> None:
    def choose_actions(q_values: Any, rule: Any, parameter: Any, rng: Any) -> Any:
        return returned

    with pytest.raises(ContractError) as caught:
        rules(choose_actions=choose_actions).actions(np.zeros((3, 2), np.float32), 1.0)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (np.zeros((3, 2)), "one target a row, (3,), received (3, 2)"),
        (np.array([0, np.nan, 1]), "finite numbers"),
        (np.array(["a", "b", "c"]), "finite numbers"),
        (None, "received ()"),
    ],
)
def test_targets_that_are_none(returned: Any, said: str) -> None:
    def td_targets(
        rewards: Any, next_q_values: Any, next_actions: Any, terminated: Any, discount: Any, rule: Any
    ) -> Any:
        return returned

    with pytest.raises(ContractError) as caught:
        values = np.zeros((3, 2), np.float32)
        rules(td_targets=td_targets).targets(np.zeros(3, np.float32), values, np.zeros(3, np.bool_), 1.0)
    assert said in str(caught.value)


# ------------------------------------------------------------------------------------------------------ the sandbox


def test_a_training_counts_its_steps_and_is_the_same_again(run_student: RunStudent) -> None:
    one, two, other = (good(run_student(SOURCE, train_step(), seed=seed)) for seed in (1, 1, 2))
    assert one.blobs["weights"].read() == two.blobs["weights"].read()
    assert one.blobs["weights"].read() != other.blobs["weights"].read()
    assert 1_500 - 8 <= one.arrays["counts"][0] <= 1_500, "never more than the cap"
    assert one.arrays["counts"][1] == 1_500, "not solved"
    assert 2 * 4 * 8 <= one.arrays["trial_steps"][0] < 2 * 4 * 500, "four episodes after two of three blocks"
    assert np.isfinite(one.arrays["curve"]).all()
    assert (one.arrays["curve"][:, 1:] > 8).all()
    assert one.arrays["facts"][0] == 4 * 8 + 8 + 8 * 2 + 2
    words = {line.rsplit(" ", 2)[0] for line in one.log.splitlines() if line.count(" ") == 2}
    assert words == {"softmax"}


def test_several_steps_in_one_call_are_those_of_single_calls(run_student: RunStudent) -> None:
    """Eagerly there is a call a step. Three at a time do not go into five batches: a call of two is there as well."""
    loop = replace(LOOP, steps=60, warm_up=80, updates=3, trials=1)
    settings = {**training_step(loop, PROFILE).settings, "call": CALL}
    step = replace(training_step(loop, PROFILE, *loop.counts(PROFILE.epochs)), settings=settings)
    together, apart = (good(run_student(SOURCE + more, step)) for more in ("", EAGERLY))
    np.testing.assert_allclose(together.arrays["curve"], apart.arrays["curve"], rtol=1e-4)
    weights = [np.frombuffer(one.blobs["weights"].read(), np.float32) for one in (together, apart)]
    np.testing.assert_allclose(*weights, rtol=1e-3, atol=1e-5)
    assert together.arrays["facts"][2] == apart.arrays["facts"][2] > 20


def test_a_rule_that_returns_nonsense_is_a_fault_of_contract(run_student: RunStudent) -> None:
    outcome = run_student(SOURCE.replace("len(q_values))", "1)"), train_step())
    assert outcome.fault
    assert (outcome.fault.kind, "one action a row" in outcome.fault.message) == ("contract", True)


def test_the_rules_are_asked_apart_from_training(run_student: RunStudent, tmp_path: Path) -> None:
    data = TASK.prepare(cartpole(PRACTICE), TASK.profiles["quick"])
    step = next(s for s in steps(data, "sarsa_greedy") if s.name == "rules")
    outcome = good(run_student(SOURCE, step, inputs=saved(data.arrays, step, tmp_path)))
    a = data.arrays
    exact = sarsa_targets(a["rewards"], a["x_transitions"], a["next_actions"], a["terminated"], 0.9)
    assert td_error(outcome.arrays["targets"], exact).value < 1e-4, "a function may change what it is given"
    assert outcome.arrays["actions"].shape == (12, 4_000)
    assert rule_share(outcome.arrays["actions"], np.full((12, 3), 1 / 3)).value > 0.9


def steps(data: TaskData, name: str) -> list[Step]:
    profile, variant = TASK.profiles["quick"], TASK.variant(name)
    call = {**asdict(TASK.call(profile, variant, data)), "functions": FUNCTIONS}
    return [replace(s, settings={**s.settings, "call": call}) for s in TASK.steps(profile, variant, data)]


def saved(arrays: Any, step: Step, folder: Path) -> dict[str, Path]:
    paths = {name: folder / f"{name}.npy" for name in step.inputs}
    for name, path in paths.items():
        array: NDArray[Any] = arrays[name]
        np.save(path, array)
    return paths
