"""Whether marks separate: tables of what three kinds of submissions earn, and what is said about them."""

from collections.abc import Mapping

import pytest
from grading.made import student_of

from harness.grading.results import ClassResult, CriterionResult, StudentResult, TaskResult
from harness.grading.separation import NOTHING_MARKED, Expected, Role, Separation, separate
from harness.records.models import Fault, Status

WORTH = {"plain": 25.0, "soft": 10.0}
GOOD = {"plain": 25.0, "soft": 10.0}
NOTHING = {"plain": 0.0, "soft": 0.0}
Earned = Mapping[str, float | None]


def criterion(name: str, earned: float | None) -> CriterionResult:
    status = Status.NOT_RUN if earned is None else Status.PASSED if earned == WORTH[name] else Status.FAILED
    return CriterionResult(id=name, text=name, status=status, points=WORTH[name], earned=earned)


def student(
    name: str, earned: Earned, task: str = "toy", fault: Fault | None = None, status: Status = Status.FAILED
) -> StudentResult:
    by_hand = CriterionResult(id="report", text="", status=Status.NOT_RUN, points=20, earned=None, manual=True)
    marked = [criterion(c, e) for c, e in earned.items()]
    result = TaskResult(
        task=task,
        title=task.title(),
        profile="quick",
        status=status,
        earned=sum(c.earned or 0 for c in marked),
        possible=sum(c.points for c in marked),
        manual_points=20,
        fault=fault,
        criteria=[*marked, by_hand],
        measurements=[],
        findings=[],
    )
    return student_of(name, [result], slug=f"{name}-slug")


def separated(*students: StudentResult, loses: Mapping[str, list[str]] | None = None, fault: str = "") -> Separation:
    """Hold students against what their names say: `reference`, `template`, any other a mistake."""
    result = ClassResult(
        title="", created="now", harness="1", profile="quick", seeds=[1], complete=True, seconds=0, students=[*students]
    )
    roles = {"reference": Role.REFERENCE, "template": Role.TEMPLATE}
    expected = [
        Expected(
            name=s.name,
            task=t.task,
            role=roles.get(s.name, Role.FLAWED),
            mistake="A mistake.",
            loses=(loses or {}).get(s.name, ["plain"]),
            fault=fault if s.name not in roles else "",
        )
        for s in students
        for t in s.tasks
    ]
    return separate(result, expected)


REFERENCE, TEMPLATE = student("reference", GOOD), student("template", NOTHING)


def test_a_rubric_that_separates_has_no_failures() -> None:
    found = separated(REFERENCE, TEMPLATE, student("kept", {"plain": 12.5, "soft": 10}))
    (task,) = found.tasks
    assert found.failures == task.failures == []
    assert task.criteria == WORTH, "what a person marks is not among them"
    assert [row.verdict for row in task.rows] == [
        "Earns all 35 points.",
        "Earns nothing.",
        "Loses 12.5 of 25 on plain.",
    ]
    assert [[c.meant for c in row.cells] for row in task.rows] == [[True, True], [True, True], [True, False]]
    assert task.untried == ["soft"] and task.mistakes == 1
    assert task.rows[2].slug == "kept-slug"


@pytest.mark.parametrize(
    ("reference", "template", "flawed", "said"),
    [
        ({"plain": 22}, {}, {}, "reference loses 3 of 25 on plain"),
        ({}, {"soft": 5}, {}, "template earns 5 of 10 on soft"),
        ({}, {}, {"plain": 25}, "kept is not told from the reference by plain: 25 of 25"),
        ({"plain": None}, {}, {}, "reference was not decided by plain"),
        ({}, {"plain": None}, {}, "template was not decided by plain"),
        ({}, {}, {"plain": None}, "kept was not decided by plain"),
        ({}, {}, {"plain": 24.999}, "kept is not told from the reference by plain: 25 of 25"),
        ({"plain": 24.99}, {}, {}, "reference loses 0.01 of 25 on plain"),
    ],
)
def test_what_does_not_separate_is_said(reference: Earned, template: Earned, flawed: Earned, said: str) -> None:
    found = separated(
        student("reference", {**GOOD, **reference}),
        student("template", {**NOTHING, **template}),
        student("kept", {**NOTHING, **flawed}),
    )
    assert found.failures == [f"toy: {said}"]


def test_a_mistake_is_held_against_the_reference_and_not_against_full_marks() -> None:
    """Where the reference loses marks as well, the same marks tell nothing."""
    weak = student("reference", {"plain": 10, "soft": 10})
    found = separated(weak, TEMPLATE, student("kept", {"plain": 10, "soft": 0}))
    assert found.tasks[0].failures == [
        "reference loses 15 of 25 on plain",
        "kept is not told from the reference by plain: 10 of 25",
    ]


def test_every_criterion_meant_for_a_mistake_must_tell_it() -> None:
    found = separated(REFERENCE, TEMPLATE, student("kept", {"plain": 0, "soft": 10}), loses={"kept": ["plain", "soft"]})
    assert found.failures == ["toy: kept is not told from the reference by soft: 10 of 10"]
    found = separated(REFERENCE, TEMPLATE, student("kept", NOTHING), loses={"kept": ["plain", "soft"]})
    assert found.tasks[0].rows[2].verdict == "Loses 25 of 25 on plain and 10 of 10 on soft."


def test_without_mistakes_all_criteria_are_untried() -> None:
    (task,) = separated(REFERENCE, TEMPLATE).tasks
    assert (task.mistakes, task.untried, task.failures) == (0, ["plain", "soft"], [])


def test_what_stopped_a_submission_stands_in_its_row() -> None:
    fault = Fault(owner="student", kind="contract", step="contract", message="Expected ten numbers.")
    found = separated(REFERENCE, TEMPLATE, student("kept", NOTHING, fault=fault))
    (row,) = found.tasks[0].rows[2:]
    assert row.fault == "Expected ten numbers."
    assert found.failures == ["toy: kept has a fault that is not expected of it (contract)"], "it may be a slip"
    assert row.verdict == "Has a fault that is not expected of it (contract)."
    assert not found.harness_fault
    broken = student("kept", {"plain": None, "soft": None}, status=Status.HARNESS_ERROR)
    assert separated(REFERENCE, TEMPLATE, broken).harness_fault


def test_a_mistake_may_be_meant_to_end_in_a_fault() -> None:
    fault = Fault(owner="student", kind="contract", step="contract", message="Expected ten numbers.")
    stopped, ran = student("kept", NOTHING, fault=fault), student("kept", NOTHING)
    assert separated(REFERENCE, TEMPLATE, stopped, fault="contract").failures == []
    said = ["toy: kept has a fault that is not expected of it (contract)"]
    assert separated(REFERENCE, TEMPLATE, stopped, fault="output").failures == said
    said = ["toy: kept runs without the fault expected of it (contract)"]
    assert separated(REFERENCE, TEMPLATE, ran, fault="contract").failures == said


def test_a_template_that_does_not_run_is_no_starting_point() -> None:
    fault = Fault(owner="student", kind="import", step="contract", message="No module named x.")
    found = separated(REFERENCE, student("template", NOTHING, fault=fault))
    assert found.failures == ["toy: template has a fault that is not expected of it (import)"]


def test_a_rubric_that_marks_nothing_does_not_separate() -> None:
    assert separated(student("reference", {}), student("template", {})).failures == [f"toy: {NOTHING_MARKED}"]


def test_tasks_are_kept_apart() -> None:
    other = student("reference", {"plain": 0, "soft": 10}, task="other")
    both = REFERENCE.model_copy(update={"tasks": [*REFERENCE.tasks, *other.tasks]})
    found = separated(both, TEMPLATE)
    assert [t.task for t in found.tasks] == ["toy", "other"]
    assert found.failures == ["other: reference loses 25 of 25 on plain"]
