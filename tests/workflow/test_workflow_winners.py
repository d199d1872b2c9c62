"""The winner of a search: trained when all candidates are measured, with the settings of the best by validation."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import toy
import toy_search
from workflow.classes import FakeSandbox, criterion, graded, marks, options, task_of, units

from harness.grading.results import ClassResult
from harness.records.models import Fault, Status
from harness.sandbox.job import Job
from harness.task import Variant, Winner
from harness.workflow.candidates import with_candidates
from harness.workflow.grade import Regrading, regrade
from harness.workflow.options import Options

WINNER = Variant("winner", "the best candidate", winner=Winner("search", "val_accuracy"))
TASK = replace(toy_search.TASK, variants=(*toy_search.VARIANTS, WINNER), overall=())
THREE = [{"units": 8}, {"units": 64}, {"units": 64, "rate": 0.01}]
RUBRIC = """\
task: toy@1
criteria:
  - id: winner
    text: The best candidate classifies digits it has never seen.
    measure: winner.test_accuracy
    better: higher
    points: 10
    profiles: {quick: {target: 0.4, floor: 0.15}}
"""


@pytest.fixture
def searched(sandbox: FakeSandbox) -> FakeSandbox:
    sandbox.chosen = lambda job: json.dumps({"search": THREE}).encode()
    return sandbox


def chosen(folder: Path, rubric: str = RUBRIC, **changes: Any) -> Options:
    made = options(folder, registry={"toy": TASK}, **{"seeds": [1], **changes})
    toy.write_rubrics(folder / "rubrics", rubric)
    return made


def run(folder: Path, **changes: Any) -> ClassResult:
    place = folder / "class"
    if not place.exists():
        toy.write_class(place, {"ann": toy_search.GOOD})
    return graded(place, chosen(folder, **changes))


def settings_of(result: ClassResult, variant: str, seed: int = 1) -> Any:
    found = {(m.variant, m.seed): m.settings for m in task_of(result, "ann").measurements}
    return found[variant, seed]


@pytest.mark.parametrize("jobs", [1, 4])
def test_the_best_by_validation_is_trained_last_and_the_first_of_equals_wins(
    tmp_path: Path, searched: FakeSandbox, jobs: int
) -> None:
    result = run(tmp_path, jobs=jobs)
    assert result.complete
    assert settings_of(result, "winner") == settings_of(result, "candidate_2")
    trained = [units(job) for job in searched.jobs if job.step.name == "train"]
    assert sorted(trained) == [8, 16, 64, 64, 64]
    assert criterion(result, "ann", "winner").value == pytest.approx(0.71)


def fails(job: Job) -> Fault | None:
    fault = Fault(owner="student", kind="exception", step="train", message="ValueError: too wide.")
    return fault if units(job) == 64 and job.step.name == "train" else None


def test_a_candidate_that_failed_does_not_win(tmp_path: Path, searched: FakeSandbox) -> None:
    searched.fails = fails
    result = run(tmp_path)
    assert settings_of(result, "winner")["units"] == 8
    assert criterion(result, "ann", "winner").value == pytest.approx(0.51)


def test_where_all_failed_the_student_is_told_why(tmp_path: Path, searched: FakeSandbox) -> None:
    searched.chosen = lambda job: json.dumps({"search": THREE[1:]}).encode()
    searched.fails = fails
    result = run(tmp_path)
    assert result.complete
    assert criterion(result, "ann", "winner").status is Status.STUDENT_ERROR
    assert "too wide" in criterion(result, "ann", "winner").reason


def test_a_candidate_that_the_harness_spoilt_leaves_the_winner_open(tmp_path: Path, searched: FakeSandbox) -> None:
    """Else a worse one would win for a fault of ours."""
    spoilt = Fault(owner="harness", kind="harness", step="train", message="The disk is full.")
    searched.fails = lambda job: spoilt if units(job) == 64 and job.step.name == "train" else None
    result = run(tmp_path)
    assert not result.complete
    assert criterion(result, "ann", "winner").status is Status.NOT_RUN
    assert criterion(result, "ann", "winner").earned is None
    searched.fails = lambda job: None
    again = run(tmp_path)
    assert (again.complete, settings_of(again, "winner")["units"]) == (True, 64)


def test_it_goes_on_where_it_stopped_and_is_marked_again_from_records(tmp_path: Path, searched: FakeSandbox) -> None:
    class Stop(Exception):
        pass

    def stopped(job: Job) -> BaseException | None:
        return Stop() if [units(j) for j in searched.jobs if j.step.name == "train"].count(64) > 2 else None

    searched.fails = stopped
    with pytest.raises(Stop):
        run(tmp_path)
    before = len(searched.jobs)
    searched.fails = lambda job: None
    result = run(tmp_path)
    assert {units(job) for job in searched.jobs[before:]} == {64}, "what was measured is not trained again"
    count = len(searched.jobs)
    assert marks(run(tmp_path)) == marks(result)
    assert marks(regrade(tmp_path / "out", Regrading(tmp_path / "rubrics", tasks={"toy": TASK}))) == marks(result)
    assert len(searched.jobs) == count


def test_every_seed_has_a_winner_and_a_doubt_trains_that_of_the_first(tmp_path: Path, searched: FakeSandbox) -> None:
    strict = RUBRIC.replace("target: 0.4", "target: 0.72")
    result = run(tmp_path, rubric=strict, seeds=())
    winner = criterion(result, "ann", "winner")
    assert winner.values == pytest.approx([0.71, 0.72, 0.73])
    ran = {(m.variant, m.seed) for m in task_of(result, "ann").measurements if m.usage}
    assert {(v, s) for v, s in ran if s > 1} == {("winner", 2), ("winner", 3)}, "candidates are not tried again"
    other = run(tmp_path / "other", rubric=strict, seeds=[1, 2])
    assert settings_of(other, "winner", 2) == settings_of(other, "candidate_2", 2)


def test_whoever_trains_a_winner_alone_trains_what_it_is_chosen_from(tmp_path: Path, searched: FakeSandbox) -> None:
    assert with_candidates(TASK, ["winner"]) == {"winner", "candidate_1", "candidate_2", "candidate_3"}
    result = run(tmp_path, only={("ann", "toy"): ["winner"]})
    there = {m.variant for m in task_of(result, "ann").measurements if m.usage}
    assert there == {"winner", "candidate_1", "candidate_2", "candidate_3"}
