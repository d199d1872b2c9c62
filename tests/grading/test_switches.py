"""A switch that reaches nothing is told, and what it was to show earns nothing."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from harness.grading.rubric_model import Criterion, Rubric
from harness.grading.switches import ignored
from harness.grading.unearned import unearned
from harness.records.models import Measurement
from harness.task import Candidate, Task, Variant, Winner

CURVE = {"loss": [1.0, 0.5, 0.25], "val_loss": [1.1, 0.6, 0.4]}
Runs = Callable[..., dict[str, str]]


@pytest.fixture
def task(task: Task) -> Task:
    switches = {"none": {}, "dropout": {"dropout": 0.3}, "both": {"dropout": 0.3, "batch_norm": True}}
    variants = tuple(Variant(name, "", "build", arguments=a) for name, a in switches.items())
    return replace(task, variants=(*variants, Variant("other", "", "build_other"), Variant("pca", "", given=True)))


@pytest.fixture
def told(task: Task, measured: Callable[..., Measurement]) -> Runs:
    """Return a function from accuracies by variant to the titles of what is told."""

    def make(curve: Mapping[str, list[float]] = CURVE, moved: float | None = None, **reached: float) -> dict[str, str]:
        runs = [
            measured(v, test_accuracy=a).model_copy(update={"curve": dict(curve), "moved": moved})
            for v, a in reached.items()
        ]
        return {name: f.title for name, f in ignored(task, runs).items()}

    return make


def test_equal_to_the_last_bit_is_ignored(told: Runs) -> None:
    assert told(none=0.9, dropout=0.9, both=0.95) == {"dropout": "The argument dropout makes no difference"}
    assert told(none=0.9, dropout=0.91, both=0.91) == {"both": "The argument batch_norm makes no difference"}
    every = told(none=0.9, dropout=0.9, both=0.9)
    assert every["both"] == "The arguments dropout and batch_norm make no difference"


def test_a_last_bit_is_a_difference(told: Runs) -> None:
    assert told(none=0.9, dropout=0.9 + 1e-16 * 2) == {}


def test_another_builder_and_the_harness_s_answers_are_another_matter(told: Runs) -> None:
    assert told(none=0.9, other=0.9, pca=0.9) == {}


@pytest.mark.parametrize(
    ("curve", "moved"),
    [
        ({}, None),
        ({"loss": [2.303, 2.303, 2.303]}, None),  # two networks that do nothing are alike for another reason
        (CURVE, 0.0),
        ({"loss": [1.0, float("nan")]}, None),
    ],
)
def test_networks_in_which_nothing_moves_prove_nothing(told: Runs, curve: Any, moved: float | None) -> None:
    assert told(curve, moved, none=0.1, dropout=0.1) == {}


def test_settings_of_candidates_that_reach_nothing_are_told(task: Task, measured: Callable[..., Measurement]) -> None:
    own = [Variant(f"c{i}", "", "build", candidate=Candidate("search", i)) for i in range(3)]
    searching = replace(
        task, variants=(*task.variants, *own, Variant("best", "", "build", winner=Winner("search", "a")))
    )
    chose: dict[str, dict[str, Any]] = {"c0": {"rate": 1}, "c1": {"rate": 1, "momentum": 0.9}, "c2": {"rate": 2}}
    reached = {"c0": 0.9, "c1": 0.9, "c2": 0.8, "best": 0.9, "none": 0.9}
    runs = [
        measured(v, test_accuracy=a).model_copy(update={"curve": CURVE, "settings": chose.get(v, {"rate": 7})})
        for v, a in reached.items()
    ]
    (told,) = ignored(searching, runs).values()
    assert (told.variant, told.title) == ("c1", "The argument momentum makes no difference")
    assert "c1 chose another momentum than c0" in told.evidence
    assert "not worth a candidate" in told.next_step


def test_what_the_switch_was_to_show_earns_nothing(task: Task, measured: Callable[..., Measurement]) -> None:
    def level(variant: str) -> Criterion:
        band = {"quick": {"target": 0.9, "floor": 0.5}}
        given = {"id": variant, "text": "It.", "points": 5, "better": "higher", "profiles": band}
        return Criterion.model_validate({**given, "measure": f"{variant}.test_accuracy"})

    rubric = Rubric(task="toy@2", criteria=[level("none"), level("dropout"), level("both")])
    runs = [measured(v, test_accuracy=0.95).model_copy(update={"curve": CURVE}) for v in ("none", "dropout")]
    found = unearned(rubric, task, "quick", runs)
    assert found.criteria == {"dropout": "dropout earns nothing here: the argument dropout makes no difference."}
