"""The page of a class that is still being graded: it reads the folder again by itself, and nobody loses their place."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hostile import ordinary
from report.conftest import make_class

from harness.report.class_page.progress import Live
from harness.report.pages import write_live_page

ROWS = "#students-table tbody tr"
EVERY_S = 1.0
SOON_S, LONG_S = 4, 6  # it waits 5 s after a load and 4 s after the last key
NOW = datetime(2025, 11, 3, 14, 5, tzinfo=UTC)


@pytest.fixture
def graded(tmp_path: Path) -> Any:
    """Return a function that writes the page with so many students in it, as grading does every few seconds."""

    def write(n: int) -> Path:
        students = [ordinary(f"Student {i}", 10.0) for i in range(n)]
        written = NOW.isoformat(timespec="seconds")
        write_live_page(make_class(*students, complete=False), tmp_path, Live(written, EVERY_S))
        return tmp_path / "index.html"

    return write


@pytest.fixture
def opened(graded: Any, visit: Any) -> Any:
    """Return the page of two students, in a browser whose clock stands still unless it is moved on."""
    page = visit(graded(2)).page
    page.clock.install(time=NOW)
    page.clock.pause_at(NOW + timedelta(seconds=1))
    page.reload()
    return page


def test_more_students_come_by_themselves_and_the_filter_stays(graded: Any, opened: Any) -> None:
    assert opened.locator(ROWS).count() == 2
    opened.get_by_role("searchbox").fill("student")
    graded(5)
    opened.clock.run_for(1000 * SOON_S)
    assert opened.locator(ROWS).count() == 2, "nobody reads a page that is gone every second"
    opened.clock.run_for(1000 * LONG_S)
    opened.locator(ROWS).nth(4).wait_for()
    assert opened.get_by_role("searchbox").input_value() == "student"
    assert opened.evaluate("document.activeElement.type") == "search"


def test_it_can_be_paused_and_read_at_once(graded: Any, opened: Any) -> None:
    opened.get_by_role("button", name="Pause reloading").click()
    graded(3)
    opened.clock.run_for(1000 * 2 * LONG_S)
    assert opened.locator(ROWS).count() == 2
    opened.get_by_role("button", name="Reload now").click()
    opened.locator(ROWS).nth(2).wait_for()
