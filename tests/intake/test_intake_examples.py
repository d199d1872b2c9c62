"""The finished submissions of `examples/`: intake takes the right builders, and they build. Nothing is trained."""

import ast
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from intake.notebooks import notebook
from sandbox.students import RunStudent, check_step, student

from harness.intake.gather import gather
from harness.intake.submission import Submission
from harness.task import Limits, Task
from harness.tasks import find, names
from harness.workflow.context import load_profile

EXAMPLES = Path(__file__).parents[2] / "examples"
FINISHED = {"notebook": "autoencoder", "package": "network_training"}
BUILDING = Limits(wall_s=600, cpu_s=500, memory_mb=2_500)


def example(name: str) -> Submission:
    (found,) = gather(EXAMPLES / name, names())
    return found


def described(task: Task) -> list[dict[str, Any]]:
    """Return the calls of all variants as the contract check is given them."""
    profile = task.profiles["quick"]
    data = task.prepare(load_profile(profile, None), profile)
    return [asdict(task.call(profile, variant, data)) for variant in task.trained()]


def functions(source: bytes) -> dict[str, str]:
    """Return every function of a source, without its place in it."""
    return {n.name: ast.dump(n) for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)}


@pytest.mark.parametrize("name", FINISHED)
def test_a_finished_submission_is_taken_and_builds(run_student: RunStudent, name: str) -> None:
    found, task = example(name), find(FINISHED[name])
    assert found.fault is None
    assert found.tasks(names()) == (task.name,)
    assert found.syntax_fault(task.name, names()) is None
    calls = described(task)
    once = {call["builder"]: call for call in calls}
    step = check_step(settings={"calls": calls, "build": list(once.values())}, limits=BUILDING)
    files = found.for_task(task.name, names())
    outcome = run_student({**files, "work.py": files[f"{task.name}.py"]}, step)
    assert outcome.fault is None, outcome.fault


def test_the_notebook_gives_the_builders_of_a_good_submission_and_nothing_that_trains() -> None:
    """Ada hands in the same ones as a file, in `examples/class`."""
    found = example("notebook")
    source = found.files["autoencoder.py"]
    ada = functions((EXAMPLES / "class" / "ada" / "autoencoder.py").read_bytes())
    assert ada.items() <= functions(source).items()
    top = [type(node) for node in ast.parse(source).body]
    assert {*top} == {ast.Import, ast.ImportFrom, ast.Assign, ast.FunctionDef}
    assert b"matplotlib" not in source, "it is for plots, and takes a second of every step"
    notes = " ".join(found.notes)
    for word in ("build_dense", "build_conv", "%matplotlib, !pip, %%time", "tagged harness-skip"):
        assert word in notes


def test_the_package_has_its_modules_in_a_folder() -> None:
    assert {path.split("/")[0] for path in example("package").files} == {"network_training.py", "network_parts"}


def test_a_part_for_running_a_file_by_itself_is_not_run(run_student: RunStudent) -> None:
    source = student() + "\nif __name__ == '__main__':\n    raise SystemExit('run by itself')\n"
    assert run_student(source).fault is None


def test_a_fault_in_what_was_taken_names_the_cell(run_student: RunStudent, tmp_path: Path) -> None:
    cells = ["import keras\nprint('x')", "# Some text", "x = 1", student("raise ValueError('no')")]
    (tmp_path / "ann.ipynb").write_bytes(notebook(*cells))
    (found,) = gather(tmp_path)
    outcome = run_student({"work.py": found.files["ann.py"]})
    assert outcome.fault is not None
    assert " (cell 4), in build: ValueError: no" in outcome.fault.message
