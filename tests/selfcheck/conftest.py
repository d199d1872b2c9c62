"""A folder with a student's work, and the sandbox that pretends to check it."""

from pathlib import Path

import pytest
from selfcheck.made import Pretended, pretend, write_work


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Pretended:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("HARNESS_DATA", raising=False)
    return pretend(monkeypatch)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return write_work(tmp_path)
