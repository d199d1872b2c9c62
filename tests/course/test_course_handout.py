"""A handout is a course for students: it works, and no answer is in it, neither as text nor as bytes."""

from pathlib import Path

import numpy as np
import pytest
from course.made import arrays_below, write, write_course
from numpy.typing import NDArray
from PIL import Image

from harness import shipped
from harness.course.found import Course, read_course
from harness.course.handout import visible, write_handout
from harness.course.new import new_course
from harness.data.base import Sizes
from harness.data.folders import DataFolder
from harness.data.key import REHEARSAL
from harness.data.load import load
from harness.errors import HarnessError, UsageError
from harness.grading.rubric import Rubric, load_rubric
from harness.tasks import find, names
from harness.workflow.context import load_profile

SECRET = "only-for-those-who-mark"
HIDDEN = f"""  - id: hidden-one
    text: {SECRET}
    measure: large.test_accuracy
    better: higher
    hidden: true
    points: 10
    profiles: {{quick: {{target: 0.123456, floor: 0.1, origin: {SECRET}}}}}
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with everything that students must not have."""
    folder = tmp_path / "c"
    new_course(folder, "mine")
    rubric = folder / "rubrics" / "mine.yaml"
    write(rubric, f"# {SECRET}\n{rubric.read_text()}{HIDDEN}")
    for room in ("reference_models/mine.py", "mistakes/mine/typical.py"):
        write(folder / room, f"{(folder / room).read_text()}# {SECRET}\n")
    write(folder / "baselines" / "mine.quick.cpu.json", SECRET)
    write(folder / "results" / "old.txt", SECRET)
    return read_course(folder)


def everything(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_no_answer_is_in_it(course: Course, tmp_path: Path) -> None:
    write_handout(course, tmp_path / "out")
    content = everything(tmp_path / "out")
    assert b"hidden-one" not in content and SECRET.encode() not in content and b"0.123456" not in content
    names = {path.relative_to(tmp_path / "out").parts[0] for path in (tmp_path / "out").rglob("*")}
    assert names == {"README.txt", "course.yaml", "data", "rubrics", "student_template", "tasks", "work"}
    assert b"GlobalMaxPooling2D" not in content, "what the reference does and the template does not"


def test_no_hidden_label_and_no_hidden_example_is_in_it(course: Course, tmp_path: Path) -> None:
    write_handout(course, tmp_path / "out")
    with np.load(tmp_path / "c" / "data" / "mine.npz") as stored:
        x, y = stored["x_test"], stored["y_test"]
    content, arrays = everything(tmp_path / "out"), arrays_below(tmp_path / "out")
    assert y.tobytes() not in content and x[0].tobytes() not in content
    for array in arrays:
        assert y.tobytes() not in array.tobytes(), "the labels in their order"
        if array.shape[1:] == x.shape[1:]:
            assert not pictures(array) & pictures(x)


def pictures(images: NDArray[np.uint8]) -> set[bytes]:
    return {image.tobytes() for image in images}


@pytest.mark.parametrize("name", names())
def test_a_self_check_asks_of_a_comparison_what_the_examination_asks(name: str) -> None:
    """Such as what each side has to beat, and by which measure; else it would pass what is not."""
    rubric = load_rubric(shipped.folder("rubrics") / f"{name}.yaml", find(name))
    handed_out = Rubric.model_validate(visible(rubric))
    forgotten = {"hidden", "processors", "profiles"}
    for before, after in zip((c for c in rubric.criteria if not c.hidden), handed_out.criteria, strict=True):
        assert after.model_dump(exclude=forgotten) == before.model_dump(exclude=forgotten)
        assert all(after.band(profile) == before.band(profile) for profile in before.profiles)


def test_the_pass_mark_and_grades_are_the_course_s(course: Course, tmp_path: Path) -> None:
    write(tmp_path / "c" / "course.yaml", "name: x\ntasks: [mine]\npass_mark: 62.5 %\ngrades: {A: 100 %, B: 1 %}\n")
    found = read_course(tmp_path / "c")
    write_handout(found, tmp_path / "out")
    assert read_course(tmp_path / "out").says.scale == found.says.scale


def test_it_is_a_course_whose_profiles_fit_its_data(course: Course, tmp_path: Path) -> None:
    write_handout(course, tmp_path / "out")
    handed = read_course(tmp_path / "out")
    assert handed.says.handout and tuple(handed.tasks) == ("mine",)
    task = handed.tasks["mine"]
    for name in (*task.profiles, "tiny"):
        data = load_profile(task.profile(name), None, handed.data)
        assert task.prepare(data, task.profile(name)).hidden
        parts = [
            pictures((data.arrays[f"x_{part}"] * 255).round().astype(np.uint8)) for part in ("train", "val", "test")
        ]
        assert not parts[0] & parts[2] and not parts[1] & parts[2], "an own split, so that a test is one"


@pytest.mark.parametrize("sizes", [Sizes(), Sizes(test=40), Sizes(val=5, test=30)])
def test_where_the_test_part_is_drawn_it_stays_behind(tmp_path: Path, sizes: Sizes) -> None:
    """A folder of images without a test part: what any profile draws to test with is a hidden answer too."""
    folder = write_course(tmp_path / "c", "name: x\ntasks: [own]\n", more=f", profiles=PROFILES({sizes!r})")
    source = folder / "tasks" / "own.py"
    profiles = "\nfrom harness.task import Sizes\n\n\ndef PROFILES(sizes):\n"
    profiles += '    return {"quick": replace(toy.QUICK, dataset="signs", sizes=sizes)}\n'
    source.write_text(source.read_text().replace("import toy\n", f"import toy\n{profiles}"))
    rng = np.random.default_rng(0)
    for label in ("a", "b"):
        (folder / "data" / "signs" / label).mkdir(parents=True)
        for place in range(60):
            picture = Image.fromarray(rng.integers(0, 256, (5, 5), dtype=np.uint8))
            picture.save(folder / "data" / "signs" / label / f"{place}.png")
    write_handout(read_course(folder), tmp_path / "out")
    tested = load("signs", [DataFolder(folder / "data", "course")], sizes, REHEARSAL).arrays["x_test"]
    hidden = pictures((tested * 255).round().astype(np.uint8))
    handed = [array for array in arrays_below(tmp_path / "out") if array.dtype == np.uint8]
    assert hidden and handed
    assert not hidden & {one for array in handed for one in pictures(array.reshape(-1, 5, 5, 1))}


def test_a_folder_with_something_in_it_is_refused(course: Course, tmp_path: Path) -> None:
    write(tmp_path / "out" / "mine.txt", "x")
    with pytest.raises(UsageError, match="a new or empty folder"):
        write_handout(course, tmp_path / "out")


def test_after_a_mistake_nothing_is_left_and_the_next_try_works(course: Course, tmp_path: Path) -> None:
    rubric = tmp_path / "c" / "rubrics" / "mine.yaml"
    good = rubric.read_text()
    write(rubric, good + "oops: [\n")
    with pytest.raises(HarnessError, match="not valid YAML"):
        write_handout(course, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    write(rubric, good)
    made = write_handout(course, tmp_path / "out")
    assert {path.name[0] for path in (tmp_path / "out").iterdir()}.isdisjoint({"."})
    assert tmp_path / "out" / "work" / "mine.py" in made.files


def test_a_handout_cannot_be_handed_out_again(course: Course, tmp_path: Path) -> None:
    write_handout(course, tmp_path / "out")
    with pytest.raises(HarnessError, match="this is a handout already"):
        write_handout(read_course(tmp_path / "out"), tmp_path / "again")
    with pytest.raises(HarnessError, match="Expected a course to hand out"):
        write_handout(Course(), tmp_path / "again")


def test_a_rubric_of_hidden_criteria_only_is_told(tmp_path: Path) -> None:
    new_course(tmp_path / "c", "mine")
    write(tmp_path / "c" / "rubrics" / "mine.yaml", f"task: mine@1\ncriteria:\n{HIDDEN}")
    with pytest.raises(HarnessError, match="that students may see, found none"):
        write_handout(read_course(tmp_path / "c"), tmp_path / "out")
