"""What a self-check grades: the same as grading does, without what is hidden."""

from pathlib import Path

import pytest
import toy
from selfcheck.made import Pretended, write_work
from workflow.classes import graded, options

from harness.grading.results import StudentResult
from harness.records.models import Status
from harness.selfcheck.session import SelfCheck, options_for
from harness.selfcheck.words import failure, told

HIDDEN = toy.RUBRIC.replace("    points: 30\n", "    points: 30\n    hidden: true\n").replace(
    "beats-naive", "secret-rival"
)


def checked(work: Path, **chosen: object) -> tuple[StudentResult, str]:
    with SelfCheck(work, options_for(work, rubrics=work.parent / "rubrics", **chosen)) as own:
        student = own.grade()
        return student, own.card(student)


def test_it_earns_what_grading_gives(fake: Pretended, work: Path, tmp_path: Path) -> None:
    mine, _ = checked(work, seeds=[1])
    theirs = graded(work, options(tmp_path, seeds=[1])).students[0]
    assert [(c.id, c.status, c.earned, c.value) for c in mine.tasks[0].criteria] == [
        (c.id, c.status, c.earned, c.value) for c in theirs.tasks[0].criteria
    ]
    assert mine.tasks[0].earned == 80


def test_the_second_check_trains_nothing(fake: Pretended, work: Path) -> None:
    first, _ = checked(work)
    trained = len(fake.jobs)
    again, _ = checked(work)
    assert len(fake.jobs) == trained
    assert again.tasks[0].criteria == first.tasks[0].criteria


def test_a_missed_criterion_says_measure_target_seeds_mistake_and_next_step(fake: Pretended, tmp_path: Path) -> None:
    student, _ = checked(write_work(tmp_path, toy.UNTRAINABLE), seeds=[1, 2, 3])
    one = next(c for c in told(student)[0].criteria if c.id == "plain")
    said = "\n".join(failure(one))
    assert one.status is Status.FAILED
    for words in ("plain.test_accuracy", "at least 0.35", "3 seeds", "likely mistake", "next step", "0 of 50 points"):
        assert words in said


def test_what_is_hidden_is_counted_and_not_shown(fake: Pretended, tmp_path: Path) -> None:
    student, card = checked(write_work(tmp_path, toy.UNTRAINABLE, HIDDEN))
    (task,) = told(student)
    assert [c.id for c in task.criteria] == ["plain", "report"]
    assert "1 more criterion worth 30 points is hidden" in task.hidden
    assert "1 more criterion" in card
    everything = f"{task}{card}"
    assert "secret-rival" not in everything
    assert "beats an answer without learning" not in everything
    assert not [*tmp_path.rglob("index.html"), *tmp_path.rglob("results.json")], "the class page shows all of it"


def test_a_broken_contract_is_graded_without_training(fake: Pretended, tmp_path: Path) -> None:
    student, _ = checked(write_work(tmp_path, toy.SYNTAX_ERROR))
    assert student.tasks[0].status is Status.STUDENT_ERROR
    assert "line 5" in told(student)[0].fault
    assert not fake.trained()


def test_an_interruption_keeps_what_was_measured(fake: Pretended, work: Path) -> None:
    fake.fails = lambda job: KeyboardInterrupt() if job.step.name == "train" and len(fake.trained()) == 2 else None
    with pytest.raises(KeyboardInterrupt):
        checked(work, jobs=1)
    fake.fails = lambda job: None
    fake.jobs.clear()
    checked(work)
    assert len(fake.trained()) == 1
