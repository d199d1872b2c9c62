"""`harness course new` writes a course that works as it is; `course check` says what is wrong with one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from course.made import TASK, course, write, write_course
from full import room_for
from typer.testing import CliRunner, Result

from harness.cli import app
from harness.course.found import read_course
from harness.course.lint import lint
from harness.course.new import new_course, recipes
from harness.course.samples import SAMPLES
from harness.data.folders import DataFolder
from harness.data.load import load
from harness.errors import ResultsError, UsageError
from harness.grading.rubric import load_rubric
from harness.task import Task

Harness = Callable[..., Result]


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Harness:
    """Return a function that runs `harness ARGUMENTS` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("HARNESS_DATA", "HARNESS_COURSE", "HARNESS_THEME"):
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments], prog_name="harness")


def made(folder: Path, recipe: str) -> Task:
    new_course(folder, "mine", recipe)
    return read_course(folder).tasks["mine"]


@pytest.mark.parametrize("recipe", recipes())
def test_a_new_task_has_nothing_that_is_wrong(tmp_path: Path, recipe: str) -> None:
    made(tmp_path / "c", recipe)
    assert lint(read_course(tmp_path / "c"), ["mine"], None) == []


def test_a_finding_that_is_not_there_is_named(tmp_path: Path) -> None:
    made(tmp_path / "c", "classifier")
    file = tmp_path / "c" / "tasks" / "mine.py"
    with file.open("a") as text:
        text.write("\nfrom dataclasses import replace\n\nTASK = replace(TASK, findings=('divergd',))\n")
    said = lint(read_course(tmp_path / "c"), ["mine"], None)
    assert said == ["Task mine asks for the finding 'divergd'. Did you mean 'diverged'?"]


@pytest.mark.parametrize("recipe", recipes())
def test_a_task_by_recipe_is_a_page(tmp_path: Path, recipe: str) -> None:
    """At most 40 lines of Python, with figures, findings and answers without learning for free."""
    task = made(tmp_path / "c", recipe)
    lines = (tmp_path / "c" / "tasks" / "mine.py").read_text().splitlines()
    assert len(lines) <= 40 or recipe == "heads", "several heads say how they are made of a data set, too"
    assert task.findings and task.naive and set(task.profiles) == {"quick", "full"}


@pytest.mark.parametrize("recipe", recipes())
def test_a_number_that_nobody_measured_says_so(tmp_path: Path, recipe: str) -> None:
    made(tmp_path / "c", recipe)
    rubric = load_rubric(tmp_path / "c" / "rubrics" / "mine.yaml", read_course(tmp_path / "c").tasks["mine"])
    bands = [c.profiles["full"] for c in rubric.criteria if not c.manual]
    assert bands and all("not measured" in band.origin for band in bands)


@pytest.mark.parametrize("recipe", sorted(SAMPLES))
def test_its_parts_are_of_one_shape_and_as_large_as_the_task_asks(tmp_path: Path, recipe: str) -> None:
    profile = made(tmp_path / "c", recipe).profile("quick")
    arrays = load("mine", [DataFolder(tmp_path / "c" / "data", "course")], profile.sizes).arrays
    for part, n in profile.sizes.asked():
        for of in ("x", "y"):
            assert arrays[f"{of}_{part}"].shape == (n, *arrays[f"{of}_train"].shape[1:])


@pytest.mark.parametrize("recipe", sorted(SAMPLES))
def test_its_data_are_the_same_each_time(recipe: str) -> None:
    first, again = SAMPLES[recipe](), SAMPLES[recipe]()
    assert all((first[name] == again[name]).all() for name in first)


def test_a_second_task_joins_those_in_use(tmp_path: Path) -> None:
    new_course(tmp_path, "one")
    file = tmp_path / "course.yaml"
    before = file.read_text()
    written = new_course(tmp_path, "two")
    assert tuple(read_course(tmp_path).tasks) == ("one", "two")
    assert file not in written and file.read_text() == before.replace("[one]", "[one, two]")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    mine = write(tmp_path / "rubrics" / "one.yaml", "mine\n")
    with pytest.raises(UsageError, match=r"one.yaml, found one; nothing is overwritten"):
        new_course(tmp_path, "one")
    assert mine.read_text() == "mine\n" and not (tmp_path / "course.yaml").exists()


def test_on_a_full_disk_there_is_no_half_of_a_course(tmp_path: Path) -> None:
    with room_for(10_000), pytest.raises(ResultsError, match="nothing was written, so make room"):
        new_course(tmp_path / "c", "one")
    assert not list(tmp_path.iterdir())


def test_on_a_full_disk_a_course_keeps_its_file_and_gets_no_part_of_a_task(tmp_path: Path) -> None:
    """The file was once opened to be written, and emptied, before the task was there."""
    new_course(tmp_path, "one")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with room_for(10_000), pytest.raises(ResultsError, match="nothing was written, so make room"):
        new_course(tmp_path, "two")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("task", "recipe", "said"),
    [
        ("One Two", "classifier", "named in lower-case letters"),
        ("autoencoder", "classifier", "which the harness has already"),
        ("one", "clasifier", "There is no recipe 'clasifier'. Did you mean 'classifier'?"),
    ],
)
def test_a_wrong_name_is_told_and_nothing_written(tmp_path: Path, task: str, recipe: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        new_course(tmp_path / "c", task, recipe)
    assert said in str(error.value) and not (tmp_path / "c").exists()


def test_a_course_of_the_harness_s_own_tasks(tmp_path: Path, harness: Harness) -> None:
    assert harness("course", "new", "c").exit_code == 0
    shown = harness("tasks", "--course", "c")
    assert "autoencoder" in shown.stdout, shown.output


def test_the_verbs_of_a_student_know_the_course_above(
    tmp_path: Path, harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_course(tmp_path / "c", "mine")
    work = tmp_path / "c" / "somewhere"
    work.mkdir()
    monkeypatch.chdir(work)
    assert [line.split()[0] for line in harness("tasks").stdout.splitlines()[1:2]] == ["mine"]
    assert "build_model" in harness("tasks", "mine").stdout
    assert harness("new", "mine").exit_code == 0
    template = tmp_path / "c" / "student_template" / "mine.py"
    assert (work / "mine.py").read_bytes() == template.read_bytes()


def test_a_broken_task_hides_no_other(tmp_path: Path, harness: Harness) -> None:
    write_course(tmp_path, "name: x\ntasks: [own, bad]\n")
    bad = write(tmp_path / "tasks" / "bad.py", "x = (\n")
    done = harness("tasks")
    assert done.exit_code == 0 and "own" in done.stdout
    assert f"harness: {bad}:1: this is not Python" in done.stderr
    told = harness("tasks", "bad")
    assert told.exit_code == 2 and told.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("tasks/bad.py", "x = (\n", "tasks/bad.py:1: the task 'bad' is not in use"),
        ("tasks/Bad-name.py", "", "tasks/Bad-name.py:1: this has no name of a task"),
        ("tasks/empty/words.txt", "", "tasks/empty:1: this has no task.py"),
        ("rubrics/owm.yaml", "", "rubrics/owm.yaml:1: there is no task 'owm'. Did you mean 'own'?"),
        ("rubrics/own.yaml", "task: own@1\ncriteria: []\n", "rubrics/own.yaml:2: 'criteria' must not be empty."),
        ("reference_models/own.py", "x = 1\n", "expected a function build_model, found none."),
        (
            "student_template/own.py",
            "def build_model(a):\n    pass  # TODO\n",
            "own.py:1: expected build_model(input_shape",
        ),
        (
            "course.yaml",
            "name: x\ntasks: [own]\nprofile: qick\n",
            "no profile 'qick', which course.yaml asks for. Did you",
        ),
        ("mistakes/own/slow.py", '"""Slow."""\n', "slow.py to begin with a docstring"),
    ],
)
def test_check_finds_a_mistake_before_anything_is_trained(
    tmp_path: Path, harness: Harness, path: str, text: str, said: str
) -> None:
    write_course(tmp_path, "name: x\ntasks: [own]\n")
    write(tmp_path / path, text)
    done = harness("course", "check", "--lint")
    assert done.exit_code == 1
    assert done.stdout.count(said) == 1, done.output
    assert len(set(done.stdout.splitlines())) == len(done.stdout.splitlines()), "nothing is told twice"


def test_a_course_of_shipped_tasks_needs_only_the_data_it_grades_with(tmp_path: Path, harness: Harness) -> None:
    """The published sizes of shipped tasks take downloads, or a text that only the instructor has."""
    write(tmp_path / "course.yaml", "name: x\ntasks: [text_generation]\n")
    done = harness("course", "check", "--lint")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("name", ["network_training", "text_embeddings", "transfer_learning"])
def test_a_shipped_criterion_without_a_band_for_some_profile_is_no_mistake_of_the_course(
    tmp_path: Path, name: str
) -> None:
    write(tmp_path / "course.yaml", "name: Deep Learning\n")
    assert lint(read_course(tmp_path), [name], None) == []


def test_a_band_that_is_missing_is_asked_for_where_the_course_wrote_the_rubric(tmp_path: Path) -> None:
    made = course(tmp_path)
    rubric = tmp_path / "rubrics" / "own.yaml"
    write(rubric, rubric.read_text(encoding="utf-8").replace("quick: {target: 0.3}", "full: {target: 0.3}"))
    write(
        tmp_path / "tasks" / "own.py",
        TASK.format(name="own", more=", profiles={'quick': toy.QUICK, 'full': FULL}").replace(
            "\nTASK", "\nFULL = replace(toy.QUICK, name='full')\nTASK"
        ),
    )
    found = lint(made, ["own"], None)
    assert [s.partition(":1: ")[2] for s in found if "no band" in s] == [
        "the criterion 'beats-naive' has no band for the profile 'quick'.",
        "the criterion 'plain' has no band for the profile 'full'.",
    ]
