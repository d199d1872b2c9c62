"""Marking again from records: a changed rubric changes marks in seconds, and a mistake changes nothing."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import toy
from workflow.classes import FakeSandbox, criterion, files_below, graded, marks, options, task_of

from harness.errors import ResultsError, RubricError, UsageError
from harness.grading.results import ClassResult
from harness.records.models import Status
from harness.report.files import read_results
from harness.workflow.grade import Regrading, regrade

PAIR = {"ann": toy.GOOD, "bob": toy.UNTRAINABLE}
HARDER = toy.RUBRIC.replace("target: 0.35, floor: 0.15", "target: 0.61, floor: 0.41")  # ann has 0.51: half way
HIDDEN = toy.RUBRIC.replace("points: 50\n", "points: 50\n    hidden: true\n")
SECRET = "The plain network classifies digits it has never seen."


@pytest.fixture
def out(tmp_path: Path, sandbox: FakeSandbox) -> Path:
    """A graded class, after which nothing can be trained any more."""
    graded(toy.write_class(tmp_path / "class", PAIR), options(tmp_path))

    def forbidden(*args: object) -> None:
        raise AssertionError("marking again trains nothing")

    sandbox.seen = forbidden
    return tmp_path / "out"


def again(out: Path, rubric: str, *, reveal: bool = False) -> ClassResult:
    return regrade(out, Regrading(toy.write_rubrics(out.parent / "changed", rubric), reveal=reveal, tasks=toy.REGISTRY))


def test_a_changed_rubric_changes_marks_without_training(out: Path) -> None:
    result = again(out, HARDER)
    assert criterion(result, "ann", "plain").earned == pytest.approx(25)
    assert task_of(result, "ann").status is Status.FAILED
    assert marks(read_results(out / "results.json")) == marks(result)
    assert "55" in (out / "grades.csv").read_text(), "30 for the comparison and half of 50"


def test_the_first_rubric_gives_back_the_first_marks_and_pages(out: Path) -> None:
    before = files_below(out)
    again(out, HARDER)
    assert files_below(out) != before
    again(out, toy.RUBRIC)
    assert files_below(out) == before


@pytest.mark.parametrize(
    "mistake",
    [
        toy.RUBRIC.replace("plain.test_accuracy", "plain.accuracy"),
        toy.RUBRIC.replace("better: higher", "better: lower"),
        toy.RUBRIC.replace("target: 0.35, floor: 0.15", "target: 0.15, floor: 0.35"),
        toy.RUBRIC.replace("points: 100\n", "points: 90\n"),
        toy.RUBRIC.replace("toy@1", "toy@2"),
        "criteria: [",
    ],
    ids=["measure", "direction", "floor", "points", "version", "yaml"],
)
def test_a_rubric_with_a_mistake_leaves_the_folder_as_it_was(out: Path, mistake: str) -> None:
    before = files_below(out)
    with pytest.raises(RubricError, match=r"toy\.yaml:\d+: ") as raised:
        again(out, mistake)
    assert "\n" not in str(raised.value)
    assert files_below(out) == before


def test_a_mistake_in_the_rubric_is_told_before_anything_is_trained(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", PAIR)
    rubrics = toy.write_rubrics(tmp_path / "wrong", toy.RUBRIC.replace("quick:", "qick:"))
    with pytest.raises(RubricError, match="qick"):
        graded(submissions, options(tmp_path, rubrics=rubrics))
    assert sandbox.jobs == []
    assert not (tmp_path / "out").exists()


def test_a_missing_rubric_names_the_file_and_a_close_one(tmp_path: Path, sandbox: FakeSandbox) -> None:
    rubrics = tmp_path / "elsewhere"
    rubrics.mkdir()
    (rubrics / "toys.yaml").write_text(toy.RUBRIC)
    with pytest.raises(RubricError, match=r"toy\.yaml.*Did you mean 'toys\.yaml'\?"):
        graded(toy.write_class(tmp_path / "class", PAIR), options(tmp_path, rubrics=rubrics))


def test_a_hidden_criterion_counts_but_is_not_shown_until_revealed(out: Path) -> None:
    hidden = again(out, HIDDEN)
    card = (out / "cards" / "ann.html").read_text()
    assert SECRET not in card
    assert task_of(hidden, "ann").earned == 80
    assert SECRET in (out / "index.html").read_text(), "staff see all"
    revealed = again(out, HIDDEN, reveal=True)
    assert SECRET in (out / "cards" / "ann.html").read_text()
    assert marks(revealed) == marks(hidden)
    again(out, HIDDEN)
    assert SECRET not in (out / "cards" / "ann.html").read_text(), "and can be hidden again"


def test_an_interrupted_class_can_be_marked(tmp_path: Path, sandbox: FakeSandbox) -> None:
    def fails(job: object) -> BaseException | None:
        return KeyboardInterrupt() if len(sandbox.trained()) > 2 else None

    sandbox.fails = fails
    with pytest.raises(KeyboardInterrupt):
        graded(toy.write_class(tmp_path / "class", PAIR), options(tmp_path))
    result = again(tmp_path / "out", toy.RUBRIC)
    assert not result.complete
    assert task_of(result, "ann").earned == 80
    assert task_of(result, "bob").status is Status.NOT_RUN


@pytest.mark.parametrize("verb", ["grade", "regrade"])
def test_records_of_a_newer_version_are_refused(
    tmp_path: Path, out: Path, verb: str, sandbox: FakeSandbox, request: pytest.FixtureRequest
) -> None:
    with sqlite3.connect(out / "records" / "records.sqlite") as db:
        db.execute("PRAGMA user_version=99")
    before = files_below(out)
    run: dict[str, Callable[[], object]] = {
        "grade": lambda: graded(tmp_path / "class", options(tmp_path)),
        "regrade": lambda: again(out, HARDER),
    }
    with pytest.raises(ResultsError, match="received version 99"):
        run[verb]()
    assert files_below(out) == before


def test_a_folder_that_holds_no_class_is_told(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="holds no records"):
        again(tmp_path, toy.RUBRIC)
    assert not (tmp_path / "records").exists()


def test_a_class_of_a_task_that_is_gone_is_told_in_a_sentence(out: Path) -> None:
    with pytest.raises(UsageError, match="toy"):
        regrade(out, Regrading(toy.write_rubrics(out.parent / "changed")))


@pytest.mark.parametrize("body", ["", "{}", '{"title": 3', "[]"])
def test_a_damaged_plan_is_told_in_a_sentence(out: Path, body: str) -> None:
    with sqlite3.connect(out / "records" / "records.sqlite") as db:
        db.execute("UPDATE documents SET body = ? WHERE name = 'plan'", (body,))
    with pytest.raises(ResultsError):
        again(out, HARDER)
