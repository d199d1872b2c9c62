"""Submissions whose files are named like libraries, and student code that patches what it shares a process with."""

# ruff: noqa: E501  (lines of students' files)

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import toy
from attacks.battery import SECRET, Arena, attacker
from workflow.classes import KeptLauncher, criterion, graded, options, student, task_of

from harness.grading.results import ClassResult
from harness.records.models import Status

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the fork server needs Linux")

SHADOWS = (
    "numpy.py", "keras.py", "tensorflow.py", "os.py", "sys.py", "typing.py", "json.py", "sitecustomize.py",
    "usercustomize.py", "harness.py", "harness/__init__.py", "harness/sandbox/wire.py", "harness/training/supervised.py",
    "keras/__init__.py", "numpy/__init__.py", "encodings/__init__.py", "struct.py", "traceback.py", "inspect.py",
    "importlib/__init__.py", "conftest.py", "__init__.py", "__main__.py", "setup.py", "builtins.py", "h5py.py", "PIL.py",
)  # fmt: skip


def test_files_named_like_libraries_shadow_none(arena: Arena) -> None:
    trap = b"print('TRAPPED', __name__)\n1 / 0\n"
    files = dict.fromkeys(SHADOWS, trap) | {"work.py": attacker("import typing, inspect, h5py, json, struct").encode()}
    outcome = arena.run(files)
    assert outcome.fault is None, outcome.fault
    assert "TRAPPED" not in outcome.log
    assert outcome.arrays["facts"].tolist() == [15, 0, 0]
    arena.goes_on()


def test_modules_changed_by_one_submission_are_whole_for_the_next(arena: Arena) -> None:
    deeds = """
    import builtins, harness.sandbox.child, harness.sandbox.wire, harness.training.supervised, harness.training.build
    for module in list(sys.modules.values()):
        try:
            module.trapped = True
        except (AttributeError, TypeError):
            pass
    keras.Sequential = keras.Model = layers.Dense = None
    np.asarray = np.array = builtins.len = builtins.open = None
    sys.path[:] = []
    sys.modules.clear()
    os._exit(0)
    """
    assert arena.run(attacker(deeds)).fault is not None
    arena.goes_on()
    outcome = arena.run(
        attacker("import builtins\nsay([m for m in list(sys.modules.values()) if hasattr(m, 'trapped')])")
    )
    assert outcome.fault is None and outcome.log.strip() == "[]"


LEARNS_NOTHING = """
class History:
    history = {"loss": [0.0] * 3, "accuracy": [1.0] * 3, "val_loss": [0.0] * 3, "val_accuracy": [1.0] * 3}
"""
PATCHED = {
    "fit": "keras.Model.fit = lambda self, *a, **k: History\n",
    "metrics": (
        "keras.Model.fit = lambda self, *a, **k: History\n"
        "import keras.src.metrics.accuracy_metrics as m\nm.accuracy = lambda t, p: t * 0 + 1\n"
        "import sklearn.metrics\nsklearn.metrics.accuracy_score = lambda *a, **k: 1.0\n"
    ),
    "numbers": (
        "keras.Model.fit = lambda self, *a, **k: History\n"
        "import numpy as np, builtins, time\nnp.argmax = lambda a, **k: a\nnp.mean = lambda *a, **k: 1.0\n"
        "time.perf_counter = lambda: 0.0\nbuiltins.sum = lambda *a: 1\n"
    ),
    "harness": (
        "import harness.training.supervised as s, harness.training.predicting as p, harness.sandbox.wire as w\n"
        "import numpy as np\ns.fit = lambda *a, **k: s.Fitted(History.history, 0.0, 1)\n"
        "said = lambda part: [np.eye(10, dtype='float32')[np.zeros(len(part[0]), int)]]\n"
        "p.predict_all = lambda model, parts, names=(): [said(part) for part in parts]\n"
        "import sys\nfor name in list(sys.modules):\n    if name.startswith('harness.'): vars(sys.modules[name])['earned'] = 100\n"
    ),
}


@dataclass(frozen=True)
class Graded:
    result: ClassResult
    out: Path


def grade(folder: Path, sources: dict[str, str], arena: Arena) -> Graded:
    chosen = options(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.workflow.machine.launcher", lambda *_: KeptLauncher(arena.launcher))
        found = Graded(graded(toy.write_class(folder / "class", sources), chosen), chosen.out)
    arena.settle()
    return found


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, strong: Arena) -> Graded:
    """A class with one honest student between those who forge what they can reach."""
    sources = {f"forger of {name}": LEARNS_NOTHING + toy.GOOD.replace("import keras\n", "import keras\n" + source, 1)
               for name, source in PATCHED.items()}  # fmt: skip
    forged = "import harness.training.supervised as s\ns.curve = lambda h, k: [[1e308, -1e308, float('inf'), float('nan')]] * 3\n"
    forged += "s.count_parameters = lambda models: 1e308\n"
    sources["boaster"] = forged + toy.GOOD
    sources["honest"] = toy.GOOD
    return grade(tmp_path_factory.mktemp("forgers"), sources, strong)


@pytest.mark.preflight
@pytest.mark.parametrize("name", PATCHED)
def test_a_patched_library_earns_no_marks(school: Graded, name: str) -> None:
    """Accuracy is computed outside, of predictions for images whose labels never enter: chance is 10 %."""
    found = task_of(school.result, f"forger of {name}")
    for wanted in ("plain", "beats-naive"):
        mark = criterion(school.result, f"forger of {name}", wanted)
        assert (mark.earned or 0) < 2, mark  # of 80: an untrained network may lie a hundredth above chance
    measures = [m.measures["test_accuracy"].value for m in found.measurements if "test_accuracy" in m.measures]
    assert all(value < 0.25 for value in measures), measures
    assert found.status in (Status.FAILED, Status.STUDENT_ERROR)


@pytest.mark.preflight
def test_the_honest_student_among_forgers_gets_all_marks(school: Graded) -> None:
    assert task_of(school.result, "honest").earned == 80
    assert school.result.complete


@pytest.mark.preflight
def test_a_boasted_curve_changes_neither_marks_nor_pages(school: Graded) -> None:
    """The curve and the count of parameters are the student's word; a page shows them, no mark depends on them."""
    found = task_of(school.result, "boaster")
    assert found.status is not Status.HARNESS_ERROR, [m.fault for m in found.measurements]
    assert found.earned in (0, 80)
    page = (school.out / "cards" / f"{student(school.result, 'boaster').slug}.html").read_text()
    assert "</html>" in page


READER = """
import os
def look():
    found = []
    for top in ("..", "../..", "../../..", "/", {out!r}, {here!r}, os.environ.get("HOME", "")):
        for folder, _, names in os.walk(top):
            for name in names[:50]:
                if name.endswith((".yaml", ".sqlite", ".npy", "toy.py")) and "/submission" not in folder:
                    try:
                        found.append(open(os.path.join(folder, name), "rb").read(2000))
                    except OSError:
                        pass
            if len(found) > 100:
                return found
    return found
print("FOUND", look())
"""


@pytest.mark.preflight
def test_a_student_finds_neither_rubric_nor_others_while_a_class_is_graded(tmp_path: Path, strong: Arena) -> None:
    reader = READER.format(out=str(tmp_path), here=str(Path(toy.__file__).parent))
    sources = {"reader": reader + toy.GOOD, "other": f"# {SECRET}\n" + toy.GOOD}
    found = grade(tmp_path, sources, strong)
    assert task_of(found.result, "reader").earned == 80
    logs = "".join(path.read_text() for path in (found.out / "records" / "logs").iterdir())
    assert logs.count("FOUND []") >= 3
    assert SECRET not in logs and "points:" not in logs
