"""The page of a class that is still being graded: it reads the folder again by itself, and nobody loses their place."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hostile import ordinary
from report.conftest import make_class

from harness.report.class_page.progress import Live
from harness.report.pages import write_live_page

ROWS = "#students-table tbody tr"
PATIENCE_MS = 180_000  # it waits 5 s after a load and 4 s after the last key


@pytest.fixture
def graded(tmp_path: Path) -> Any:
    """Return a function that writes the page with so many students in it, as grading does every few seconds."""

    def write(n: int) -> Path:
        students = [ordinary(f"Student {i}", 10.0) for i in range(n)]
        now = datetime.now(UTC).isoformat(timespec="seconds")
        write_live_page(make_class(*students, complete=False), tmp_path, Live(now, every_s=1.0))
        return tmp_path / "index.html"

    return write


def test_more_students_come_by_themselves_and_the_filter_stays(graded: Any, visit: Any) -> None:
    page = visit(graded(2)).page
    assert page.locator(ROWS).count() == 2
    page.get_by_role("searchbox").fill("student")
    graded(5)
    page.locator(ROWS).nth(4).wait_for(timeout=PATIENCE_MS)
    assert page.get_by_role("searchbox").input_value() == "student"
    assert page.evaluate("document.activeElement.type") == "search"


def test_it_can_be_paused_and_read_at_once(graded: Any, visit: Any) -> None:
    page = visit(graded(2)).page
    page.get_by_role("button", name="Pause reloading").click()
    graded(3)
    page.wait_for_timeout(11_000)
    assert page.locator(ROWS).count() == 2
    page.get_by_role("button", name="Reload now").click()
    page.locator(ROWS).nth(2).wait_for(timeout=PATIENCE_MS)
