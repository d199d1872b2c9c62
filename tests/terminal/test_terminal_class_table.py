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
from harness.terminal.lines import shortened

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


@pytest.mark.parametrize("width", [80, 60, 50, 30, 200])
def test_one_line_a_student_whatever_they_are_called(width: int) -> None:
    students = [student_of(n, [task(50)], slug=f"s{i}", fault=fault("student")) for i, n in enumerate(HOSTILE)]
    lines = shown(students, width, grades={"quite excellent work": "85 %", "passable": 0})
    table = lines[: len(HOSTILE) + 1]
    assert all(line.strip() for line in table), "no line more than there are students"
    assert not lines[len(HOSTILE) + 1].strip()
    assert all("50 / 100" in line and "passed" in line for line in table[1:])
    assert all(cell_len(line) <= width for line in table)
    assert table[2].startswith("[bol"), "markup is shown, not obeyed"
    whole = "\n".join(lines)
    assert not set(whole) & {"\x1b", "\x07", "\x08", "\r", "\u202e", "\u2066"}


@pytest.mark.parametrize("width", [80, 60])
def test_marks_results_and_grades_are_whole_and_names_are_told_apart(width: int) -> None:
    """Folders of a learning platform begin with a long name and end alike."""
    folder = "Maximilian Alexander von und zu Mustermann_{}_assignsubmission_file_"
    students = [
        student_of(folder.format(n), [task(198.65, 200)], slug=f"maximilian-alexander-von-und-zu-{n}") for n in (12, 34)
    ]
    students.append(student_of("王" * 30, [task(0, 200)], fault=fault("student")))
    lines = shown(students, width, grades={"befriedigend": "70 %"})[:4]
    assert all(cell_len(line) <= width for line in lines)
    assert all(line.count("198.65 / 200  passed      befriedigend") == 1 for line in lines[1:3])
    assert len(set(lines[1:3])) == 2, "who is who can be read"
    assert "…王" in lines[3] and "not passed" in lines[3]


def test_a_long_name_is_whole_where_there_is_room() -> None:
    name = "Wolfgang Amadeus Mozart-Beispielhausen"
    assert shown([student_of(name, [task(100, status=Status.PASSED)])])[1].startswith(f"{name}  100 / 100  passed")


@pytest.mark.parametrize(
    ("text", "columns", "short"),
    [
        ("Ann", 3, "Ann"),
        ("abcdefghij", 7, "abc…hij"),
        ("王王王王王", 7, "王…王"),
        ("e\u0301" * 9, 5, "e\u0301e\u0301…e\u0301e\u0301"),
        ("ab", 1, "…"),
    ],
)
def test_a_name_is_cut_in_its_middle_and_letters_stay_whole(text: str, columns: int, short: str) -> None:
    assert shortened(text, columns) == short
    assert cell_len(shortened(text, columns)) <= columns


def test_two_hundred_students_have_a_line_each() -> None:
    many = [
        student_of(f"Student {i:03} of a course with a long name {i:03}", [task(i / 2)], slug=f"s{i}")
        for i in range(200)
    ]
    lines = shown(many)[:201]
    assert [line.split()[1] for line in lines[1:]] == [f"{i:03}" for i in range(200)]
    assert all(cell_len(line) <= 80 for line in lines)


def test_a_fault_is_shortened_in_its_line_and_told_in_full_below() -> None:
    lines = shown([student_of("ada", [], fault=fault("student")), student_of("bob", [], fault=fault("harness"))])
    assert (
        lines[1].startswith("ada         –  not passed  student error: ValueError: Expected a model")
        and "…" in lines[1]
    )
    assert lines[2].startswith("bob         –  open        harness error: ValueError: Expected")
    assert all(cell_len(line) <= 80 for line in lines)
    told = " ".join(" ".join(lines[3:]).split())
    assert f"ada: student error: {LONG} bob: harness error: {LONG}" in told


def test_of_many_faults_the_first_are_told_and_the_rest_counted() -> None:
    some = [student_of(f"s{i}", [], fault=fault("student", "No file.")) for i in range(DETAILS + 5)]
    lines = shown(some)
    assert sum(line.endswith(": student error: No file.") for line in lines) == DETAILS
    assert "5 more with a fault are on the class page." in lines


def test_a_class_of_nobody() -> None:
    assert shown([])[-1] == "Class page: results/index.html"
