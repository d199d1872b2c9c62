"""A class is marked by the course it was graded by: with another one, the sentence says which and how to name it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import toy
from course.made import course
from workflow.classes import FakeSandbox, graded, options

from harness.course.remembered import remember
from harness.errors import UsageError
from harness.workflow.bundle import bundle
from harness.workflow.grade import Regrading, regrade
from harness.workflow.options import Options
from harness.workflow.preview import preview
from harness.workflow.tasks_graded import tasks_graded

OTHER = {"forms": replace(toy.TASK, name="forms")}
Verb = Callable[[Options], object]
VERBS: dict[str, Verb] = {
    "grade": lambda o: graded(handed_in(o), replace(o, registry=OTHER)),
    "regrade": lambda o: regrade(o.out, Regrading(o.rubrics, rescale=lambda _: pytest.fail("kept"), tasks=OTHER)),
    "regrade --diff": lambda o: preview(o.out, o.rubrics, tasks=OTHER),
    "bundle": lambda o: bundle("ann", o.out, tasks=OTHER),
}


def handed_in(chosen: Options) -> Path:
    """Return a class of one in the task of the other course, and its rubric beside that of the toy."""
    assert chosen.rubrics
    (chosen.rubrics / "forms.yaml").write_text(toy.RUBRIC.replace("toy@1", "forms@1"))
    folder = chosen.out.parent / "more"
    (folder / "bob").mkdir(parents=True)
    (folder / "bob" / "forms.py").write_text(toy.GOOD)
    return folder


@pytest.mark.parametrize("verb", VERBS)
def test_another_course_is_told_from_the_one_that_a_class_was_graded_by(
    tmp_path: Path, sandbox: FakeSandbox, verb: str
) -> None:
    chosen = options(tmp_path)
    graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), chosen)
    remember(course(tmp_path / "dl", name="toy"), chosen.out)
    before = {path: path.read_bytes() for path in chosen.out.rglob("*") if path.is_file()}
    with pytest.raises(UsageError) as error:
        VERBS[verb](chosen)
    said = str(error.value)
    assert f"Expected the course 'Deep Learning' in '{tmp_path / 'dl'}', by which the class in '{chosen.out}'" in said
    assert "was graded, in 'toy', received one that lacks it; name that course with --course DIR" in said
    after = {path: path.read_bytes() for path in chosen.out.rglob("*") if path.is_file()}
    assert before.keys() == after.keys(), "nobody has joined the class"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["pegasus"], "Expected the tasks that come with the harness, as the class in 'R' was graded by no course, in"),
        (["pegasus"], "'pegasus', received a course that lacks it; leave out --course and work outside of course"),
        (["own", "pegasus"], "Expected the course that the class in 'R' was graded by, in 'own', 'pegasus', received"),
        (["formss"], "or name another result folder. Did you mean 'forms'?"),
    ],
)
def test_without_a_note_of_the_course_the_tasks_tell_whose_they_are(names: list[str], said: str) -> None:
    with pytest.raises(UsageError) as error:
        tasks_graded(["forms", *names], OTHER, Path("R"))
    assert said in str(error.value)


def test_a_class_may_be_replaced_by_one_of_another_course(tmp_path: Path, sandbox: FakeSandbox) -> None:
    chosen = options(tmp_path)
    graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), chosen)
    result = graded(handed_in(chosen), replace(chosen, registry=OTHER, replace=True))
    assert [s.name for s in result.students] == ["bob"]
