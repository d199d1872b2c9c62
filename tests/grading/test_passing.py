"""Who has passed, with which grade: what a student would appeal against if it were wrong."""

from random import Random
from typing import Any

import pytest
from grading.made import student_of

from harness.errors import UsageError
from harness.grading.passing import judge, judged_class
from harness.grading.results import ClassResult, CriterionResult, StudentResult, TaskResult
from harness.grading.scale import GradingScale, parse_pass_mark
from harness.grading.terms import Absent
from harness.records.models import Fault, Status

GRADES = GradingScale(grades={"A": 0.85, "B": 0.7, "C": 0.5})
OURS = Fault(owner="harness", kind="harness", step="intake", message="The disk was full.")
THEIRS = Fault(owner="student", kind="intake", step="intake", message="Expected a file toy.py, found none.")


def criterion(points: float, earned: float | None, status: Status | None = None, **more: Any) -> CriterionResult:
    status = status or (Status.PASSED if earned == points else Status.FAILED)
    return CriterionResult(id="c", text="c", status=status, points=points, earned=earned, **more)


def task(*criteria: CriterionResult, status: Status = Status.FAILED) -> TaskResult:
    decided = [c for c in criteria if c.earned is not None]
    return TaskResult(
        task="toy",
        title="Toy",
        profile="quick",
        status=status,
        earned=sum(c.earned or 0 for c in decided),
        possible=sum(c.points for c in decided),
        manual_points=0,
        fault=None,
        criteria=list(criteria),
        measurements=[],
        findings=[],
    )


def by_hand(points: float) -> CriterionResult:
    return criterion(points, None, Status.NOT_RUN, manual=True)


def graded(*tasks: TaskResult, fault: Fault | None = None, scale: GradingScale = GRADES) -> StudentResult:
    return student_of("Ada", tasks, fault=fault, scale=scale)


def test_a_student_who_misses_a_point_of_two_hundred_has_passed() -> None:
    ada = graded(task(criterion(200, 198.65)))
    assert (ada.status, ada.passed, ada.grade, ada.reached_all) == (Status.PASSED, True, "A", False)
    assert graded(task(criterion(200, 200.0), status=Status.PASSED)).reached_all


@pytest.mark.parametrize(
    ("earned", "passed", "grade"),
    [
        (100, True, "A"),
        (85, True, "A"),
        (84.99, True, "B"),
        (70, True, "B"),
        (50, True, "C"),
        (49.99, False, ""),
        (0, False, ""),
    ],
)
def test_from_the_boundary_on_a_grade_is_earned(earned: float, passed: bool, grade: str) -> None:
    ada = graded(task(criterion(100, earned)))
    assert (ada.passed, ada.grade) == (passed, grade)
    assert ada.status is (Status.PASSED if passed else Status.FAILED)


def test_what_two_decimals_of_a_card_hide_fails_nobody() -> None:
    assert graded(task(criterion(100, 49.9999))).passed, "the card says 50 of 100"
    sums = [criterion(0.1, 0.1)] * 7 + [criterion(0.1, 0.0)] * 3
    assert graded(task(*sums), scale=GradingScale(pass_mark=0.7)).passed, "0.7 of 1.0 whatever floats make of it"


@pytest.mark.parametrize(
    ("earned", "left", "passed", "grade"),
    [
        (60, 20, True, "C"),
        (40, 20, None, ""),
        (10, 20, False, ""),
        (75, 20, True, ""),
        (100, 20, True, ""),
        (100, 10, True, "A"),
    ],
)
def test_what_is_open_is_neither_lost_nor_earned(earned: float, left: float, passed: bool | None, grade: str) -> None:
    ada = graded(task(criterion(100, earned), by_hand(left)))
    assert (ada.passed, ada.grade) == (passed, grade)
    assert ada.status is {True: Status.PASSED, False: Status.FAILED, None: Status.OPEN}[passed]


@pytest.mark.parametrize("seed", range(200))
def test_no_mark_for_what_is_open_contradicts_what_was_said(seed: int) -> None:
    draw = Random(seed)
    decided = [criterion(points, points * draw.random()) for points in draw.choices(range(1, 50), k=draw.randint(1, 8))]
    left = draw.randint(1, 60)
    before = graded(task(*decided, by_hand(left)))
    after = graded(task(*decided, criterion(left, left * draw.choice([0.0, 1.0, draw.random()]))))
    assert before.passed in (None, after.passed)
    assert before.grade in ("", after.grade)


def test_a_fault_of_the_harness_at_intake_is_one_everywhere() -> None:
    assert (graded(fault=OURS).status, graded(fault=OURS).passed) == (Status.HARNESS_ERROR, None)
    assert (graded(fault=THEIRS).status, graded(fault=THEIRS).passed) == (Status.STUDENT_ERROR, False)


def test_faults_are_told_beside_the_result() -> None:
    stopped = task(criterion(10, 0.0, Status.STUDENT_ERROR), status=Status.STUDENT_ERROR)
    ada = graded(task(criterion(90, 90.0), status=Status.PASSED), stopped)
    assert (ada.status, ada.passed, ada.grade) == (Status.STUDENT_ERROR, True, "A")
    lost = task(criterion(90, None, Status.HARNESS_ERROR), status=Status.HARNESS_ERROR)
    bob = graded(stopped, lost)
    assert (bob.status, bob.passed) == (Status.HARNESS_ERROR, None), "points that the harness owes fail nobody"
    assert bob.grade == ""


def test_what_has_not_run_is_not_judged() -> None:
    waiting = task(criterion(10, None, Status.NOT_RUN), status=Status.NOT_RUN)
    assert (graded(waiting).status, graded(waiting).passed) == (Status.NOT_RUN, None)
    assert (graded().status, graded().passed) == (Status.NOT_RUN, None)
    assert graded(task(by_hand(10), status=Status.NOT_RUN)).status is Status.OPEN, "a person marks it: nothing to run"


def test_points_that_a_card_does_not_disclose_are_open() -> None:
    tasks = [task(criterion(60, 30.0))]
    assert judge(None, tasks, GRADES).passed is True
    assert judge(None, tasks, GRADES, undisclosed=20).passed is None


def test_a_task_that_was_not_handed_in_passes_nobody_while_it_is_open() -> None:
    tasks = [task(criterion(80, 80.0))]
    missing = Absent(task="other", title="Other", open=100.0)
    assert judge(None, tasks, GRADES).passed is True
    assert judge(None, tasks, GRADES, absent=[missing]).passed is None
    assert judge(None, tasks, GRADES, absent=[missing.model_copy(update={"open": 20.0})]).passed is True
    assert judge(None, tasks, GRADES, absent=[Absent(task="other", title="Other", worth=100.0)]).passed is False
    assert judge(None, tasks, GRADES, absent=[Absent(task="other", title="Other", excused="Ill.")]).passed is True


def test_a_class_is_judged_by_its_scale() -> None:
    ada = graded(task(criterion(100, 55.0)))
    result = ClassResult(
        title="C",
        created="x",
        harness="0",
        profile="quick",
        seeds=[1],
        complete=True,
        seconds=1.0,
        scale=GradingScale(pass_mark=0.6),
        students=[ada],
    )
    assert [s.passed for s in judged_class(result).students] == [False]


@pytest.mark.parametrize(
    ("text", "share"),
    [("50", 0.5), ("50%", 0.5), ("62.5 %", 0.625), ("0.5", 0.5), ("100", 1.0), ("0", 0), ("10", 0.1), ("1.5 %", 0.015)],
)
def test_a_pass_mark_as_people_write_it(text: str, share: float) -> None:
    assert parse_pass_mark(text) == share


WRONG = ["", "half", "101", "-5", "50,5", "nan", "inf", "1e1", "\uff15\uff10", "50 % %", "0x10", "5" * 400, "5\n0"]


@pytest.mark.parametrize("text", WRONG)
def test_anything_else_is_one_sentence(text: str) -> None:
    said = r"^--pass-mark: Expected a share .* such as 50, 50% or 0.5, received [^\n]{,70}$"
    with pytest.raises(UsageError, match=said):
        parse_pass_mark(text)


@pytest.mark.parametrize("text", ["1", "1.0", "1.5", "5", "9.9"])
def test_what_could_be_a_percentage_or_a_share_is_neither(text: str) -> None:
    """Whoever writes 1.5 may mean 150 %, 15 % or 1.5 %; each of them would pass other students."""
    with pytest.raises(UsageError, match=rf"could be a percentage or a share; write {float(text):g}% or .*\d"):
        parse_pass_mark(text)


def test_a_scale_reads_back_as_it_was() -> None:
    scale = GradingScale.model_validate({"pass_mark": "40 %", "grades": {"1.0": 1.0, "2": 85, "3": "50%"}})
    assert scale.grades == {"1.0": 1.0, "2": 0.85, "3": 0.5}
    again = GradingScale.model_validate_json(scale.model_dump_json())
    assert list(again.grades.items()) == list(scale.grades.items()), "the order is that of the boundaries"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"grades": {"B": 0.7, "A": 0.85}}, "'A' must begin below 'B' from 70 %, but begins at 85 %"),
        ({"grades": {"A": 0.7, "B": 0.7}}, "'B' must begin below 'A' from 70 %"),
        ({"grades": {"A": 0.7, "a": 0.5}}, "stands here twice, first as 'A'"),
        ({"grades": {" A": 0.7}}, "plain words"),
        ({"grades": {"A\n": 0.7}}, "plain words"),
        ({"grades": {"A": 120}}, "such as 50, 50% or 0.5, received 120"),
        ({"grades": {"A": 1.5}}, "received 1.5, which could be a percentage or a share; write 1.5%"),
        ({"grades": {"": 0.5}}, "at least 1 character"),
        ({"pass_mark": None}, "received no number"),
        ({"pass_mark": True}, "received no number"),
        ({"passmark": 0.5}, "not permitted"),
    ],
)
def test_a_scale_that_makes_no_sense(data: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match="validation error") as caught:
        GradingScale.model_validate(data)
    assert said in str(caught.value)
