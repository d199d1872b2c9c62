"""A course is found by its name, by the environment, or by a course.yaml here or above; and never in what is graded."""

from pathlib import Path

import pytest
from course.made import write, write_course

from harness.course.course_file import course_schema
from harness.course.found import Course, find_course, named_course, read_course
from harness.errors import CourseError
from harness.shipped import SHIPPED, Rooms, folder
from harness.tasks import names


def test_the_folder_above_names_the_course(tmp_path: Path) -> None:
    write_course(tmp_path / "c")
    inside = tmp_path / "c" / "a" / "b"
    inside.mkdir(parents=True)
    assert find_course(None, inside).folder == tmp_path / "c"


def test_without_a_course_there_are_the_tasks_of_the_harness(tmp_path: Path) -> None:
    found = find_course(None, tmp_path)
    assert (found.folder, tuple(found.tasks), found.rooms) == (None, names(), SHIPPED)
    assert found.data is None and found.theme is None


def test_a_folder_that_is_named_needs_a_course_yaml(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="which has none; `harness course new DIR` writes one"):
        find_course(tmp_path, tmp_path)
    write_course(tmp_path / "c")
    assert find_course(tmp_path / "c" / "course.yaml", tmp_path).folder == tmp_path / "c"


def test_the_environment_names_one_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("HARNESS_COURSE", raising=False)
    assert named_course() is None
    monkeypatch.setenv("HARNESS_COURSE", str(tmp_path))
    assert named_course() == tmp_path


def test_a_course_in_what_was_handed_in_does_not_run_as_ours(tmp_path: Path) -> None:
    """A student who hands in a course.yaml with tasks would run outside the sandbox."""
    hostile = write_course(tmp_path / "class" / "mallory")
    write(hostile / "tasks" / "own.py", "raise SystemExit('ran')\n")
    found = find_course(None, hostile)
    for handed_in in (hostile, tmp_path / "class"):
        with pytest.raises(CourseError, match="in what was handed in"):
            found.not_within(handed_in)
    find_course(hostile, tmp_path).not_within(hostile)  # named, and so meant
    found.not_within(tmp_path / "elsewhere")


@pytest.mark.parametrize(
    ("says", "line", "said"),
    [
        ("nmae: x\n", 1, "a course has no key 'nmae'. Did you mean 'name'?"),
        ("tasks: [own]\n", 1, "a course needs 'name'; add it."),
        ("name: x\ntasks: [owm]\n", 2, "there is no task 'owm' in tasks/ or in the harness. Did you mean 'own'?"),
        ("name: x\ntasks:\n  - own\n  - own\n", 4, "the task 'own' stands in 'tasks' a second time."),
        ("name: x\nreplaces: [autoencodr]\n", 2, "there is no task 'autoencodr' in the harness. Did you mean"),
        ("name: x\nseeds: many\n", 2, "'seeds' must be auto or a whole number"),
        ("name: x\ntasks: own\n", 2, "'tasks' must be a list, such as [parity], but is the text 'own'."),
        ("name: x\ntasks: [Own]\n", 2, "each entry of 'tasks' must be in lower-case letters"),
        ("name: x\npass_mark: 200 %\n", 2, "expected a share of the points"),
        ("name: x\ntasks: []\n", 2, "no task is in use; name one, or leave 'tasks' out"),
        ("name: x\ntheme: tasky\n", 2, "there is no folder 'tasky' here. Did you mean 'tasks'?"),
        ("name: x\ndata: daten\n", 2, "there is no folder 'daten' here."),
        ("name: x\npass_mark: 1\n", 2, "write 1% or 100%"),
        ("name: x\ngrades: {A: 1}\n", 2, "write 1% or 100%"),
        ("name: x\ngrades: {A: 50 %, B: 70 %}\n", 2, "the grade 'B' must begin below 'A' from 50 %"),
        ("name: x\ngrades: {A: 50 %, B: 70 %}\n", 2, "must begin below"),
        ("name: x\nname: y\n", 2, "stands here a second time"),
        ("- x\n", 1, "a course is a mapping of keys to values"),
        ("name: 'x\n", 1, "this is not valid YAML"),
        ("", 1, "the file is empty; a course starts with 'name: Deep Learning'"),
    ],
)
def test_a_mistake_in_course_yaml_names_file_and_line(tmp_path: Path, says: str, line: int, said: str) -> None:
    write_course(tmp_path, says)
    with pytest.raises(CourseError) as error:
        read_course(tmp_path)
    assert str(error.value).startswith(f"{tmp_path / 'course.yaml'}:{line}: ")
    assert said in str(error.value) and "\n" not in str(error.value)


def test_what_it_says_counts(tmp_path: Path) -> None:
    text = "name: x\ntasks: [own, autoencoder]\npass_mark: 60 %\ngrades: {A: 85 %}\nseeds: 3\nprofile: full\n"
    write_course(tmp_path, text)
    (tmp_path / "data").mkdir()
    found = read_course(tmp_path)
    assert tuple(found.tasks) == ("own", "autoencoder")
    assert found.says.scale.pass_mark == pytest.approx(0.6) and found.says.scale.grade(90, 100) == "A"
    assert (found.says.seeds, found.says.profile, found.data) == (3, "full", tmp_path / "data")


def test_a_class_keeps_its_pass_mark_where_the_course_says_none(tmp_path: Path) -> None:
    before = Course().says.scale.with_pass_mark(0.7)
    assert read_course(write_course(tmp_path / "a")).scale_after(before) == before
    says = read_course(write_course(tmp_path / "b", "name: x\npass_mark: 0.6\n"))
    assert says.scale_after(before).pass_mark == pytest.approx(0.6)


def test_a_course_s_file_stands_before_the_shipped_one(tmp_path: Path) -> None:
    rooms = Rooms(tmp_path, frozenset({"own"}))
    assert rooms.file("rubrics", "autoencoder.yaml") == folder("rubrics") / "autoencoder.yaml"
    mine = write(tmp_path / "rubrics" / "autoencoder.yaml", "")
    assert rooms.file("rubrics", "autoencoder.yaml") == mine
    assert rooms.own("baselines") == tmp_path / "baselines"


def test_nothing_shipped_counts_for_a_task_of_the_course(tmp_path: Path) -> None:
    """A task that stands in for a shipped one must not be marked by the shipped one's rubric."""
    rooms = Rooms(tmp_path, frozenset({"autoencoder"}))
    assert rooms.file("rubrics", "autoencoder.yaml") == tmp_path / "rubrics" / "autoencoder.yaml"
    assert list(rooms.folders("baselines", "autoencoder")) == [tmp_path / "baselines"]


def test_the_schema_is_the_one_that_is_shipped() -> None:
    import json

    assert json.loads((folder("rubrics") / "course.schema.json").read_text()) == course_schema()
