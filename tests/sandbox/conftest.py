"""What talks to a student who answers, and a place for what the tests leave behind."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox.dialogues import Answering
from sandbox.students import DENSE, RunStudent, asking, bare_answer_step

from harness.sandbox.job import Outcome
from harness.sandbox.pool import ServerPool
from harness.task import Step, Talk


@pytest.fixture
def talk_to(run_student: RunStudent, bare_server: ServerPool) -> Answering:
    """Return a function that leads a dialogue with a submission: three questions unless another lead is given.

    It is without a backend, as nothing here hangs on one, and such a server is there at once.
    """

    def run(source: str, lead: Talk | None = None, step: Step | None = None, **changes: Any) -> Outcome:
        given: dict[str, Any] = {"launcher": bare_server, "inputs": DENSE, "lead": lead or asking(), **changes}
        return run_student(source, step or bare_answer_step(), **given)

    return run


@pytest.fixture
def open_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for everything temporary, which any user may enter as those above it, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)
