"""A sandbox that pretends, so that a class is graded in a moment."""

import pytest
from workflow.classes import FakeSandbox, answered_by, truth


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> FakeSandbox:
    return answered_by(monkeypatch, FakeSandbox(truth()))
