"""What a changed rubric would do is shown without doing it."""

from pathlib import Path

import pytest
import toy
from workflow.classes import FakeSandbox, files_below, graded, marks, options

from harness.errors import ResultsError, RubricError
from harness.grading.difference import Difference
from harness.report.files import read_results, write_results
from harness.workflow.grade import Regrading, regrade
from harness.workflow.preview import preview

CLASS = {"ann": toy.GOOD, "bob": toy.UNTRAINABLE, "cyd": toy.SYNTAX_ERROR}
HARDER = toy.RUBRIC.replace("target: 0.35, floor: 0.15", "target: 0.61, floor: 0.41")  # ann has 0.51: half way
WRITTEN = {"diff.csv", "diff.html"}


@pytest.fixture
def out(tmp_path: Path, sandbox: FakeSandbox) -> Path:
    """A graded class, after which nothing can be trained any more."""
    graded(toy.write_class(tmp_path / "class", CLASS), options(tmp_path))

    def forbidden(*args: object) -> None:
        raise AssertionError("a preview trains nothing")

    sandbox.seen = forbidden
    return tmp_path / "out"


def previewed(out: Path, rubric: str) -> Difference:
    return preview(out, toy.write_rubrics(out.parent / "changed", rubric), tasks=toy.REGISTRY)


def test_it_says_who_would_move_and_why(out: Path) -> None:
    found = previewed(out, HARDER)
    (move,) = found.moves
    assert (move.student, move.change) == ("ann", pytest.approx(-25))
    assert [c.id for c in move.criteria] == ["plain"]
    assert "target 0.35 → 0.61" in move.criteria[0].why
    assert (found.students, found.moved) == (3, 1)


def test_cards_grades_and_results_stay_as_they_were(out: Path) -> None:
    before = files_below(out)
    previewed(out, HARDER)
    after = files_below(out)
    assert after.keys() - before.keys() == WRITTEN
    assert {name: after[name] for name in before} == before


def test_marking_again_does_what_was_shown_and_then_nobody_moves(out: Path) -> None:
    before = read_results(out / "results.json")
    shown = previewed(out, HARDER)
    after = regrade(out, Regrading(out.parent / "changed", tasks=toy.REGISTRY))
    (move,) = shown.moves
    earned = {s.name: s.tasks[0].earned for s in after.students}
    assert earned == {s.name: s.tasks[0].earned + move.change * (s.name == "ann") for s in before.students}
    assert previewed(out, HARDER).moves == []


def test_the_marks_compared_with_are_those_people_have_seen(out: Path) -> None:
    """The rubric's file may have been edited since; `results.json` is what the cards say."""
    regrade(out, Regrading(toy.write_rubrics(out.parent / "changed", HARDER), tasks=toy.REGISTRY))
    assert [m.change for m in previewed(out, toy.RUBRIC).moves] == [pytest.approx(25)]


def test_a_preview_twice_writes_the_same_files(out: Path) -> None:
    previewed(out, HARDER)
    first = files_below(out)
    previewed(out, HARDER)
    assert files_below(out) == first


def test_a_mistake_in_the_rubric_writes_nothing(out: Path) -> None:
    before = files_below(out)
    with pytest.raises(RubricError, match=r"toy\.yaml:\d+: "):
        previewed(out, toy.RUBRIC.replace("plain.test_accuracy", "plain.accuracy"))
    assert files_below(out) == before


def test_results_of_another_run_than_the_records_are_refused(out: Path) -> None:
    """As after a run that was killed before it wrote its results: then not the rubric alone would differ."""
    path = out / "results.json"
    write_results(path, read_results(path).model_copy(update={"created": "2020-01-01T00:00:00+00:00"}))
    with pytest.raises(ResultsError, match="of one run"):
        previewed(out, HARDER)
    assert not (out / "diff.html").exists()


def test_a_class_without_results_is_told(out: Path) -> None:
    (out / "results.json").unlink()
    with pytest.raises(ResultsError, match=r"results\.json"):
        previewed(out, HARDER)


def test_hidden_marks_are_compared_whether_revealed_or_not(out: Path) -> None:
    hidden = HARDER.replace("points: 50\n", "points: 50\n    hidden: true\n")
    (move,) = previewed(out, hidden).moves
    assert move.criteria[0].hidden and move.change == pytest.approx(-25)
    assert marks(read_results(out / "results.json"))["ann"][0][2] == 50
