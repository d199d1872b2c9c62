"""What would change, as a page and for a spreadsheet: complete, in order, and safe with hostile names."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.grading.difference import Difference, difference
from harness.records.models import Status
from harness.report.staff_pages.difference import diff_csv, render_difference, signed, summary, write_difference
from harness.report.staff_pages.results_turned import turned_lines

Build = Callable[..., Any]
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">\u202e'


def words(html: str) -> str:
    visible = re.sub(r"(?s)<(style|script)>.*?</\1>", "", html)
    return " ".join(re.sub(r"<[^>]+>", " ", visible).split())


@pytest.fixture
def compared(class_: Build, student: Build, task: Build, criterion: Build) -> Callable[..., Difference]:
    """Return a function that compares a class with itself under other earned points, by name."""

    def compare(hidden: bool = False, **earned: tuple[float, float]) -> Difference:
        def marked(place: int, target: float) -> Any:
            return class_(
                *(
                    student(name, tasks=[task(criteria=[criterion(earned=both[place], target=target, hidden=hidden)])])
                    for name, both in earned.items()
                )
            )

        return difference(marked(0, 0.021), marked(1, 0.02))

    return compare


def test_the_page_lists_moves_with_their_causes_and_counts_the_rest(compared: Callable[..., Difference]) -> None:
    text = words(render_difference(compared(Ann=(22.5, 20), Bo=(22.5, 22.5), Cy=(0, 12))))
    assert "2 of 3 students move, 1 keeps the same marks." in text
    assert "Cy Autoencoders 0 / 30 12 / 30 +12 missed → partly conv-reconstruction +12 (target 0.021 → 0.02)" in text
    assert "Ann Autoencoders 22.5 / 30 20 / 30 -2.5 partly conv-reconstruction -2.5 (target 0.021 → 0.02)" in text
    assert text.index("Cy Auto") < text.index("Ann Auto")
    assert "Bo" not in text
    assert "target 0.021 → 0.02 2 +9.5 +4.75" in text, "by criterion: two students, in all, on average"
    assert "3 November 2025" in text and "For teaching staff" in text


def test_the_page_says_who_passes_and_who_does_not_any_more(compared: Callable[..., Difference]) -> None:
    diff = compared(**{"Ann": (22.5, 10), "Bo": (10, 22.5), "Cy": (22.5, 22.5)})
    text = words(render_difference(diff))
    assert "The pass mark is 50 %." in text
    assert "1 student would pass now: Bo." in text and "1 student would not pass any more: Ann." in text
    assert "Ann passed → not passed – " in text and "Bo not passed → passed – " in text
    many = compared(**{f"S{i:02}": (10, 20) for i in range(12)})
    _, line = turned_lines(many)
    assert line.startswith("12 students would pass now: S00, S01") and line.endswith("S09, 2 more.")


def test_nobody_moves(compared: Callable[..., Difference], tmp_path: Path) -> None:
    diff = compared(Ann=(1, 1))
    write_difference(diff, tmp_path)
    assert "Nobody moves: 1 student keeps the same marks." in words((tmp_path / "diff.html").read_text("utf-8"))
    assert len((tmp_path / "diff.csv").read_text("utf-8").splitlines()) == 1, "the header alone, not an older diff"


def test_the_spreadsheet_has_one_line_a_move_and_plain_numbers(compared: Callable[..., Difference]) -> None:
    header, row = csv.reader(io.StringIO(diff_csv(compared(Ann=(22.5, 20), Bo=(1, 1)))))
    assert dict(zip(header, row, strict=True)) == {
        "student": "Ann",
        "slug": "ann",
        "task": "autoencoder",
        "earned before": "22.5",
        "possible before": "30",
        "earned after": "20",
        "possible after": "30",
        "change": "-2.5",
        "status before": "failed",
        "status after": "failed",
        "because of": "conv-reconstruction -2.5 (target 0.021 → 0.02)",
    }


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1"])
def test_spreadsheet_formulas_are_defused(
    start: str, class_: Build, student: Build, task: Build, criterion: Build
) -> None:
    before, after = (class_(student(start, slug="x", tasks=[task(criteria=[criterion(earned=e)])])) for e in (1, 2))
    _, row = csv.reader(io.StringIO(diff_csv(difference(before, after))))
    assert row[0].startswith("'")


def test_hostile_names_stay_text(class_: Build, student: Build, task: Build, criterion: Build) -> None:
    def marked(earned: float) -> Any:
        tasks = [task(title=HOSTILE, criteria=[criterion(text=HOSTILE, earned=earned, measure=HOSTILE)])]
        return class_(student(HOSTILE, slug="eve", tasks=tasks), title=HOSTILE)

    html = render_difference(difference(marked(1), marked(2)))
    assert "<script" not in html and "<img" not in html and "\u202e" not in html
    assert "&lt;script&gt;" in html
    assert re.search(r"(?:src|href)=\"(?!cards/|#|diff\.csv)", html) is None, "it needs nothing from elsewhere"
    assert "Content-Security-Policy" in html and "default-src &#39;none&#39;" in html


def test_hidden_criteria_are_marked_as_such(compared: Callable[..., Difference]) -> None:
    assert "conv-reconstruction hidden" in words(render_difference(compared(hidden=True, Ann=(1, 2))))


def test_offsets_are_told(class_: Build, student: Build, task: Build, criterion: Build) -> None:
    def marked(*points: float) -> Any:
        criteria = [criterion(id=f"c{i}", points=p, earned=p, status=Status.PASSED) for i, p in enumerate(points)]
        return class_(student(tasks=[task(criteria=criteria)]))

    text = summary(difference(marked(10, 20), marked(20, 10)))
    assert text.startswith("Nobody moves: 1 student keeps the same marks. 1 of these earns other")


@pytest.mark.parametrize(
    ("change", "text"), [(5, "+5"), (-2.5, "-2.5"), (0, "0"), (0.001, "+0.001"), (-0.004, "-0.004"), (1.006, "+1.01")]
)
def test_signed_points(change: float, text: str) -> None:
    assert signed(change) == text
