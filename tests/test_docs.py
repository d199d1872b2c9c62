"""What the documentation tells people to type works as it stands."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result
from workflow.classes import KeptLauncher, student

from harness.cli import app
from harness.data.key import REHEARSAL
from harness.grading.results import ClassResult
from harness.records.models import Status
from harness.report.files import read_results
from harness.sandbox.pool import ServerPool

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs" / "adding-a-task.md"
YOUR_COURSE = ROOT / "docs" / "your-course.md"
CONTRACT = tuple(map(str, sorted((ROOT / "tests" / "tasks").glob("test_tasks_contract*.py"))))
TASKS = ("parity", "blends")


def files_of_the_guide() -> dict[str, str]:
    """Return path and content of every file the guide has written out: a path in a line of its own, then a block."""
    blocks = re.findall(
        r"^`([\w/.]+)`[^\n]*\n\n```(?:python|yaml)\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.M | re.S
    )
    return dict(blocks)


@pytest.fixture(scope="module")
def guided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with the tasks of the guide, written as it says."""
    folder = tmp_path_factory.mktemp("guided")
    (folder / "course.yaml").write_text("name: Guided\ntasks: [parity, blends]\n", encoding="utf-8")
    for path, text in files_of_the_guide().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def harness(folder: Path, *arguments: str) -> Result:
    """Run a command in a folder; what it does not catch is an error here, too."""
    with chdir(folder):
        done = CliRunner().invoke(app, list(arguments), prog_name="harness")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, fork_server: ServerPool) -> Iterator[None]:
    """Let commands use the session's fork server instead of starting one each."""
    monkeypatch.setattr("harness.workflow.machine.launcher", lambda *_: KeptLauncher(fork_server))
    yield


def test_the_guide_s_tasks_are_four_files_each_and_by_recipe_forty_lines() -> None:
    written = files_of_the_guide()
    for name in TASKS:
        of = [path for path in written if name in path]
        assert {path.partition("/")[0] for path in of} == {"tasks", "reference_models", "student_template", "rubrics"}
    assert len(written["tasks/parity.py"].splitlines()) <= 40


@pytest.mark.slow
def test_the_guide_s_tasks_keep_the_contract_of_tasks(guided: Path) -> None:
    quietly = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *CONTRACT]
    done = run(quietly, ROOT, HARNESS_COURSE=str(guided))
    assert done.returncode == 0, done.stdout[-3000:]
    assert "[parity]" in run([*quietly, "--collect-only"], ROOT, HARNESS_COURSE=str(guided)).stdout


@pytest.fixture(scope="module")
def graded(guided: Path, fork_server: ServerPool) -> ClassResult:
    """The guide's references and templates as a class of two, who hand in both tasks."""
    for folder in ("reference_models", "student_template"):
        shutil.copytree(guided / folder, guided / "class" / folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.workflow.machine.launcher", lambda *_: KeptLauncher(fork_server))
        (guided / "class.key").write_text(REHEARSAL.under(1).value, encoding="utf-8")  # the same draws in every run
        done = harness(guided, "grade", "class", "--seeds", "1", "--key", "class.key", "--out", "results")
    assert done.exit_code == 1, done.output
    return read_results(guided / "results" / "results.json")


@pytest.mark.slow
@pytest.mark.parametrize("name", TASKS)
def test_the_guide_s_references_reach_every_target_and_templates_earn_nothing(graded: ClassResult, name: str) -> None:
    (reference,) = (task for task in student(graded, "reference_models").tasks if task.task == name)
    assert (reference.status, reference.earned, reference.possible) == (Status.PASSED, 100, 100)
    (template,) = (task for task in student(graded, "student_template").tasks if task.task == name)
    assert template.fault is None and not [m.fault for m in template.measurements if m.fault]
    assert (template.status, template.earned) == (Status.FAILED, 0)


def commands_of(page: Path) -> list[list[str]]:
    """Return what a page has readers type, in its order."""
    blocks = re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    return [shlex.split(line[2:], comments=True) for block in blocks for line in block.splitlines() if line[:2] == "$ "]


@pytest.mark.slow
def test_the_guide_to_a_course_works_word_for_word(tmp_path: Path, kept: None) -> None:
    here = tmp_path
    for command in commands_of(YOUR_COURSE):
        if command[0] == "cd":
            here = (here / command[1]).resolve()
            continue
        assert command[0] == "harness"
        done = harness(here, *command[1:])
        assert done.exit_code in (0, 1), f"{command}: {done.stderr}"
        assert "Traceback" not in done.stderr


def test_every_option_in_the_readme_is_there() -> None:
    """The README's table of commands names options; each must be one of its command."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    used = re.findall(r"`harness (\w+)([^`]*)`", text)
    assert used
    for command, rest in used:
        helped = harness(ROOT, command, "--help")
        assert helped.exit_code == 0, f"harness {command} is in the README but no command"
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in helped.stdout, f"{option} is no option of harness {command}"
