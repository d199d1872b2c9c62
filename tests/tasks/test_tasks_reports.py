"""The figures of the course reports: each in its place, true to the tasks and to the baselines, and on its page."""

from decimal import Decimal

import published
import pytest

from harness.grading.baselines import BaselineMeasure
from harness.tasks import find, names

ENTRIES = published.load()


def test_every_shipped_task_is_told_of_and_each_task_once() -> None:
    told = [e.task for e in ENTRIES]
    assert set(names()) == set(told)
    assert len(set(told)) == len(told)


def test_a_task_without_rows_says_why() -> None:
    assert [e.task for e in ENTRIES if bool(e.rows) == bool(e.without)] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.task)
def test_tasks_name_the_same_figures(entry: published.OfTask) -> None:
    told = {(f.measure, f.value, f.source, f.profile) for f in published.figures_of(entry)}
    ours = (f for f in find(entry.task).published if f.source.startswith("course report"))
    named = {(f.measure, f.value, f.source, f.profile) for f in ours}
    assert told == named


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.task)
def test_what_is_said_of_a_figure_is_what_the_baselines_say(entry: published.OfTask) -> None:
    for row in entry.rows:
        for f in row.figures:
            found = published.measured(entry.task, f)
            assert f.status == published.standing(f.value, found), f"{row.report}, {row.setting}: {f.what}"
            assert bool(f.why) == (f.status in ("not reproduced", "not measured")), f


@pytest.mark.parametrize(
    ("value", "ours", "better", "said"),
    [
        ("0.80", [0.804], "higher", "reproduced"),
        ("0.800", [0.804], "higher", "better"),
        ("0.80", [0.79], "higher", "not reproduced"),
        ("0.80", [0.79], "lower", "better"),
        ("0.800", [0.78, 0.79, 0.80], "higher", "reproduced"),
        ("0.820", [0.78, 0.79, 0.80], "higher", "not reproduced"),
        ("0.80", [], "higher", "not measured"),
    ],
)
def test_how_a_reference_stands(value: str, ours: list[float], better: str, said: str) -> None:
    found = [BaselineMeasure.model_validate({"values": ours, "better": better, "signature": "made"})] if ours else []
    assert published.standing(Decimal(value), found) == said


def test_the_page_is_what_the_file_says() -> None:
    """After a new baseline or a new figure: `python tools/published.py`."""
    assert published.PAGE.read_text(encoding="utf-8") == published.page(ENTRIES)
