"""What the documentation tells people to type works as it stands."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs" / "adding-a-task.md"
FOLDERS = ("harness", "reference_models", "student_template", "rubrics")


def files_of_the_guide() -> dict[str, str]:
    """Return path and content of every file the guide has written out, by its headings."""
    parts = re.split(r"^## \d+\. `([^`]+)`\n", GUIDE.read_text(encoding="utf-8"), flags=re.M)[1:]
    blocks = {}
    for path, text in zip(parts[::2], parts[1::2], strict=True):
        block = re.search(r"```(?:python|yaml)\n(.*?)```", text, re.S)
        assert block, path
        blocks[path] = block[1]
    return blocks


def harness(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(project)}
    command = [sys.executable, "-m", "harness.cli", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_task_added_by_the_guide_is_found_and_graded(tmp_path: Path) -> None:
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    written = files_of_the_guide()
    assert set(written) == {
        f"{folder}/parity.{'yaml' if folder == 'rubrics' else 'py'}"
        for folder in ("harness/tasks", "reference_models", "student_template", "rubrics")
    }
    for path, text in written.items():
        (tmp_path / path).write_text(text, encoding="utf-8")

    shown = harness(tmp_path, "tasks", "parity")
    assert "build_model(input_shape, units)" in shown.stdout, shown.stderr
    graded = {
        folder: harness(tmp_path, "grade", f"{folder}/parity.py", "--task", "parity", "--out", f"{folder}-out")
        for folder in ("reference_models", "student_template")
    }
    assert graded["reference_models"].returncode == 0, graded["reference_models"].stdout
    assert "100.0 / 100" in graded["reference_models"].stdout
    assert graded["student_template"].returncode == 1, graded["student_template"].stderr
    assert "0.0 / 100" in graded["student_template"].stdout


def test_every_option_in_the_readme_is_there() -> None:
    """The README's table of commands names options; each must be one of its command."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    used = re.findall(r"`harness (\w+)([^`]*)`", text)
    assert used
    for command, rest in used:
        helped = harness(ROOT, command, "--help")
        assert helped.returncode == 0, f"harness {command} is in the README but no command"
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in helped.stdout, f"{option} is no option of harness {command}"
