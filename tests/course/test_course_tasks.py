"""A course's tasks: loaded when asked for; a broken one is a sentence with file and line, and stops nobody else."""

from pathlib import Path

import pytest
from course.made import TASK, course, write, write_course

from harness.course.found import read_course
from harness.errors import CourseError
from harness.intake.exports import exports_of
from harness.recipes.loops import own_loop
from harness.task import Task
from harness.workflow.grade import known_tasks

HEAD = "from harness.task import Sizes\n\n"


def broken(folder: Path, text: str, name: str = "own") -> str:
    write_course(folder, name=name)
    file = write(folder / "tasks" / f"{name}.py", text)
    with pytest.raises(CourseError) as error:
        read_course(folder).tasks[name]
    said = str(error.value)
    assert said.startswith(f"{file}:") and "\n" not in said
    return said.removeprefix(f"{file}:")


def test_a_task_of_the_course_is_a_task_like_any_other(tmp_path: Path) -> None:
    found = course(tmp_path).tasks
    assert isinstance(found["own"], Task) and found["own"] is found["own"]
    assert "autoencoder" in found and "owm" not in found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = (\n", "1: this is not Python ("),
        ("x = 1\ny = z\n", "2: this cannot be run: NameError: name 'z' is not defined."),
        (HEAD + "TASK = Sizes(trian=5)\n", "3: Sizes takes no argument 'trian'. Did you mean 'train'?"),
        (HEAD + "import toys\n", "3: this cannot be run: ModuleNotFoundError: No module named 'toys'."),
        ("x = 1\n", "1: expected a task named TASK, found none."),
        ("x = 1\nTASK = 5\n", "2: expected TASK to be a Task, received a value of type int."),
        (TASK.format(name="other", more=""), "expected the task to be named after its file, 'own', received 'other'"),
        ("raise SystemExit(3)\n", "1: this cannot be run: SystemExit: 3."),
        ("def f():\n    return 1 / 0\n\n\nf()\n", "2: this cannot be run: ZeroDivisionError"),
    ],
)
def test_a_broken_module_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    assert said in broken(tmp_path, text)


def test_a_recipe_without_its_end_is_told(tmp_path: Path) -> None:
    text = "class Recipe:\n    def task(self):\n        pass\n\n\nTASK = Recipe()\n"
    assert "received a value of type Recipe. Did you forget `.task()` at its end?" in broken(tmp_path, text)


def test_a_broken_task_stops_only_who_needs_it(tmp_path: Path) -> None:
    write_course(tmp_path)
    write(tmp_path / "tasks" / "bad.py", "x = (\n")
    found = read_course(tmp_path).tasks
    assert "bad" in found
    assert list(known_tasks(["own"], found)) == ["own"]
    with pytest.raises(CourseError, match=r"bad.py:1: this is not Python"):
        known_tasks(["bad"], found)


def test_a_broken_task_stops_nobody_who_handed_in_another(tmp_path: Path) -> None:
    write_course(tmp_path)
    write(tmp_path / "tasks" / "bad.py", "x = (\n")
    found = read_course(tmp_path).tasks
    assert {"own", "autoencoder"} <= exports_of(found).keys() and "bad" not in exports_of(found)


def test_a_shipped_name_is_taken_only_where_the_course_says_so(tmp_path: Path) -> None:
    write_course(tmp_path / "a", name="autoencoder")
    with pytest.raises(CourseError, match=r"autoencoder.py:1: the harness has a task 'autoencoder' already"):
        read_course(tmp_path / "a").tasks["autoencoder"]
    found = course(tmp_path / "b", "name: x\nreplaces: [autoencoder]\n", name="autoencoder")
    assert found.tasks["autoencoder"].title == "Toy"


def test_a_task_in_a_folder_imports_what_lies_beside_it(tmp_path: Path) -> None:
    write_course(tmp_path, name="other")
    write(tmp_path / "tasks" / "own" / "words.py", 'TITLE = "Beside"\n')
    text = TASK.format(name="own", more=", title=TITLE").replace(
        "import toy\n", "import toy\n\nfrom .words import TITLE\n"
    )
    write(tmp_path / "tasks" / "own" / "task.py", text)
    assert read_course(tmp_path).tasks["own"].title == "Beside"


def test_an_edited_task_is_another_and_its_measurements_are_made_anew(tmp_path: Path) -> None:
    """So that nobody is marked by numbers of a task that is not there any more."""
    first = course(tmp_path).tasks["own"]
    again = course(tmp_path).tasks["own"]
    edited = course(tmp_path, more=', title="Longer"').tasks["own"]
    assert first.files_sha256 == again.files_sha256 != edited.files_sha256
    assert edited.title == "Longer"


def test_one_name_twice_is_told(tmp_path: Path) -> None:
    write_course(tmp_path)
    write(tmp_path / "tasks" / "own" / "task.py", "")
    with pytest.raises(CourseError, match="the task 'own' is there twice"):
        read_course(tmp_path)


def test_a_loop_of_the_course_s_own_is_read_and_not_run(tmp_path: Path) -> None:
    write(tmp_path / "loop.py", "raise SystemExit\n\n\ndef train(student, inputs, settings, seed):\n    pass\n")
    loop = own_loop(str(tmp_path / "task.py"), "loop.py", "train", inputs=("x_train",))
    assert loop.run == "loop:train" and "def train" in loop.code
    with pytest.raises(CourseError, match=r"loop.py:1: there is no function 'trian' here. Did you mean 'train'\?"):
        own_loop(str(tmp_path / "task.py"), "loop.py", "trian", inputs=())
    with pytest.raises(CourseError, match="cannot be read"):
        own_loop(str(tmp_path / "task.py"), "lop.py", "train", inputs=())
