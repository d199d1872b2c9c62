"""What did not come from training earns nothing where learning is asked for, and sound work is left alone."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from harness.grading.decisions import more_seeds
from harness.grading.learning import LOOKED_UP, NOT_TRAINED, NOTHING
from harness.grading.marks import task_result
from harness.grading.results import TaskResult
from harness.grading.rubric_model import Criterion, Rubric
from harness.grading.unearned import unearned
from harness.records.models import Measurement
from harness.task import Task

Measured = Callable[..., Measurement]


def criterion(name: str, measure: str, target: float, floor: float | None = None, **more: Any) -> Criterion:
    band = {"quick": {"target": target, "floor": floor}}
    given = {"id": name, "text": "It.", "points": 10, "measure": measure, "better": "higher", "profiles": band}
    return Criterion.model_validate({**given, **more})


LEVEL = criterion("level", "plain.test_accuracy", 0.95, 0.85)
FORMULA = criterion("formula", "plain.mse", 0.02, 0.04, better="lower", learned=False)
DEEPER = criterion("deeper", "deep.test_accuracy", 0.01, over="plain.test_accuracy")
OVER_PCA = criterion("over-pca", "deep.test_accuracy", 0.1, over="pca.test_accuracy")
CHEAP = criterion("cheap", "plain.parameters", 20, 100, better="lower")
RUBRIC = Rubric(task="toy@2", criteria=[LEVEL, FORMULA, DEEPER, OVER_PCA, CHEAP])
AFTER = {"plain": 0.95, "deep": 0.97, "pca": 0.8}


@pytest.fixture
def marks(task: Task, measured: Measured) -> Callable[..., TaskResult]:
    """Return a function that marks a sound submission with changes to the records of its variants."""

    def make(seeds: int = 1, **changes: Mapping[str, Any]) -> TaskResult:
        runs = [
            measured(v, seed=s, test_accuracy=AFTER[v], **({"mse": 0.01} if v == "plain" else {})).model_copy(
                update={"before": {"test_accuracy": 0.1, "mse": 0.01}, "moved": 1.0, **changes.get(v, {})}
                if v != "pca"
                else {"source": "given"}
            )
            for v in AFTER
            for s in range(1, seeds + 1)
        ]
        return task_result(RUBRIC, task, "quick", runs)

    return make


Marks = Callable[..., TaskResult]


def earned(result: TaskResult) -> dict[str, float | None]:
    return {c.id: c.earned for c in result.criteria}


FULL = {"level": 10, "formula": 10, "deeper": 10, "over-pca": 10, "cheap": 10}


def test_what_was_learnt_earns_what_it_reaches(marks: Marks) -> None:
    result = marks()
    assert earned(result) == FULL and result.findings == []
    frozen_part = marks(plain={"moved": 0.02}, deep={"moved": 0.3})
    assert earned(frozen_part) == FULL, "a frozen backbone is no mistake"
    unknown = marks(plain={"moved": None, "before": {}}, deep={"moved": None, "before": {}})
    assert earned(unknown) == FULL, "what older records do not say is held against nobody"


def test_what_was_there_before_training_earns_nothing(marks: Marks) -> None:
    result = marks(plain={"before": {"test_accuracy": 0.94, "mse": 0.01}})
    assert earned(result) == {**FULL, "level": 0, "deeper": 0}, "formulas, budgets and other variants are left alone"
    (finding,) = result.findings
    assert (finding.variant, finding.title) == ("plain", NOT_TRAINED)
    assert "is 0.95 after training and was 0.94 as built" in finding.evidence
    assert result.criteria[0].reason == "plain earns nothing here: the result did not come from training."


@pytest.mark.parametrize(
    ("before", "learnt"),
    [
        (0.1, True),
        (0.86, True),  # a tenth of the way: random weights may get so far
        (0.88, True),  # training added more than was there
        (0.91, False),
        (0.95, False),
        (0.99, False),  # training made it worse
        (float("nan"), True),
        (float("inf"), True),
    ],
)
def test_it_takes_more_than_a_good_start(marks: Marks, before: float, learnt: bool) -> None:
    assert (marks(plain={"before": {"test_accuracy": before}}).findings == []) == learnt


def test_weights_that_stood_still_have_learnt_nothing(marks: Marks) -> None:
    result = marks(deep={"moved": 0.0})
    assert earned(result) == {**FULL, "deeper": 0, "over-pca": 0}
    assert [(f.variant, f.title) for f in result.findings] == [("deep", NOTHING)]
    assert "learning rate" not in result.findings[0].next_step, "this task has no builder that compiles"


def test_a_variant_that_is_meant_to_stand_still_may(task: Task, marks: Marks, measured: Measured) -> None:
    still = replace(task, variants=tuple(replace(v, learns=v.name != "deep") for v in task.variants))
    run = measured("deep", test_accuracy=0.1).model_copy(update={"moved": 0.0, "learns": False})
    assert unearned(RUBRIC, still, "quick", [run]).findings == {}


def test_a_comparison_with_the_harness_s_answer_is_held_against_it(marks: Marks) -> None:
    result = marks(deep={"before": {"test_accuracy": 0.96}})
    assert earned(result) == {**FULL, "deeper": 0, "over-pca": 0}
    assert "marks begin at 0.8" in result.findings[0].evidence


def test_answers_by_exact_bytes_are_looked_up(marks: Marks) -> None:
    looked_up = marks(plain={"signs": {"bytes_share": 0.97, "order_share": 0.0}})
    assert [f.title for f in looked_up.findings] == [LOOKED_UP] and earned(looked_up)["level"] == 0
    random_or_batch = marks(plain={"signs": {"bytes_share": 0.97, "order_share": 0.9}})
    assert earned(random_or_batch) == FULL, (
        "a network that draws or normalises in prediction changes with the order too"
    )
    few = marks(plain={"signs": {"bytes_share": 0.1, "order_share": 0.0}})
    assert earned(few) == FULL


@pytest.mark.parametrize(("share", "learnt"), [(0.0, True), (0.4, True), (0.5, False), (0.93, False)])
def test_weights_that_no_initialiser_draws_were_brought_along(marks: Marks, share: float, learnt: bool) -> None:
    """They may be at chance as built, behind a layer that starts at zero."""
    result = marks(plain={"signs": {"placed_share": share}})
    assert earned(result) == (FULL if learnt else {**FULL, "level": 0, "deeper": 0})
    assert [f.title for f in result.findings] == ([] if learnt else [NOT_TRAINED])


def test_most_seeds_have_to_say_so(task: Task, measured: Measured) -> None:
    def found(*before: float) -> bool:
        runs = [
            measured("plain", seed=s, test_accuracy=0.95).model_copy(update={"before": {"test_accuracy": b}})
            for s, b in enumerate(before)
        ]
        return bool(unearned(RUBRIC, task, "quick", runs).findings)

    assert not found(0.95, 0.1, 0.1)
    assert found(0.95, 0.95, 0.1)


def test_guessing_has_learnt_nothing_whatever_a_comparison_says(marks: Marks, measured: Measured) -> None:
    ten = measured().provenance.model_copy(update={"data_classes": 10})
    low = measured(test_accuracy=0.1, mse=0.01).measures
    result = marks(plain={"provenance": ten, "measures": low})
    assert earned(result)["deeper"] == 0 and result.findings[0].title == NOTHING


def test_bad_luck_is_tried_again_all_the_same(task: Task, measured: Measured) -> None:
    """Units that are dead under one seed may live under another."""
    run = measured("plain", test_accuracy=0.1, mse=0.01).model_copy(update={"moved": 0.0})
    assert set(more_seeds(RUBRIC, task, "quick", [run])) == {"plain"}
