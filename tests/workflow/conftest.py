"""Two sandboxes for a class of the toy task: one that pretends, and the real one with its backend loaded once."""

from collections.abc import Iterator

import pytest
from workflow.classes import FakeSandbox, KeptLauncher, NoLauncher, truth, undrawn

from harness.sandbox.pool import ServerPool


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> FakeSandbox:
    """Let every step be answered at once, without a process; data is read once, and pictures are not drawn."""
    fake = FakeSandbox(truth())
    monkeypatch.setattr("harness.workflow.execute.run_job", fake)
    monkeypatch.setattr("harness.workflow.machine.launcher", lambda *_: NoLauncher())
    undrawn(monkeypatch)
    monkeypatch.setattr("harness.report.drawing.figures.draw", lambda figure: "<svg></svg>")
    return fake


@pytest.fixture(scope="module")
def real_launcher(fork_server: ServerPool) -> Iterator[None]:
    """Let classes be graded for real, by the session's fork server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.workflow.machine.launcher", lambda *_: KeptLauncher(fork_server))
        yield
