"""What people decided outlives everything: a second grade, another rubric, a newer hand-in, records that are gone."""

import shutil
import threading
import time
import zipfile
from pathlib import Path

import pytest
import toy
from workflow.classes import FakeSandbox, criterion, graded, options, student, task_of

from harness.grading.results import ClassResult
from harness.records.hand_marks import HandMarks
from harness.report.files import read_results
from harness.workflow.bundle import bundle
from harness.workflow.by_hand import SO_FAR, turn_to_write
from harness.workflow.grade import Regrading, regrade
from harness.workflow.preview import preview

HARDER = toy.RUBRIC.replace("target: 0.35, floor: 0.15", "target: 0.61, floor: 0.41")
REMARK = "The second curve is discussed well."


@pytest.fixture
def out(tmp_path: Path, sandbox: FakeSandbox) -> Path:
    """A graded class in which ann's report was marked, and bob's comparison overridden."""
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.UNTRAINABLE}), options(tmp_path))
    enter(tmp_path / "out", result, "ann", "report", 12.5, comment=REMARK)
    enter(tmp_path / "out", result, "bob", "beats-naive", 20, reason="His data was rotated.")
    return tmp_path / "out"


def enter(
    out: Path, result: ClassResult, name: str, wanted: str, points: float, *, comment: str = "", reason: str = ""
) -> None:
    marks = HandMarks(out)
    marks.add(
        (name, "toy", wanted),
        grader="Grace",
        points=points,
        comment=comment,
        reason=reason,
        source=task_of(result, name).source,
        seen=0,
    )
    marks.close()


def again(out: Path, rubric: str = toy.RUBRIC) -> ClassResult:
    return regrade(out, Regrading(toy.write_rubrics(out.parent / "changed", rubric), tasks=toy.REGISTRY))


def check(result: ClassResult) -> None:
    assert criterion(result, "ann", "report").earned == 12.5
    assert criterion(result, "ann", "report").comment == REMARK
    assert criterion(result, "bob", "beats-naive").earned == 20
    assert criterion(result, "bob", "beats-naive").override == "His data was rotated."


def test_regrading_keeps_them_under_any_rubric(out: Path) -> None:
    check(again(out))
    harder = again(out, HARDER)
    check(harder)
    assert criterion(harder, "ann", "plain").earned == pytest.approx(25)
    assert task_of(harder, "ann").earned == pytest.approx(25 + 30 + 12.5)
    assert task_of(harder, "ann").possible == 100 and task_of(harder, "ann").manual_points == 0


def test_grading_again_keeps_them(out: Path) -> None:
    graded(out.parent / "class", options(out.parent))
    check(read_results(out / "results.json"))


def test_they_reach_cards_grades_and_class_page(out: Path) -> None:
    again(out)
    assert REMARK in (out / "cards" / "ann.html").read_text()
    assert "His data was rotated." in (out / "cards" / "bob.html").read_text()
    assert "92.5,100" in (out / "grades.csv").read_text(), "ann: all of 80, and 12.5 of 20"


def test_deleted_records_take_nothing_entered_with_them(out: Path) -> None:
    shutil.rmtree(out / "records")
    graded(out.parent / "class", options(out.parent))
    check(read_results(out / "results.json"))


def test_a_newer_hand_in_keeps_the_mark_and_says_that_it_is_older(out: Path) -> None:
    (out.parent / "class" / "ann" / "toy.py").write_text(toy.GOOD + "# once more\n")
    graded(out.parent / "class", options(out.parent))
    result = read_results(out / "results.json")
    check(result)
    assert "earlier version" in criterion(result, "ann", "report").reason
    assert "earlier version" not in criterion(result, "bob", "beats-naive").override


def test_a_preview_compares_marks_with_people_s_decisions_in_both(out: Path) -> None:
    """They were entered after results.json was written: only the rubric may make anybody move."""
    assert preview(out, toy.write_rubrics(out.parent / "same"), tasks=toy.REGISTRY).moves == []
    (move,) = preview(out, toy.write_rubrics(out.parent / "harder", HARDER), tasks=toy.REGISTRY).moves
    assert move.slug == "ann" and move.after.earned == pytest.approx(25 + 30 + 12.5)


def test_a_bundle_holds_them_even_before_the_reports_do(out: Path, tmp_path: Path) -> None:
    made = bundle("ann", out, tmp_path / "ann.zip", tasks=toy.REGISTRY)
    with zipfile.ZipFile(made.path) as archive:
        assert REMARK in archive.read("appeal-ann/marks.json").decode()
        assert REMARK in archive.read("appeal-ann/card.html").decode()


def test_who_writes_reports_waits_for_who_does(out: Path) -> None:
    order = []

    def other() -> None:
        again(out)
        order.append("regrade")

    with turn_to_write(out):
        thread = threading.Thread(target=other)
        thread.start()
        time.sleep(0.5)
        order.append("first")
    thread.join()
    assert order == ["first", "regrade"]


def test_while_grading_goes_on_the_results_so_far_hold_them(out: Path, sandbox: FakeSandbox) -> None:
    """`harness serve` reads them; when grading ends, they are gone."""
    found: list[ClassResult] = []

    def look(job: object) -> None:
        for _ in range(6_000):
            if (out / SO_FAR).is_file():
                found.append(read_results(out / SO_FAR))
                return
            if len(sandbox.jobs) < 6:
                return
            time.sleep(0.05)

    sandbox.seen = look
    for name in ("cyd", "dan"):
        toy.write_class(out.parent / "class", {name: toy.GOOD + f"# {name}\n"})
    graded(out.parent / "class", options(out.parent))
    assert found and not found[-1].complete
    check(found[-1])
    assert not (out / SO_FAR).exists()
    check(read_results(out / "results.json"))


def test_a_student_who_comes_back_has_the_marks_again(out: Path) -> None:
    (out.parent / "class" / "ann").rename(out.parent / "away")
    graded(out.parent / "class", options(out.parent, replace=True))
    assert [s.name for s in read_results(out / "results.json").students] == ["bob"]
    (out.parent / "away").rename(out.parent / "class" / "ann")
    graded(out.parent / "class", options(out.parent, replace=True))
    result = read_results(out / "results.json")
    check(result)
    assert student(result, "ann").slug == "ann"
