"""Which settings of a candidate do anything beside the others, and that the baselines are the report's."""

from typing import Any

import pytest
from report.conftest import make_measurement

from harness import shipped
from harness.diagnosis import findings
from harness.grading.baselines import load_baseline
from harness.scoring.score import Score
from harness.tasks import find
from harness.tasks.hyperparameter_tuning.task import CNN, MLP, acting

TASK = find("hyperparameter_tuning")
ALWAYS = {"initializer", "activation", "optimizer", "learning_rate", "batch_size", "regularizer"}


@pytest.mark.parametrize(
    ("chosen", "act"),
    [
        ({"optimizer": "adam", "momentum": 0.9, "nesterov": True}, ALWAYS | {"epsilon"}),
        ({"optimizer": "adadelta"}, ALWAYS | {"epsilon"}),
        ({"optimizer": "rmsprop", "momentum": 0.9, "nesterov": True}, ALWAYS | {"momentum", "epsilon"}),
        ({"optimizer": "sgd", "nesterov": True}, ALWAYS | {"momentum"}),
        ({"optimizer": "sgd", "momentum": 0.9}, ALWAYS | {"momentum", "nesterov"}),
        ({"initializer": "zeros"}, ALWAYS | {"momentum", "epsilon"}),
    ],
)
def test_a_setting_acts_where_the_optimiser_has_it(chosen: dict[str, Any], act: set[str]) -> None:
    idle = {"activation", "regularizer"} if chosen.get("initializer") == "zeros" else set()
    assert acting({**MLP.usual, **chosen}).keys() == act - idle


def test_of_a_momentum_the_share_of_a_new_step_counts() -> None:
    assert acting({**MLP.usual, "optimizer": "sgd", "momentum": 0.9})["momentum"] == pytest.approx(0.1)


def test_the_usual_settings_are_those_of_the_report() -> None:
    assert (MLP.usual["optimizer"], CNN.usual["optimizer"]) == ("rmsprop", "adadelta")
    for usual in (MLP.usual, CNN.usual):
        assert (usual["learning_rate"], usual["batch_size"], usual["regularizer"]) == (0.001, 128, "dropout")
    assert TASK.variant("cnn_baseline").arguments == CNN.usual


@pytest.mark.parametrize("name", ["mlp_winner", "cnn_winner"])
def test_the_reference_s_best_is_what_its_baseline_says(name: str) -> None:
    baseline = load_baseline(shipped.folder("reference_models") / "baselines", TASK, "quick", "cpu")
    assert baseline is not None
    values = baseline.measures[f"{name}.test_accuracy"].values
    best = TASK.profiles["quick"].settings.best[name]
    assert sum(values) / len(values) == pytest.approx(best, abs=0.01)


@pytest.mark.parametrize(
    ("variant", "reached", "title"),
    [
        ("cnn_baseline", 0.11, "The usual settings hardly move the network, as expected"),
        ("cnn_baseline", 0.846, None),
        ("mlp_zeros", 0.1, "Nothing is learned from zero weights, as expected"),
    ],
)
def test_what_is_meant_to_stand_still_is_explained_by_its_own_reason(
    variant: str, reached: float, title: str | None
) -> None:
    made = make_measurement(task=TASK.name, variant=variant)
    provenance = made.provenance.model_copy(update={"data_classes": 10})
    measures = {"test_accuracy": Score(reached, "")}
    m = made.model_copy(update={"learns": False, "curve": {}, "measures": measures, "provenance": provenance})
    assert next((f.title for f in findings(TASK, [m])), None) == title
