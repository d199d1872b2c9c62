"""Each autograder run from its own zip, in a folder laid out as its platform lays it out, in a fresh environment.

The libraries are those that are installed here; the harness is the one in the zip.
"""

import io
import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import jsonschema
import pytest
import yaml
from autograder.schemas import CLASSROOM50, GRADESCOPE
from autograder.test_answers import RUNNER

from harness import shipped
from harness.autograder.packing import CLASSROOM50 as ON_CLASSROOM50
from harness.autograder.packing import GITHUB, Kind, pack
from harness.autograder.packing import GRADESCOPE as ON_GRADESCOPE
from harness.autograder.settings import Settings
from harness.course.found import Course

pytestmark = pytest.mark.preflight
TASK = "network_training"
SETTINGS = Settings(tasks=[TASK], contract=True, trusted=True)
HIJACK = "raise SystemExit('a student took over')\n"


def unpacked(kind: Kind, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(pack(kind, SETTINGS, Course()))) as made:
        for info in made.infolist():
            path = Path(made.extract(info, folder))
            path.chmod(info.external_attr >> 16)
    return folder


def fresh(folder: Path, wheels: Path) -> Path:
    """Make an environment with the harness of the zip and the libraries of this one; return its Python."""
    venv.create(folder, with_pip=False)
    inside = next(folder.glob("lib/python*/site-packages"))
    (wheel,) = wheels.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(inside)
    (inside / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "python"


def hand_in(work: Path) -> Path:
    """Write a sound submission, with files that would be imported where Python is not isolated."""
    work.mkdir(parents=True, exist_ok=True)
    source = (shipped.folder("reference_models") / f"{TASK}.py").read_text(encoding="utf-8")
    (work / f"{TASK}.py").write_text(source, encoding="utf-8")
    (work / "json.py").write_text(HIJACK)
    return work


def test_gradescope(tmp_path: Path) -> None:
    root = tmp_path / "autograder"
    source = unpacked(ON_GRADESCOPE, root / "source")
    (source / "run_autograder").rename(root / "run_autograder")
    fresh(root / "harness", source / "wheels")
    hand_in(root / "submission")
    done = subprocess.run([root / "run_autograder"], cwd=root, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr
    page = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    jsonschema.validate(page, GRADESCOPE)
    assert {t["status"] for t in page["tests"]} == {"passed"}


def test_classroom_50(tmp_path: Path) -> None:
    bundle, checkout = unpacked(ON_CLASSROOM50, tmp_path / "bundle"), hand_in(tmp_path / "checkout")
    python = fresh(tmp_path / "env", bundle / "wheels")
    who = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(["git", "init", "-q"], cwd=checkout, check=True)
    subprocess.run([*who, "commit", "-q", "--allow-empty", "-m", "x"], cwd=checkout, check=True)
    done = subprocess.run(
        [python, bundle / "autograder.py"],
        cwd=checkout,
        env={**os.environ, **RUNNER, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    page = json.loads((checkout / "result.json").read_text(encoding="utf-8"))
    jsonschema.validate(page, CLASSROOM50)
    assert page["score"] == page["max-score"] > 0


def test_github(tmp_path: Path) -> None:
    """The shell of the workflow's step, as it stands, where a runner checks the repository out."""
    checkout = unpacked(GITHUB, hand_in(tmp_path / "checkout"))
    flow = yaml.safe_load((checkout / ".github/workflows/harness.yml").read_text(encoding="utf-8"))
    (step,) = (s for s in flow["jobs"]["check"]["steps"] if s.get("name") == "Check the work")
    fresh(tmp_path / "temp" / "venv", checkout / ".github/harness/wheels")
    env = {**os.environ, "RUNNER_TEMP": str(tmp_path / "temp"), "GITHUB_STEP_SUMMARY": str(tmp_path / "page.md")}
    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=checkout,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    said = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert said.startswith("<!-- coursework-harness -->")
    assert "checks before training hold" in said
    assert sys.prefix not in said
