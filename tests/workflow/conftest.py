"""Two sandboxes for a class of the toy task: one that pretends, and the real one with its backend loaded once."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from workflow.classes import WIDE, FakeSandbox, KeptLauncher, answered_by, source, truth, units
from workflow.deciding import Reach, Shares, measured_reference

from harness.sandbox.job import Job
from harness.sandbox.pool import ServerPool


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> FakeSandbox:
    """Let every step be answered at once."""
    return answered_by(monkeypatch, FakeSandbox(truth()))


@pytest.fixture(scope="module")
def real_launcher(fork_server: ServerPool) -> Iterator[None]:
    """Let classes be graded for real, by the session's fork server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.workflow.machine.launcher", lambda *_: KeptLauncher(fork_server))
        yield


@pytest.fixture
def reach(monkeypatch: pytest.MonkeyPatch) -> Reach:
    """Return what sets the accuracy of the plain variant by source and seed; the wide one has 90 % throughout."""

    def set_to(shares: Mapping[str, Shares] | Shares, wide: Shares | None = None) -> None:
        def share(job: Job) -> float:
            if units(job) == WIDE:
                return (wide or {}).get(job.seed, 0.9)
            mine: Any = shares.get(source(job), shares)  # type: ignore[call-overload]
            return float(mine[job.seed])

        monkeypatch.setattr("workflow.classes.share_right", share)

    return set_to


@pytest.fixture
def baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the reference of the toy task have been measured: both variants differ by SD from seed to seed."""
    monkeypatch.setattr("harness.workflow.standards.load_baseline", lambda *_: measured_reference())
