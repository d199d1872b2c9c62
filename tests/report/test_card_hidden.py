"""What a card hides stays hidden until it is revealed, in marks, verdicts and measures."""

from collections.abc import Callable
from typing import Any

import pytest
from report.cards import Page, card

from harness.grading.results import StudentResult
from harness.records.models import Status
from harness.scoring.score import Score

Build = Callable[..., Any]


@pytest.fixture
def secret(student: Build, task: Build, criterion: Build, measurement: Build) -> StudentResult:
    hidden = criterion(
        id="zz-secret",
        text="ZZ robustness",
        measure="conv.zz_robust",
        reason="ZZ because",
        hint="ZZ try",
        hidden=True,
        points=10,
        earned=7.25,
        value=0.777,
        values=[0.777],
        target=0.888,
    )
    measures = {"zz_robust": Score(value=0.777, signature="zz|v1")} | measurement().measures
    work = task(criteria=[criterion(), hidden], measurements=[measurement(measures=measures)])
    return student(tasks=[work])


def test_hidden_criteria_leak_nothing_before_they_are_revealed(secret: StudentResult) -> None:
    html = card(secret)
    text = Page(html).text
    hidden = "1 more criterion worth 10 points is hidden until the instructor reveals it. The mark here leaves it out."
    assert hidden in text
    assert "22.5 / 30 points" in text
    for leak in ("zz", "ZZ", "0.777", "0.888", "7.25", "29.75", "/ 40"):
        assert leak not in html, leak


def test_hidden_criteria_are_on_the_card_once_they_are_revealed(secret: StudentResult) -> None:
    text = Page(card(secret, revealed=True)).text
    assert "29.75 / 40 points" in text
    assert "ZZ robustness" in text
    assert "conv.zz_robust" in text
    assert "until the instructor" not in text


def test_two_hidden_criteria_in_the_plural_and_manual_ones_too(student: Build, task: Build, criterion: Build) -> None:
    manual = criterion(hidden=True, manual=True, earned=None, points=5, measure="")
    work = task(criteria=[criterion(), criterion(hidden=True, points=10, earned=10), manual])
    text = Page(card(student(tasks=[work]))).text
    assert "2 more criteria worth 15 points are hidden until the instructor reveals them. The mark here" in text
    assert "be marked by a person" not in text


def test_a_hidden_failure_does_not_show_in_the_verdict(student: Build, task: Build, criterion: Build) -> None:
    visible = criterion(status=Status.PASSED, earned=30)
    work = task(criteria=[visible, criterion(hidden=True, earned=0)], status=Status.FAILED)
    assert "Every target was reached." in Page(card(student(tasks=[work]))).text
    assert "1 of 2 criteria reached their targets." in Page(card(student(tasks=[work]), revealed=True)).text


def test_a_measure_that_a_visible_criterion_reads_stays(student: Build, task: Build, criterion: Build) -> None:
    work = task(criteria=[criterion(), criterion(hidden=True, target=0.001)])
    assert "mse|split:test|v1" in Page(card(student(tasks=[work]))).text
