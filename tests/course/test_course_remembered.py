"""A result folder knows its course: whoever marks, serves or publishes it need not name the course again."""

import shutil
from pathlib import Path

import pytest
from course.made import TASK, course, write, write_course

from harness.course.found import Course
from harness.course.remembered import recall, remember
from harness.errors import CourseError
from harness.records.graded_by import FILE


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Results beside a course, which they were graded by."""
    made = tmp_path / "here" / "results"
    made.mkdir(parents=True)
    remember(course(tmp_path / "here" / "dl"), made)
    return made


def test_the_course_is_found_from_anywhere_and_when_both_move(out: Path, tmp_path: Path) -> None:
    assert recall(None, tmp_path, out).course.says.name == "Deep Learning"
    assert str(tmp_path) not in (out / FILE).read_text(encoding="utf-8")
    (tmp_path / "here").rename(tmp_path / "there")
    found = recall(None, tmp_path, tmp_path / "there" / "results")
    assert found.course.folder == tmp_path / "there" / "dl" and "own" in found.course.tasks
    assert found.changed == ()


def test_another_that_is_named_comes_first(out: Path, tmp_path: Path) -> None:
    other = write_course(tmp_path / "other", "name: Other\n")
    assert recall(other, tmp_path, out).course.says.name == "Other"
    assert recall(None, other, out).course.says.name == "Deep Learning"


def test_a_course_that_moved_is_one_sentence_unless_it_is_here(out: Path, tmp_path: Path) -> None:
    moved = Path(shutil.move(tmp_path / "here" / "dl", tmp_path / "moved"))
    with pytest.raises(CourseError, match=r"^Expected the course 'Deep Learning'.*--course DIR\.$") as error:
        recall(None, tmp_path, out)
    assert str(tmp_path / "here" / "dl") in str(error.value)
    assert recall(None, moved, out).course.folder == moved
    with pytest.raises(CourseError, match="Expected the course 'Deep Learning'"):
        recall(None, write_course(tmp_path / "other", "name: Other\n"), out)


def test_a_task_that_changed_since_is_named(out: Path, tmp_path: Path) -> None:
    write(tmp_path / "here" / "dl" / "tasks" / "own.py", TASK.format(name="own", more=", version=7"))
    assert recall(None, tmp_path, out).changed == ("own",)


@pytest.mark.parametrize("text", ["", "{", '{"folder": 1}', "\0"])
def test_a_note_that_cannot_be_read_is_none(out: Path, tmp_path: Path, text: str) -> None:
    write(out / FILE, text)
    assert recall(None, tmp_path, out).course.folder is None


def test_no_code_is_run_from_within_results(out: Path, tmp_path: Path) -> None:
    """Whoever sends a result folder must not bring the tasks that it is opened with."""
    write_course(out / "evil")
    write(out / FILE, (out / FILE).read_text(encoding="utf-8").replace("../dl", "evil"))
    with pytest.raises(CourseError, match="Expected the course"):
        recall(None, tmp_path, out)


def test_grading_without_a_course_forgets_the_one_before(out: Path, tmp_path: Path) -> None:
    remember(Course(), out)
    assert not (out / FILE).exists()
    assert recall(None, tmp_path, out).course.folder is None
