"""What training cost as measures: counted from the record, and held against what the reference took."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.grading.baseline_build import build_baseline
from harness.grading.baseline_derived import with_derived
from harness.grading.baselines import Baseline
from harness.grading.budgets import RATIOS, SIGNATURES
from harness.grading.marks import mark
from harness.grading.reference import reference_table
from harness.grading.results import CriterionResult
from harness.grading.rubric import load_rubric
from harness.records.models import Fault, Measurement, Status, Usage
from harness.task import BUDGETS, Measure, Task, Variant

Make = Callable[..., Measurement]
Mark = Callable[..., CriterionResult]

RUBRIC = """\
task: toy@2
criteria:
  - {id: one, text: T, measure: NAME, better: lower, points: 10, profiles: {quick: {target: 1, floor: 3}}}
"""


@pytest.fixture
def small(task: Task) -> Task:
    return replace(task, variants=(Variant("plain", ""),), measures=task.measures[:1])


def ran(
    run: Measurement, cpu_s: float = 2.0, wall_s: float = 30.0, memory: float = 100.0, speed: float = 1.0
) -> Measurement:
    """Return the run with a training of 5 epochs and 40 steps, a step that predicts, and one that does neither."""
    usage = {
        "train": Usage(wall_s=wall_s, cpu_s=cpu_s, peak_memory_mb=memory, fit_s=0.001),
        "predict": Usage(wall_s=wall_s, cpu_s=cpu_s, peak_memory_mb=memory / 2, predicts=True),
        "compare": Usage(wall_s=50, cpu_s=50, peak_memory_mb=memory / 2),
    }
    return run.model_copy(
        update={
            "usage": usage,
            "curve": {"loss": [1.0, 0.5, 0.4, 0.3, 0.2]},
            "optimizer_steps": 40,
            "provenance": run.provenance.model_copy(update={"speed": speed}),
        }
    )


@pytest.fixture
def baseline(small: Task, measured: Make) -> Baseline:
    runs = [ran(measured("plain", s, test_accuracy=0.9), cpu_s=s, memory=100) for s in (1, 3)]
    return with_derived(build_baseline(small, "quick", runs, "2025-01-01"), small, runs)


@pytest.fixture
def marked(tmp_path: Path, small: Task, baseline: Baseline) -> Mark:
    def mark_one(name: str, *runs: Measurement, known: Baseline | None = baseline) -> CriterionResult:
        path = tmp_path / "toy.yaml"
        path.write_text(RUBRIC.replace("NAME", f"plain.{name}"), encoding="utf-8")
        (result,) = mark(load_rubric(path, small), small, "quick", runs, baseline=known)
        return result

    return mark_one


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("parameters", 10),
        ("optimizer_steps", 40),
        ("epochs_run", 5),
        ("parameters_ratio", 1.0),
        ("fit_ratio", 2.5),
        ("predict_ratio", 2.5),
        ("memory_ratio", 1.5),
    ],
)
def test_a_rubric_can_name_every_budget(marked: Mark, measured: Make, name: str, value: float) -> None:
    result = marked(name, ran(measured(test_accuracy=0.5), cpu_s=5, memory=150))
    assert result.value == pytest.approx(value)
    assert result.reference is not None


def test_seconds_are_those_of_the_kernel_and_never_what_a_step_says_of_itself(marked: Mark, measured: Make) -> None:
    run = ran(measured(), cpu_s=5)
    boast = replace(run.usage["train"], fit_s=0.0)
    assert marked("fit_ratio", run.model_copy(update={"usage": {"train": boast}})).value == pytest.approx(2.5)


@pytest.mark.parametrize("name", ["fit_ratio", "predict_ratio"])
def test_seconds_of_machines_of_different_speed_are_comparable(marked: Mark, measured: Make, name: str) -> None:
    slow = ran(measured(), cpu_s=10, speed=0.5)
    assert marked(name, slow).value == pytest.approx(2.5)


def test_on_an_accelerator_the_clock_counts(small: Task, measured: Make, marked: Mark) -> None:
    def on_gpu(run: Measurement) -> Measurement:
        return run.model_copy(update={"provenance": run.provenance.model_copy(update={"device": "gpu"})})

    runs = [on_gpu(ran(measured("plain", 1, test_accuracy=0.9), wall_s=10))]
    there = build_baseline(small, "quick", runs, "2025-01-01")
    for name in ("fit_ratio", "predict_ratio"):
        assert marked(name, on_gpu(ran(measured(), wall_s=25)), known=there).value == pytest.approx(2.5)


@pytest.mark.parametrize("name", sorted(RATIOS))
def test_without_a_baseline_a_ratio_is_not_run_whatever_the_student_did(
    marked: Mark, measured: Make, student_fault: Fault, name: str
) -> None:
    for run in (ran(measured()), measured(fault=student_fault)):
        result = marked(name, run, known=None)
        assert (result.status, result.earned) == (Status.NOT_RUN, None)
        assert result.reason == (
            f"Not measured: {name} of plain needs what the reference took under the profile quick on CPU (2 cores),"
            " which no baseline says; `harness baseline` measures it."
        )


def test_a_run_that_failed_earns_nothing_by_having_been_cheap(
    marked: Mark, measured: Make, student_fault: Fault
) -> None:
    broken = ran(measured(fault=student_fault))
    for name in ("parameters", "epochs_run", "fit_ratio", "predict_ratio", "memory_ratio"):
        result = marked(name, broken)
        assert (result.status, result.earned) == (Status.STUDENT_ERROR, 0.0)


def test_a_measure_of_the_task_s_own_stands(small: Task, measured: Make, tmp_path: Path) -> None:
    own = replace(small, measures=(*small.measures, Measure("parameters", "its own", "lower")))
    path = tmp_path / "toy.yaml"
    path.write_text(RUBRIC.replace("NAME", "plain.parameters"), encoding="utf-8")
    (result,) = mark(load_rubric(path, own), own, "quick", [measured(parameters=7)])
    assert result.value == 7


def test_a_baseline_keeps_raw_budgets_apart_from_what_was_reached(baseline: Baseline, small: Task) -> None:
    assert baseline.budgets.keys() == {f"plain.{b.name}" for b in BUDGETS}
    assert baseline.budgets["plain.fit_ratio"].values == pytest.approx([0.5, 1.5]), "over its own mean"
    assert baseline.budgets["plain.epochs_run"].values == [5, 5]
    assert {n: m.signature for n, m in baseline.budgets.items()} == {f"plain.{n}": s for n, s in SIGNATURES.items()}
    assert [r.measure for r in reference_table(small, "quick", baseline).rows] == ["plain.test_accuracy"]
    assert Baseline.model_validate_json(baseline.model_dump_json()) == baseline


def test_every_budget_has_a_signature() -> None:
    assert SIGNATURES.keys() == {b.name for b in BUDGETS}
