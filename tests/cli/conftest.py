"""The command line over the toy task: `harness grade` as a user types it, with a sandbox that only pretends."""

from collections.abc import Callable
from pathlib import Path

import pytest
import toy
from typer.testing import CliRunner, Result
from workflow.classes import FakeSandbox, answered_by, reaches, truth

from harness.cli import app
from harness.course.found import Course
from harness.sandbox.levels import Level

Harness = Callable[..., Result]


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Harness:
    """Return a function that runs `harness ARGUMENTS` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("HARNESS_DATA", raising=False)
    monkeypatch.delenv("HARNESS_COURSE", raising=False)
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments], prog_name="harness")


@pytest.fixture
def toys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSandbox:
    """Let the command line know the toy task alone, answered without a process."""
    fake = answered_by(monkeypatch, FakeSandbox(truth()))
    monkeypatch.setattr("harness.course.found.find_course", lambda *_: Course(tasks=toy.REGISTRY))
    reaches(monkeypatch, Level.BUBBLEWRAP)
    toy.write_rubrics(tmp_path / "rubrics")
    return fake
