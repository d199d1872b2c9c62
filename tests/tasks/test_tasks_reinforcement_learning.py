"""What a variant of CartPole learns by, what it is asked, and what its dialogues hand back."""

import numpy as np
import pytest

from harness.data.load import load
from harness.recipes.q_learning import QLearning
from harness.task import Step, TaskData, VariantRun
from harness.tasks import find
from harness.tasks.reinforcement_learning.steps import EPISODES, lead

TASK = find("reinforcement_learning")
QUICK = TASK.profiles["quick"]


@pytest.fixture(scope="module")
def data() -> TaskData:
    return TASK.prepare(load(QUICK.dataset, (), QUICK.sizes), QUICK)


def steps(data: TaskData, variant: str) -> dict[str, Step]:
    return {step.name: step for step in TASK.steps(QUICK, TASK.variant(variant), data)}


@pytest.mark.parametrize(
    ("variant", "target", "action", "parameters"),
    [
        ("q_greedy", "q_learning", "epsilon_greedy", "epsilons"),
        ("q_softmax", "q_learning", "softmax", "temperatures"),
        ("sarsa_greedy", "sarsa", "epsilon_greedy", "epsilons"),
        ("sarsa_softmax", "sarsa", "softmax", "temperatures"),
    ],
)
def test_a_variant_learns_by_the_rules_that_it_is_asked_about(
    data: TaskData, variant: str, target: str, action: str, parameters: str
) -> None:
    run = steps(data, variant)
    for name in ("train", "rules"):
        assert (run[name].settings["target_rule"], run[name].settings["action_rule"]) == (target, action)
    assert parameters in run["rules"].inputs
    assert not {"epsilons", "temperatures"} - {parameters} & set(run["rules"].inputs)


def test_rules_are_asked_with_another_discount_than_that_of_training(data: TaskData) -> None:
    run = steps(data, "q_greedy")
    assert run["rules"].settings["asked_discount"] != run["train"].settings["discount"]


def test_the_mixture_is_told_to_training_and_to_no_other_step(data: TaskData) -> None:
    run = steps(data, "q_greedy")
    assert run["train"].settings["mixing"] == tuple(map(tuple, data.arrays["mixing"].tolist()))
    assert "mixing" in data.hidden
    assert not any("mixing" in step.settings for name, step in run.items() if name != "train")


def test_rules_that_know_the_state_stand_beside(data: TaskData) -> None:
    angle, controller = (
        TASK.score(VariantRun(QUICK, TASK.variant(name), data, {})).measures["mean_return"].value
        for name in ("angle_rule", "controller")
    )
    assert 38 < angle < 46 and controller == 500


def test_a_loop_declares_how_many_steps_it_may_count() -> None:
    loop = QLearning(steps=100, trials=3)
    counts, trials = loop.counts(5)
    assert (counts.high, trials.high) == (500, 3 * 3 * 500), "three of five blocks are in the second half"


def test_the_network_plays_untrained_before_and_with_its_weights_after(data: TaskData) -> None:
    run = steps(data, "q_greedy")
    assert list(run) == ["train", "before", "after", "rules"]
    assert run["before"].inputs == () and run["before"].run.endswith(":untrained")
    assert run["after"].inputs == ("weights",) and run["after"].run.endswith(":answering")
    assert run["before"].hidden and run["after"].hidden


def test_the_lead_gives_its_returns_their_name(data: TaskData) -> None:
    talk = lead("returns_after", data, 7)
    question = next(talk)
    start = np.abs(np.linalg.solve(data.arrays["mixing"], question.T))
    assert start.max() <= 0.05 + 1e-6, "what is asked is a state in the mixture"
    assert question.shape == (EPISODES, 4)
    with pytest.raises(StopIteration) as end:
        while True:
            question = talk.send(np.zeros((len(question), 2), np.float32))
    outputs = end.value.value
    assert list(outputs) == ["returns_after"]
    assert outputs["returns_after"].shape == (EPISODES,)
    assert 8 <= outputs["returns_after"].min() <= outputs["returns_after"].max() <= 11, "always to the left"
