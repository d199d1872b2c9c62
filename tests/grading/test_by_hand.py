"""What a person decided, put into results: points, sums, statuses, and what is said when things changed since."""

from typing import Any

import pytest
from grading.made import student_of

from harness.grading.by_hand import class_by_hand, student_by_hand
from harness.grading.readiness import obstacles, open_criteria
from harness.grading.results import ClassResult, CriterionResult, StudentResult, TaskResult
from harness.grading.scale import GradingScale
from harness.records.models import Fault, HandMark, Newest, Status

SCALE = GradingScale(grades={"A": 0.85, "B": 0.5})
FAULT = Fault(owner="student", kind="exception", step="train", message="ValueError: shapes differ.")


def criterion(name: str, earned: float | None, status: Status = Status.FAILED, **changes: Any) -> CriterionResult:
    values = {"id": name, "text": name, "status": status, "points": 10, "earned": earned, "reason": "As measured."}
    return CriterionResult(**values | changes)


def by_hand(name: str, **changes: Any) -> CriterionResult:
    return criterion(name, None, Status.NOT_RUN, **{"manual": True, "reason": "A person marks this."} | changes)


def student(*criteria: CriterionResult, name: str = "Ada Lovelace", **changes: Any) -> StudentResult:
    values = {
        "task": "toy",
        "title": "Toy",
        "profile": "quick",
        "status": Status.FAILED,
        "earned": sum(c.earned or 0 for c in criteria),
        "possible": sum(c.points for c in criteria if c.earned is not None),
        "manual_points": sum(c.points for c in criteria if c.manual),
        "fault": None,
        "criteria": list(criteria),
        "measurements": [],
        "findings": [],
        "source": "v1",
    }
    task = TaskResult(**values | changes)
    return student_of(name, [task], slug=name.partition(" ")[0].lower(), source="v1")


def mark(name: str, points: float | None, **changes: Any) -> Newest:
    values = {"id": 1, "at": "2025-11-03T14:05:00+00:00", "grader": "Grace", "slug": "ada", "task": "toy"}
    made = HandMark(**values | {"criterion": name, "points": points, "source": "v1"} | changes)
    return {("ada", "toy", name): made}


def marked(before: StudentResult, *marks: Newest) -> tuple[TaskResult, dict[str, CriterionResult]]:
    (task,) = student_by_hand(before, {k: v for m in marks for k, v in m.items()}, SCALE).tasks
    return task, {c.id: c for c in task.criteria}


def test_a_criterion_marked_by_a_person_counts_with_the_rest() -> None:
    task, criteria = marked(student(criterion("a", 4), by_hand("report")), mark("report", 7.5, comment="Clear."))
    assert (task.earned, task.possible, task.manual_points) == (11.5, 20, 0)
    assert (criteria["report"].earned, criteria["report"].comment) == (7.5, "Clear.")
    assert criteria["report"].reason == "A person marked this."
    assert task.status is Status.FAILED, "what the harness decides is as it was"


def test_what_nobody_has_marked_stays_open() -> None:
    before = student(criterion("a", 4), by_hand("report"), by_hand("talk", points=5))
    task, criteria = marked(before, mark("report", 10))
    assert (task.possible, task.manual_points) == (20, 5)
    assert criteria["talk"].earned is None
    assert [c.id for _, c in open_criteria(student_by_hand(before, mark("report", 0), SCALE))] == ["talk"], (
        "0 is a mark"
    )


def test_an_override_keeps_what_the_harness_gave() -> None:
    task, criteria = marked(
        student(criterion("a", 4)), mark("a", 10, reason="The seed was unlucky", comment="See p. 2")
    )
    assert (criteria["a"].earned, criteria["a"].status) == (10, Status.PASSED)
    assert (criteria["a"].automatic, criteria["a"].automatic_status) == (4, Status.FAILED)
    assert criteria["a"].override == "The seed was unlucky."
    assert criteria["a"].reason == "As measured." and criteria["a"].comment == "See p. 2"
    assert (task.earned, task.possible, task.status) == (10, 10, Status.PASSED)


@pytest.mark.parametrize(
    ("status", "earned"), [(Status.STUDENT_ERROR, 0.0), (Status.HARNESS_ERROR, None), (Status.NOT_RUN, None)]
)
def test_an_override_decides_what_a_fault_left(status: Status, earned: float | None) -> None:
    fault = FAULT if status is Status.STUDENT_ERROR else None
    before = student(criterion("a", earned, status), fault=fault, status=status)
    task, criteria = marked(before, mark("a", 6, reason="A typing error in the name."))
    assert criteria["a"].status is Status.FAILED and task.status is Status.FAILED
    assert (task.earned, task.possible) == (6, 10)
    assert criteria["a"].automatic == earned and criteria["a"].automatic_status is status


def test_a_fault_still_counts_while_it_keeps_anything_from_being_decided() -> None:
    before = student(
        criterion("a", 0, Status.STUDENT_ERROR),
        criterion("b", 0, Status.STUDENT_ERROR),
        fault=FAULT,
        status=Status.STUDENT_ERROR,
    )
    task, _ = marked(before, mark("a", 10, reason="Fine."))
    assert task.status is Status.STUDENT_ERROR
    task, _ = marked(before, mark("a", 10, reason="Fine."), mark("b", 10, reason="Fine."))
    assert task.status is Status.PASSED


def test_a_task_without_automatic_criteria_is_decided_by_people() -> None:
    before = student(by_hand("report"), by_hand("talk"), status=Status.NOT_RUN)
    assert marked(before, mark("report", 10))[0].status is Status.NOT_RUN
    assert marked(before, mark("report", 10), mark("talk", 10))[0].status is Status.PASSED
    assert marked(before, mark("report", 10), mark("talk", 2))[0].status is Status.FAILED


def test_taken_back_everything_is_as_the_harness_left_it() -> None:
    criteria = [criterion("a", 4), criterion("b", None, Status.HARNESS_ERROR), by_hand("report")]
    before = student(*criteria, status=Status.HARNESS_ERROR)
    some = {**mark("a", 9, reason="r"), **mark("b", 9, reason="r"), **mark("report", 3, comment="c")}
    after = student_by_hand(before, some, SCALE)
    assert after != before
    assert student_by_hand(after, {}, SCALE) == before
    none = {**mark("a", None), **mark("b", None), **mark("report", None)}
    assert student_by_hand(after, none, SCALE) == before


def test_applied_again_nothing_changes() -> None:
    marks = {**mark("a", 9, reason="r"), **mark("report", 3, comment="c")}
    once = student_by_hand(student(criterion("a", 4), by_hand("report")), marks, SCALE)
    assert student_by_hand(once, marks, SCALE) is once, "so that only students with news are written again"


def test_a_comment_alone_changes_no_mark() -> None:
    task, criteria = marked(student(criterion("a", 4), by_hand("report")), mark("a", None, comment="Nice try."))
    assert (criteria["a"].comment, criteria["a"].earned, criteria["a"].override) == ("Nice try.", 4, "")
    assert criteria["a"].automatic_status is None and (task.earned, task.possible) == (4, 10)


def test_a_decision_on_an_earlier_version_counts_and_says_so() -> None:
    old = {**mark("a", 9, reason="Unlucky", source="v0"), **mark("report", 3, source="v0")}
    _, criteria = marked(student(criterion("a", 4), by_hand("report")), old)
    assert criteria["a"].override == "Unlucky. This was decided on an earlier version of the submission."
    assert criteria["report"].reason.endswith("This was decided on an earlier version of the submission.")
    assert (criteria["a"].earned, criteria["report"].earned) == (9, 3)


def test_points_above_what_the_rubric_now_gives_are_cut_and_that_is_said() -> None:
    task, criteria = marked(student(by_hand("report", points=5)), mark("report", 8))
    assert criteria["report"].earned == 5 and task.earned == 5
    assert "It was 8 points; the rubric now gives 5 at most." in criteria["report"].reason


def test_a_decision_judges_the_student_anew() -> None:
    before = student(criterion("a", 4), by_hand("report"))
    assert (before.status, before.passed) == (Status.OPEN, None), "4 of 20, and 10 more are to be given"
    after = student_by_hand(before, mark("report", 9), SCALE)
    assert (after.status, after.passed, after.grade) == (Status.PASSED, True, "B")
    assert student_by_hand(before, mark("report", 2), SCALE).status is Status.FAILED
    assert student_by_hand(after, {}, SCALE).judgement == before.judgement


def test_decisions_about_others_change_nothing() -> None:
    before = student(criterion("a", 4), by_hand("report"))
    others = {("bob", "toy", "report"): mark("report", 3)[("ada", "toy", "report")]}
    assert student_by_hand(before, others, SCALE) is before


def whole(*students: StudentResult, **changes: Any) -> ClassResult:
    values = {"title": "C", "created": "x", "harness": "0", "profile": "quick", "seeds": [1], "complete": True}
    return ClassResult(**values | {"seconds": 1.0, "students": list(students)} | changes)


def test_what_speaks_against_handing_out() -> None:
    ada, bob = student(criterion("a", 4), by_hand("report")), student(criterion("a", 4), name="Bob Noyce")
    assert obstacles(whole(bob)) == []
    (waiting,) = obstacles(whole(ada, bob))
    assert waiting.named == "1 criterion of 1 student is still to be marked by hand (Ada Lovelace)"
    assert obstacles(class_by_hand(whole(ada, bob), mark("report", 0))) == []
    (partial,) = obstacles(whole(bob, complete=False))
    assert partial.named == "grading is not complete"
    faulty = student(criterion("a", None, Status.HARNESS_ERROR), name="Cyd X")
    assert "faults of the harness left marks of 1 student open" in obstacles(whole(faulty))[0].text


def test_a_comment_that_names_another_student_is_noticed() -> None:
    ada, bob = student(by_hand("report")), student(criterion("a", 4), name="Bob Noyce")
    told = class_by_hand(whole(ada, bob), mark("report", 1, comment="Same text as BOB  noyce."))
    assert [o.named for o in obstacles(told)] == ["a comment or reason names another student (Ada Lovelace)"]
    own = class_by_hand(
        whole(ada, bob), mark("report", 1, comment="Well done, Ada Lovelace! Bob Noyceworth is nobody.")
    )
    assert obstacles(own) == []
