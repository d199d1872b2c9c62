"""A course's task with a mistake in a field or a function is told by one sentence with its place, and no traceback."""

from dataclasses import replace
from pathlib import Path

import pytest
import toy
from course.made import course, write, write_course

from harness.course.found import read_course
from harness.course.lint import lint
from harness.course.values import wrong_in
from harness.errors import CourseError
from harness.task import Task
from harness.tasks import find, names

OWN = '''"""The toy, with a function of its own."""

from dataclasses import replace

import toy


def mine(*given):
    {body}


TASK = replace(toy.TASK, name="own", {field}=mine)
'''


def own(folder: Path, field: str, body: str) -> Task:
    """Return the task of a course whose `field` is a function of that body."""
    text = OWN.format(field=field, body=body)
    if field == "findings":
        text = text.replace("=mine", "=(mine,)")
    write(write_course(folder) / "tasks" / "own.py", text)
    return read_course(folder, named=True).tasks["own"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (", version='one'", "TASK.version: expected a valid integer, received 'one'."),
        (", findings=None", "TASK.findings: expected a valid tuple, received 'None'."),
        (", variants=()", "TASK.variants: expected at least one variant, found none."),
        (", variants=toy.VARIANTS * 2", "TASK.variants: the name 'plain' is there twice; give each its own."),
        (", builders=()", "TASK.builders: expected the functions that students write, found none."),
        (", profiles={}", "TASK.profiles: expected a profile 'quick', the one that is used offline, found none."),
        (
            ", profiles={'quick': replace(toy.QUICK, epochs='3')}",
            "TASK.profiles.quick.epochs: expected a valid integer",
        ),
        (
            ", profiles={'quick': replace(toy.QUICK, batch_size=0)}",
            "quick.batch_size: expected more than 0, received 0.",
        ),
        (", profiles={'fast': toy.QUICK}", "the profile under 'fast' calls itself 'quick'; make them one."),
        (", measures=(replace(toy.MEASURES[0], better='lowest'),)", "TASK.measures.0.better: expected 'higher' or"),
        (
            ", variants=(replace(toy.VARIANTS[0], builder='build'),)",
            "names the builder 'build'. Did you mean 'build_model'",
        ),
        (
            ", measures=(replace(toy.MEASURES[0], variants=('plan',)),)",
            "of 'plan', which is no variant. Did you mean 'plain'",
        ),
    ],
)
def test_a_field_that_makes_no_sense_is_told_with_its_place(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(CourseError) as told:
        course(tmp_path, more=more).tasks["own"]
    assert str(told.value).startswith(f"{tmp_path}/tasks/own.py:7: ") and said in str(told.value)


@pytest.mark.parametrize("name", names())
def test_what_the_harness_ships_has_fields_of_the_types_they_are_said_to_have(name: str) -> None:
    assert wrong_in(find(name)) == ""


def test_a_list_does_in_place_of_a_tuple() -> None:
    assert wrong_in(replace(toy.TASK, measures=list(toy.MEASURES))) == ""  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "body", "said"),
    [
        ("prepare", "return 1 / 0", "tasks/own.py:9: prepare stopped: ZeroDivisionError: division by zero."),
        ("prepare", "pass", "tasks/own.py:8: prepare: expected a TaskData, received 'None'"),
        ("call", "import sys; sys.exit(3)", "tasks/own.py:9: call stopped: SystemExit: 3."),
        ("call", "return {}", "tasks/own.py:8: call: expected a Call, received '{}'"),
        ("steps", "return given[2].arrays['x_tests']", "tasks/own.py:9: steps stopped: KeyError: 'x_tests'."),
        ("steps", "return None", "tasks/own.py:8: steps: expected a tuple of Step, received 'None'"),
        ("score", "return toy.score(given[0]).measures", "tasks/own.py:8: score: expected a Scored, received"),
        ("score", "return given[0].outputs['p_test']", "tasks/own.py:9: score stopped: KeyError: 'p_test'."),
        (
            "score",
            "return toy.Scored({'gap': 0.5})",
            "tasks/own.py:9: score stopped: TypeError: expected a Score a measure, a number a sign, arrays of numbers;",
        ),
    ],
)
def test_the_check_of_a_course_says_which_function_is_wrong_and_where(
    tmp_path: Path, field: str, body: str, said: str
) -> None:
    own(tmp_path, field, body)
    found = lint(read_course(tmp_path, named=True), ["own"], None)
    assert [sentence for sentence in found if said in sentence], found
    assert str(tmp_path) not in "".join(s for s in found if said in s)  # such a sentence may end on a student's card


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return given[0].no_such_field", "tasks/own.py:9: the finding mine stopped: AttributeError"),
        ("return 'overfits'", "tasks/own.py:8: the finding mine: expected a Finding or None, received 'overfits'"),
    ],
)
def test_a_finding_that_fails_says_where(tmp_path: Path, body: str, said: str) -> None:
    rule = own(tmp_path, "findings", body).findings[0]
    assert not isinstance(rule, str)
    with pytest.raises(CourseError) as told:
        rule(None)  # type: ignore[arg-type]
    assert said in str(told.value)
