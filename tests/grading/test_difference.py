"""Who moves between two markings, by how much and why: what an instructor decides on before marks are changed."""

from typing import Any

import pytest
from grading.made import student_of

from harness.errors import ResultsError
from harness.grading.difference import Difference, arrow, difference
from harness.grading.passing import judged_class
from harness.grading.results import ClassResult, CriterionResult, TaskResult
from harness.grading.scale import GradingScale
from harness.records.models import Status

NAN = float("nan")


def criterion(id_: str = "accuracy", **changes: Any) -> CriterionResult:
    values: dict[str, Any] = {
        "id": id_,
        "text": "It names digits.",
        "status": Status.PASSED,
        "points": 30,
        "earned": 30,
        "measure": "plain.accuracy",
        "better": "higher",
        "value": 0.91,
        "target": 0.9,
        "floor": 0.5,
    }
    return CriterionResult(**values | changes)


def task(*criteria: CriterionResult, **changes: Any) -> TaskResult:
    decided = [c for c in criteria if c.earned is not None]
    values: dict[str, Any] = {
        "task": "toy",
        "title": "Toy",
        "profile": "quick",
        "status": Status.PASSED if all(c.status is Status.PASSED for c in criteria) else Status.FAILED,
        "earned": sum(c.earned or 0 for c in decided),
        "possible": sum(c.points for c in decided),
        "manual_points": 0,
        "fault": None,
        "criteria": list(criteria),
        "measurements": [],
        "findings": [],
    }
    return TaskResult(**values | changes)


def class_of(**students: TaskResult | list[TaskResult]) -> ClassResult:
    return ClassResult(
        title="A class",
        created="2025-11-03T14:05:00+00:00",
        harness="0.1.0",
        profile="quick",
        seeds=[1],
        complete=True,
        seconds=1,
        students=[student_of(n.title(), t if isinstance(t, list) else [t]) for n, t in students.items()],
    )


MISSED = criterion(status=Status.FAILED, earned=29.25, target=0.92)


def test_a_raised_target_moves_whoever_falls_short_of_it_and_says_so() -> None:
    found = difference(class_of(ann=task(criterion())), class_of(ann=task(MISSED)))
    (move,) = found.moves
    assert (move.student, move.task, move.change) == ("Ann", "toy", pytest.approx(-0.75))
    assert (move.before.status, move.after.status) == (Status.PASSED, Status.FAILED)
    (why,) = move.criteria
    assert (why.id, why.before, why.after, why.change) == ("accuracy", 30, 29.25, pytest.approx(-0.75))
    assert why.why == ["target 0.9 → 0.92"]


def test_who_passes_only_under_one_of_the_two_is_told() -> None:
    """Ann falls below the pass mark, Bob reaches it, Cyd loses points and nothing else, of Dee a person decides."""
    half = {n: task(criterion(earned=e)) for n, e in {"ann": 16, "bob": 14, "cyd": 29, "dee": 16}.items()}
    open_ = task(criterion(earned=14), criterion("report", earned=None, status=Status.NOT_RUN, points=5, manual=True))
    now = {"ann": task(criterion(earned=14)), "bob": task(criterion(earned=16)), "cyd": task(criterion(earned=20))}
    found = difference(class_of(**half), class_of(**now, dee=open_))
    assert [(t.student, t.passed_before, t.passed) for t in found.turned] == [
        ("Ann", True, False),
        ("Bob", False, True),
        ("Dee", True, None),
    ]


def test_another_pass_mark_alone_turns_results_and_moves_nobody() -> None:
    before = class_of(ann=task(criterion(earned=16)))
    scale = GradingScale(pass_mark=0.6, grades={"A": 0.5})
    after = judged_class(before.model_copy(update={"scale": scale}))
    found = difference(before, after)
    assert found.moves == [] and found.scale == scale
    (ann,) = found.turned
    assert (ann.passed_before, ann.passed, ann.grade_before, ann.grade) == (True, False, "", "A")


def test_the_same_marks_move_nobody() -> None:
    one = class_of(ann=task(criterion(value=NAN, earned=0)), bob=task(MISSED))
    assert difference(one, one) == Difference(
        title="A class", created=one.created, profile="quick", students=2, moved=0, offset=0, moves=[]
    )


def test_a_rounding_error_is_no_move() -> None:
    found = difference(class_of(ann=task(criterion(earned=0.3))), class_of(ann=task(criterion(earned=0.1 + 0.2))))
    assert found.moves == [] and found.offset == 0


def test_a_target_that_changes_no_mark_is_no_cause() -> None:
    """Bob moves because of the other criterion; that this one's target moved too did nothing to him."""
    before = class_of(bob=task(criterion(), criterion("speed")))
    after = class_of(bob=task(criterion(target=0.905), criterion("speed", status=Status.FAILED, earned=10, target=2)))
    assert [c.id for c in difference(before, after).moves[0].criteria] == ["speed"]


def test_the_largest_change_stands_first_up_or_down_and_others_are_counted() -> None:
    names = {"ann": 20, "bob": 30, "cyd": 12, "dan": 22}
    before = class_of(**{n: task(criterion(earned=20, status=Status.FAILED)) for n in names})
    after = class_of(**{n: task(criterion(earned=e, status=Status.FAILED)) for n, e in names.items()})
    found = difference(before, after)
    assert [(m.slug, m.change) for m in found.moves] == [("bob", 10), ("cyd", -8), ("dan", 2)]
    assert (found.students, found.moved) == (4, 3)


def test_of_equal_changes_the_one_of_the_larger_share_stands_first() -> None:
    def marked(earned: float, points: float) -> TaskResult:
        return task(criterion(earned=earned, points=points, status=Status.FAILED))

    before = class_of(ann=marked(10, 100), bob=marked(10, 20))
    after = class_of(ann=marked(15, 100), bob=marked(15, 20))
    assert [m.slug for m in difference(before, after).moves] == ["bob", "ann"]


def test_a_new_criterion_and_one_taken_out() -> None:
    before = class_of(ann=task(criterion("old"), criterion("kept")))
    after = class_of(ann=task(criterion("kept"), criterion("new", earned=5, points=10, status=Status.FAILED)))
    (move,) = difference(before, after).moves
    assert [(c.id, c.before, c.after, c.change, c.why) for c in move.criteria] == [
        ("old", 30, None, -30, ["criterion taken out"]),
        ("new", None, 5, 5, ["new criterion"]),
    ]
    assert (move.before.possible, move.after.possible, move.change) == (60, 40, -25)


def test_other_points_for_what_was_not_earned_still_move_the_mark() -> None:
    """0 of 30 and 0 of 40 are the same points, of a total that is another one."""
    none = {"status": Status.FAILED, "earned": 0}
    found = difference(class_of(ann=task(criterion(**none))), class_of(ann=task(criterion(**none, points=40))))
    assert found.moves[0].change == 0
    assert found.moves[0].criteria[0].why == ["points 30 → 40"]


def test_changes_that_cancel_out_are_counted_not_listed() -> None:
    before = class_of(ann=task(criterion("a", points=10, earned=10), criterion("b", points=20, earned=20)))
    after = class_of(ann=task(criterion("a", points=20, earned=20), criterion("b", points=10, earned=10)))
    found = difference(before, after)
    assert (found.moves, found.moved, found.offset) == ([], 0, 1)


def test_a_criterion_that_becomes_undecided_counts_nowhere() -> None:
    gone = criterion(status=Status.HARNESS_ERROR, earned=None, value=None)
    (move,) = difference(class_of(ann=task(criterion())), class_of(ann=task(gone, status=Status.HARNESS_ERROR))).moves
    assert (move.after.possible, move.criteria[0].after, move.criteria[0].change) == (0, None, -30)
    assert "decided → harness error" in move.criteria[0].why
    assert "measured 0.91 → none" in move.criteria[0].why


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"measure": "wide.accuracy"}, "plain.accuracy → wide.accuracy"),
        ({"over": "naive.accuracy"}, "plain.accuracy → plain.accuracy over naive.accuracy"),
        ({"better": "lower"}, "better: higher → lower"),
        ({"floor": 0.52}, "floor 0.5 → 0.52"),
        ({"value": 0.89}, "measured 0.91 → 0.89"),
        ({"manual": True}, "marked automatic → by hand"),
        ({}, "the same line of the rubric, marked by another version of the harness"),
    ],
    ids=["measure", "comparison", "direction", "floor", "measurement", "by hand", "nothing"],
)
def test_every_way_a_criterion_can_change_is_named(changes: dict[str, Any], reason: str) -> None:
    after = criterion(earned=15, **changes)
    assert difference(class_of(ann=task(criterion())), class_of(ann=task(after))).moves[0].criteria[0].why == [reason]


def test_criteria_are_summed_up_over_the_class_with_what_all_share() -> None:
    after = {"ann": (29, 0.91), "bob": (20, 0.7), "cyd": (30, 0.95)}
    before = class_of(**{n: task(criterion(value=v)) for n, (_, v) in after.items()})
    later = class_of(
        **{
            n: task(criterion(value=v, earned=e, target=0.92, status=Status.PASSED if e == 30 else Status.FAILED))
            for n, (e, v) in after.items()
        }
    )
    (total,) = difference(before, later).criteria
    assert (total.id, total.students, total.change, total.mean) == ("accuracy", 2, -11, -5.5)
    assert total.why == ["target 0.9 → 0.92"]


def test_two_tasks_move_apart() -> None:
    other = task(criterion(), task="other", title="Other")
    found = difference(class_of(ann=[task(criterion()), other]), class_of(ann=[task(MISSED), other]))
    assert [(m.task, m.slug) for m in found.moves] == [("toy", "ann")]
    assert found.moved == 1


@pytest.mark.parametrize("after", [{"bob": task(criterion())}, {"ann": []}, {"ann": task(criterion(), task="other")}])
def test_other_students_or_tasks_cannot_be_compared(after: dict[str, Any]) -> None:
    with pytest.raises(ResultsError, match="same submissions"):
        difference(class_of(ann=task(criterion())), class_of(**after))


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (0.9, 0.92, "0.9 → 0.92"),
        (0.9, 0.90001, "0.9 → 0.90001"),
        (0.1 + 0.2, 0.3, "0.30000000000000004 → 0.29999999999999999"),
        (None, 0.5, "none → 0.5"),
        (NAN, 0.5, "not a number → 0.5"),
        (30, 40, "30 → 40"),
    ],
)
def test_two_numbers_never_read_the_same(before: float | None, after: float | None, text: str) -> None:
    assert arrow(before, after) == text
