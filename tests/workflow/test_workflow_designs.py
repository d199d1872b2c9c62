"""Textbook designs earn what a teacher would give, in their order, or `harness preflight` says so."""

import re
from pathlib import Path
from typing import Any

import pytest
import toy
from workflow.classes import FakeSandbox, options, source, units

from harness.errors import UsageError
from harness.grading.designs import BANDS, disorder, outside
from harness.grading.separation import Role, Separation
from harness.records.models import Fault
from harness.sandbox.job import Job
from harness.shipped import Rooms
from harness.terminal.preflight import words
from harness.workflow.designs import read_designs
from harness.workflow.preflight import preflight

SHARES = {"weak": (0.25, 0.25), "usual": (0.31, 0.31), "strong": (0.4, 0.6)}  # right, of the plain and the wide network


def share(job: Job) -> float:
    """Return how much a design gets right: what its docstring names; the reference all, the template nothing."""
    named = re.search(r"a (\w+) network", source(job))
    if named:
        return SHARES[named[1]][units(job) > 8]
    return 0.1 if "SGD" in source(job) else 0.9


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox: FakeSandbox) -> Rooms:
    """A course with reference and template of the toy task, and three textbook designs of it."""
    monkeypatch.setattr("workflow.classes.share_right", share)
    course = tmp_path / "course"
    files = {"reference_models/toy.py": toy.GOOD, "student_template/toy.py": toy.UNTRAINABLE}
    files |= {f"designs/toy/{name}.py": design(name) for name in BANDS}
    for name, text in files.items():
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text(text)
    return Rooms(course, frozenset({"toy"}))


def design(name: str) -> str:
    return f'"""In the manner of the handbook, a {name} network"""\n' + toy.GOOD


def found(folder: Path, rooms: Rooms, **changes: Any) -> Separation:
    return preflight(options(folder, rooms=rooms, key=None, **changes), None, lambda board, plan: None)


def test_they_are_graded_beside_reference_and_template(tmp_path: Path, rooms: Rooms) -> None:
    shown = found(tmp_path, rooms)
    (task,) = shown.tasks
    assert [(row.name, row.role) for row in task.rows[2:]] == [(name, Role.DESIGN) for name in BANDS]
    assert [row.percent for row in task.rows] == pytest.approx([100, 0, 50, 76.25, 100])
    assert shown.failures == []
    assert words(task.rows[2]) == (
        "weak: In the manner of the handbook, a weak network. Earns 40 of 80 points, 50.0 % (40 to 60 % expected)."
    )
    page = (tmp_path / "out" / "preflight.html").read_text()
    assert (
        "the template, 3 textbook designs and 0 flawed submissions" in page and "76.2 % (60 to 85 % expected)" in page
    )


def test_one_outside_its_band_is_a_failure(tmp_path: Path, rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SHARES, "weak", (0.1, 0.1))
    assert found(tmp_path, rooms).failures == ["toy: weak earns 0.0 % of the points measured, expected 40 to 60 %"]


def test_the_wrong_order_is_a_failure(tmp_path: Path, rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SHARES, "usual", SHARES["weak"])
    assert found(tmp_path, rooms).failures == [
        "toy: usual earns 50.0 % of the points measured, expected 60 to 85 %",
        "toy: usual (50.0 %) does not earn more than weak (50.0 %)",
    ]


def test_one_that_stops_is_a_failure(tmp_path: Path, rooms: Rooms, sandbox: FakeSandbox) -> None:
    stopped = Fault(owner="student", kind="exception", step="train", message="Too deep.")
    sandbox.fails = lambda job: stopped if "a strong network" in source(job) and job.step.name == "train" else None
    failures = found(tmp_path, rooms).failures
    assert failures[0] == "toy: strong has a fault that is not expected of it (exception)"
    assert "toy: strong (0.0 %) does not earn more than usual (76.2 %)" in failures


def test_a_task_without_designs_says_nothing_of_them(tmp_path: Path, rooms: Rooms) -> None:
    for name in BANDS:
        (rooms.own("designs") / "toy" / f"{name}.py").unlink()
    (task,) = found(tmp_path, rooms).tasks
    assert task.designs == 0 and "textbook" not in (tmp_path / "out" / "preflight.html").read_text()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("weka.py", '"""A manner."""', "Did you mean 'weak'"),
        ("weak.py", "x = 1\n", "to begin with a docstring"),
        ("weak.py", "def f(:\n", "to be Python with a docstring"),
    ],
)
def test_another_form_is_refused_in_a_sentence(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / name).write_text(text)
    with pytest.raises(UsageError, match=said):
        read_designs(tmp_path, "toy")


@pytest.mark.parametrize(
    ("design", "percent", "fits"), [("weak", 40, True), ("weak", 60.2, False), ("strong", 100, True)]
)
def test_bands(design: str, percent: float, fits: bool) -> None:
    assert (outside(design, percent) == "") == fits
    assert outside(design, None) == "was not decided by every criterion"


def test_what_is_not_there_is_in_no_order() -> None:
    assert disorder({"weak": 50, "strong": 90}) == [] == disorder({"usual": None, "weak": 50})
    assert disorder({"strong": 50, "weak": 50}) == ["strong (50.0 %) does not earn more than weak (50.0 %)"]
