"""A course's own task as an autograder: packed as students get it, and run where the course lies among their work."""

import io
import zipfile
from pathlib import Path

import pytest
from autograder.test_packing import members

from harness.autograder.answer import Asked, answer
from harness.autograder.packing import GITHUB, pack
from harness.autograder.settings import Settings
from harness.course.found import read_course
from harness.course.new import new_course


@pytest.fixture
def packed(tmp_path: Path) -> bytes:
    new_course(tmp_path / "course", "mine")
    return pack(GITHUB, Settings(tasks=["mine"], trusted=True), read_course(tmp_path / "course"))


def test_students_get_the_task_and_no_answer(packed: bytes) -> None:
    inside = {name for name in members(packed) if name.startswith(".github/harness/course/")}
    assert ".github/harness/course/tasks/mine.py" in inside
    assert not [name for name in inside if "reference" in name or "mistakes" in name or "baselines" in name]


def test_the_course_may_lie_among_the_work(packed: bytes, tmp_path: Path) -> None:
    work = tmp_path / "work"
    zipfile.ZipFile(io.BytesIO(packed)).extractall(work)
    out = tmp_path / "summary.md"
    answer(Asked("github", work / ".github/harness/harness.json", work, out), {})
    assert "mine&#46;py" in out.read_text(encoding="utf-8")  # the name of the file that is expected
