"""The card of every task with all its pictures, under both profiles: small enough for an e-mail."""

from collections.abc import Callable
from typing import Any

import pytest
from tasks.recorded import recorded

from harness.report.card_page.card import ClassFacts
from harness.report.drawing.figures import DrawnFigure, drawn
from harness.report.pages import render_card
from harness.tasks import find, names

Build = Callable[..., Any]
LARGEST = 1_500_000  # bytes
SEEDS = 10


@pytest.fixture
def whole_card(student: Build, task: Build, measurement: Build) -> Callable[[dict[str, list[DrawnFigure]]], str]:
    """Return a function that renders a card with these figures and every variant measured under ten seeds."""

    def render(figures: dict[str, list[DrawnFigure]]) -> str:
        tasks = [
            task(
                task=name,
                title=find(name).title,
                measurements=[
                    measurement(task=name, variant=v.name, seed=seed)
                    for v in find(name).variants
                    for seed in range(SEEDS)
                ],
            )
            for name in figures
        ]
        return render_card(student(tasks=tasks), ClassFacts("Class"), revealed=False, figures=figures)

    return render


@pytest.mark.parametrize("profile", ["quick", "full"])
@pytest.mark.parametrize("name", names())
def test_a_card_stays_small_even_with_pictures_of_noise(
    name: str, profile: str, whole_card: Callable[[dict[str, list[DrawnFigure]]], str]
) -> None:
    page = whole_card({name: [drawn(f) for f in find(name).figures(recorded(name, profile))]})
    assert "<svg" in page
    assert "left out" not in page
    assert len(page.encode()) < LARGEST


@pytest.mark.parametrize("profile", ["quick", "full"])
def test_so_does_the_card_of_a_student_who_handed_in_every_task(
    profile: str, whole_card: Callable[[dict[str, list[DrawnFigure]]], str]
) -> None:
    page = whole_card({name: [drawn(f) for f in find(name).figures(recorded(name, profile))] for name in names()})
    assert len(page.encode()) < LARGEST
