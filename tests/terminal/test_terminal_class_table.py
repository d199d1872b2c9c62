"""What an instructor reads in the terminal after grading: one line a student in 80 columns, whatever their name."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from grading.made import student_of
from rich.cells import cell_len
from rich.console import Console

from harness.grading.passing import judged_class
from harness.grading.results import ClassResult, CriterionResult, StudentResult, TaskResult
from harness.grading.scale import GradingScale
from harness.records.models import Fault, Status
from harness.terminal.class_table import DETAILS, show_class

HOSTILE = [
    "<script>alert(1)</script> Bobby'; DROP TABLE students;--",
    "[bold red]rich[/bold red]",
    "two\nlines\r\x1b[31m\x07\x08",
    "\u202eevil\u2066",
    "王" * 60,
    "👩‍👩‍👧‍👦" * 30,
    "e\u0301" * 50,
    "a" * 5_000,
    "",
]
LONG = "ValueError: Expected a model that takes images of shape (28, 28, 1) and returns ten numbers, received None."


def task(earned: float | None, points: float = 100, status: Status = Status.FAILED, manual: float = 0) -> TaskResult:
    one = CriterionResult(id="c", text="c", status=status, points=points, earned=earned)
    by_hand = CriterionResult(id="m", text="m", status=Status.NOT_RUN, points=manual, earned=None, manual=True)
    return TaskResult(
        task="toy",
        title="Toy",
        profile="quick",
        status=status,
        earned=earned or 0,
        possible=0 if earned is None else points,
        manual_points=manual,
        fault=None,
        criteria=[one, by_hand] if manual else [one],
        measurements=[],
        findings=[],
    )


def fault(owner: str, message: str = LONG) -> Fault:
    return Fault.model_validate({"owner": owner, "kind": "intake", "step": "", "message": message})


def shown(students: Sequence[StudentResult], width: int = 80, **scale: object) -> list[str]:
    """Return the lines that a terminal of `width` columns without colours shows of a class."""
    result = ClassResult(
        title="C",
        created="x",
        harness="0",
        profile="quick",
        seeds=[1],
        complete=True,
        seconds=1,
        scale=GradingScale.model_validate(scale),
        students=list(students),
    )
    file = io.StringIO()
    show_class(Console(file=file, width=width), judged_class(result), Path("results/index.html"))
    return file.getvalue().splitlines()


def test_who_misses_a_point_of_two_hundred_is_told_as_passed() -> None:
    _, ada, bob, _, summary, page = shown(
        [student_of("ada", [task(198.65, 200)]), student_of("bob", [task(100, status=Status.PASSED)])]
    )
    assert ada.split() == ["ada", "198.65", "/", "200", "passed"]
    assert bob.split() == ["bob", "100", "/", "100", "passed", "every", "target", "reached"]
    assert summary == "2 of 2 passed (pass mark 50 %); 1 reached every target."
    assert page == "Class page: results/index.html"


def test_grades_have_a_column_where_there_are_any() -> None:
    head, ada, bob, *rest = shown([student_of("ada", [task(90)]), student_of("bob", [task(49)])], grades={"A": "85 %"})
    assert head.split() == ["student", "mark", "result", "grade", "reason"]
    assert ada.split() == ["ada", "90", "/", "100", "passed", "A"]
    assert bob.split() == ["bob", "49", "/", "100", "not", "passed", "–"]
    assert "1 of 2 passed, 1 did not (pass mark 50 %); 0 reached every target." in rest
    assert "Grades: A from 85 %." in rest


def test_what_a_person_has_still_to_mark_is_open() -> None:
    _, ada, _, summary, _ = shown([student_of("ada", [task(45, manual=20)])])
    assert ada.split() == ["ada", "45", "/", "100", "open", "20", "points", "still", "open"]
    assert summary == "0 of 1 passed, 1 open (pass mark 50 %); 0 reached every target."


@pytest.mark.parametrize("width", [80, 60, 30, 200])
def test_marks_and_results_are_whole_whatever_people_are_called(width: int) -> None:
    students = [student_of(n, [task(50)], slug=f"s{i}", fault=fault("student")) for i, n in enumerate(HOSTILE)]
    lines = shown(students, width, grades={"quite excellent work": "85 %", "passable": 0})
    marks = [line for line in lines if "50 / 100  passed  passable" in line]
    assert len(marks) == len(HOSTILE), "one line each with mark, result and grade, next to each other"
    table = lines[: next(i for i, line in enumerate(lines) if not line.strip())]
    assert len({cell_len(line) for line in table}) == 1, "columns are columns"
    assert width < 80 or all(cell_len(line) <= width for line in table)
    assert any(line.startswith("[bo") and "red]" in line for line in marks), "markup is shown, not obeyed"
    assert not set("\n".join(lines)) & {"\x1b", "\x07", "\x08", "\r", "\u202e", "\u2066"}


def test_of_a_long_name_the_middle_is_left_out() -> None:
    names = [f"Max Mustermann_1234567_assignsubmission_{kind}_" for kind in ("file", "onlinetext")]
    _, file, text, *_ = shown([student_of(name, [task(62.3, 120)]) for name in names])
    assert file.startswith("Max Mustermann…") and "file_  62.3 / 120" in file
    assert text.startswith("Max Mustermann…") and "text_  62.3 / 120" in text


@pytest.mark.parametrize("width", [80, 40])
def test_a_fault_is_told_in_full_and_folds(width: int) -> None:
    lines = shown([student_of("ada", [], fault=fault("student")), student_of("bob", [], fault=fault("harness"))], width)
    start = lines[0].index("reason")
    told = " ".join(" ".join(line[start:] for line in lines).split())
    assert f"student error: {LONG} harness error: {LONG}" in told
    assert lines[1].split()[:4] == ["ada", "–", "not", "passed"]


def test_of_many_faults_the_first_are_told_and_the_rest_counted() -> None:
    some = [student_of(f"s{i}", [], fault=fault("student")) for i in range(DETAILS + 5)]
    lines = shown(some)
    assert sum("received None." in line for line in lines) == DETAILS
    assert "5 more with a fault are told in full on the class page." in lines


def test_a_task_that_does_not_count_for_somebody_is_named() -> None:
    other = task(50).model_copy(update={"task": "other", "title": "Other"})
    lines = shown([student_of("ada", [task(50), other]), student_of("bob", [task(50)])])
    assert "Not handed in, and so not counted: Other (1); --task NAME counts a task for everybody." in lines


def test_a_class_of_nobody() -> None:
    assert shown([])[-1] == "Class page: results/index.html"
