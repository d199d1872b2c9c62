"""`harness calibrate --write` on a fresh baseline leaves rubrics that are fair, and says what cannot be."""

import statistics
from dataclasses import replace
from pathlib import Path

import pytest
from grading.made import made_baseline

from harness import shipped
from harness.grading.baselines import Baseline, load_baseline
from harness.grading.fairness import fairness
from harness.grading.proposal import NARROW_SDS
from harness.grading.refit import TOO_NOISY, Calibrated, applied, calibrate_rubric
from harness.grading.rubric import load_rubric
from harness.grading.rubric_model import Band, Criterion, Rubric
from harness.grading.rubric_write import rewrite
from harness.task import NaiveAnswer, Task
from harness.tasks import find, names

BASELINES = shipped.folder("reference_models") / "baselines"
SPREAD = [-1.5, -1.0, -0.66, -0.37, -0.12, 0.12, 0.37, 0.66, 1.0, 1.5]
ORDERS = ([5, 0, 8, 2, 9, 4, 1, 7, 3, 6], [3, 7, 1, 9, 0, 6, 8, 2, 5, 4], [8, 1, 6, 3, 0, 9, 4, 7, 2, 5])


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """How often one criterion is missed is of no interest here, whole rubrics are."""
    monkeypatch.setattr("harness.grading.calibration.DRAWS", 100)


def made_up(name: str) -> Baseline:
    """Return what a reference like that of a task might reach under ten keys: the means of the one measured so far, and
    a third of its spread, in an order of the seeds that is another for each variant."""
    found = load_baseline(BASELINES, find(name), "quick", "cpu")
    assert found is not None
    measures = {}
    for place, (full, measure) in enumerate(found.measures.items()):
        mean, sd = statistics.fmean(measure.values), statistics.pstdev(measure.values) / 3
        order = ORDERS[place % len(ORDERS)]
        measures[full] = measure.model_copy(update={"values": [mean + sd * SPREAD[i] for i in order]})
    return found.model_copy(update={"seeds": list(range(1, 11)), "measures": measures, "budgets": {}})


@pytest.mark.parametrize("name", names())
def test_a_rubric_is_fair_after_it_was_calibrated(name: str, tmp_path: Path) -> None:
    """Written into the file and read again: both goals hold, and a second run has nothing left to do."""
    task, baseline = find(name), made_up(name)
    text = (shipped.folder("rubrics") / f"{name}.yaml").read_text(encoding="utf-8")
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    rows = calibrate_rubric(load_rubric(path, task), task, "quick", baseline, refit=True)
    path.write_text(rewrite(text, "quick", {r.id: r.proposal for r in rows if r.proposal}), encoding="utf-8")
    written = load_rubric(path, task)
    fair = fairness(written, task, "quick", baseline)
    assert fair and fair.is_fair, (fair.lost, fair.blame)
    again = calibrate_rubric(written, task, "quick", baseline, refit=True)
    assert rewrite(path.read_text(), "quick", {r.id: r.proposal for r in again if r.proposal}) == path.read_text()
    unfit = {r.id for r in again if r.note.startswith(TOO_NOISY)}
    for row in again:
        wide = row.step or not row.sd or abs(row.target - (row.floor or 0.0)) >= NARROW_SDS * row.sd * (1 - 1e-9)
        assert wide or row.id in unfit, f"{row.id} is a cliff and does not say so"


LINEAR = NaiveAnswer("plain.test_accuracy", "logistic regression on pixels", "quick", 0.87)
PLAIN = [0.95 + 0.01 * s for s in SPREAD]
DEEP = [0.97 + 0.01 * SPREAD[i] for i in ORDERS[0]]


def calibrated(task: Task, *criteria: Criterion, **changes: list[float]) -> tuple[list[Calibrated], Rubric, Baseline]:
    values = {"plain.test_accuracy": PLAIN, "deep.test_accuracy": DEEP}
    baseline = made_baseline(task, values | {k.replace("__", "."): v for k, v in changes.items()})
    rubric = Rubric(task="toy@2", criteria=list(criteria))
    return calibrate_rubric(rubric, task, "quick", baseline), rubric, baseline


def level(name: str, points: float, measure: str, floor: float) -> Criterion:
    better = "higher" if floor < 0.5 else "lower"
    given = {"id": name, "text": "It.", "points": points, "measure": measure, "better": better}
    return Criterion.model_validate({**given, "profiles": {"quick": Band(target=0.5, floor=floor)}})


def test_targets_move_until_a_rubric_of_many_criteria_is_fair(task: Task) -> None:
    """Where test examples explain all of the spread, no second seed helps, and four tolerance factors lose too much."""
    names = ("plain.test_accuracy", "deep.test_accuracy", "plain.clock_error", "deep.clock_error")
    orders = (range(10), *ORDERS)
    values = {n: [0.5 + 0.01 * SPREAD[i] for i in order] for n, order in zip(names, orders, strict=True)}
    made = made_baseline(task, values)
    baseline = made.model_copy(
        update={
            "measures": {n: m.model_copy(update={"sampling_error": 0.02}) for n, m in made.measures.items()},
            "provenance": made.provenance.model_copy(update={"key": "0123456789ab"}),
        }
    )
    criteria = [level(f"c{i}", 500, measure=n, floor=0.1 if "acc" in n else 0.9) for i, n in enumerate(names)]
    rubric = Rubric(task="toy@2", criteria=criteria)
    rows = calibrate_rubric(rubric, task, "quick", baseline)
    factors = [row.margin for row in rows]
    assert all(f and f >= 2.91 for f in factors) and max(f or 0 for f in factors) > 3.1
    fair = fairness(applied(rubric, "quick", rows), task, "quick", baseline)
    assert fair and fair.lost.one_point <= 0.02


def test_both_sides_have_to_beat_the_weaker_of_the_best_answers(task: Task) -> None:
    """A longer code has a better PCA beside it, which the shorter one need not beat."""
    given = {"id": "c", "text": "It.", "points": 5, "measure": "deep.test_accuracy", "over": "plain.test_accuracy"}
    band = {"quick": Band(target=0.001)}
    comparison = Criterion.model_validate({**given, "better": "higher", "profiles": band})
    better = NaiveAnswer("deep.test_accuracy", "a forest", "quick", 0.9)
    rows, *_ = calibrated(replace(task, naive=(LINEAR, better)), comparison)
    assert rows[0].proposal and rows[0].proposal.naive == 0.87
    strong = replace(LINEAR, value=0.94)
    rows, *_ = calibrated(replace(task, naive=(strong,)), comparison)
    assert rows[0].proposal is None or rows[0].proposal.naive is None
    assert (
        "plain.test_accuracy of the reference is not clearly better than logistic regression on pixels" in rows[0].note
    )
