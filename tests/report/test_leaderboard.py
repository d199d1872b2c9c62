"""The page of ranks that students see: in order, and without a name, a slug or a hidden criterion on it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from report.reading import HOSTILE, Elements, no_figures, words

from harness.grading.results import StudentResult
from harness.grading.scale import GradingScale
from harness.records.models import Status
from harness.report.class_page.leaderboard import leaderboard
from harness.report.pages import render_class, render_leaderboard, write_reports

Build = Callable[..., Any]


@pytest.fixture
def earner(student: Build, task: Build, criterion: Build) -> Build:
    """Return a function that makes a student with so many points of 30 in the first task and, if given, in a second."""

    def made(alias: str, first: float, second: float | None = None, **changes: Any) -> StudentResult:
        tasks = [task(criteria=[criterion(earned=first)])]
        if second is not None:
            tasks.append(task(task="digits", title="Digits", criteria=[criterion(earned=second, measure="m.acc")]))
        return student(f"Name of {alias}", pseudonym=alias, tasks=tasks, **changes)

    return made


def test_equal_marks_share_a_rank_and_leave_a_gap(class_: Build, earner: Build) -> None:
    marks = {"Red Fox": 20.0, "Blue Owl": 30.0, "Calm Elk": 20.0 + 1e-13, "Old Oak": 3.0, "Ash": 30.0}
    (board,) = leaderboard(class_(*(earner(name, mark) for name, mark in marks.items()))).boards
    listed = [(e.rank, e.name) for e in board.entries if not e.is_reference]
    assert listed == [("1", "Ash"), ("1", "Blue Owl"), ("3", "Calm Elk"), ("3", "Red Fox"), ("5", "Old Oak")]


def test_overall_the_tasks_count_that_count_on_every_other_page(class_: Build, earner: Build) -> None:
    result = class_(earner("One", 18.0), earner("Both", 20.0, 24.0))
    found = leaderboard(result)
    assert found.overall
    assert [(e.name, e.mark) for e in found.overall.entries] == [("Both", "44 / 60"), ("One", "18 / 30")]
    assert found.counts and found.counts in render_leaderboard(result) and found.counts in render_class(result)
    alone = class_(earner("Both", 20.0, 24.0))
    assert not leaderboard(alone).counts and "A task counts" not in render_class(alone)


def test_a_fault_of_the_harness_costs_no_rank(
    class_: Build, student: Build, earner: Build, task: Build, criterion: Build
) -> None:
    lost = task(task="digits", title="Digits", criteria=[criterion(earned=None, status=Status.HARNESS_ERROR)])
    unlucky = student("U", pseudonym="Unlucky", tasks=[task(criteria=[criterion(earned=29)]), lost])
    found = leaderboard(class_(earner("Both", 25.0, 25.0), unlucky))
    assert found.overall
    assert [e.name for e in found.overall.entries] == ["Unlucky", "Both"]
    assert found.boards[1].unranked == 1


def test_nobody_can_be_known_by_it(class_: Build, earner: Build, task: Build) -> None:
    students = [earner("Red Fox", 3.0, notes=["A note of mine."]), earner("Blue Owl", 9.0, slug="slug-of-owl")]
    html = render_leaderboard(class_(*students, seeds=[1]))
    assert "Red Fox" in html
    for secret in ("Name of", "name-of", "slug-of-owl", "ab12", "note of mine", "cards/", "index.html", "results"):
        assert secret not in html, secret
    assert not [a for tag, a in Elements(html).found if tag == "a" and not (a.get("href") or "").startswith("#")]


def test_who_has_no_pseudonym_has_no_name_either(class_: Build, student: Build) -> None:
    html = render_leaderboard(class_(student()))
    assert "Ada" not in html
    assert "ada-lovelace" not in html
    assert "(no pseudonym)" in html


def test_hidden_criteria_are_not_on_it_until_they_are_revealed(
    class_: Build, student: Build, task: Build, criterion: Build
) -> None:
    secret = criterion(id="h", text="ZZ secret", hidden=True, measure="zz.acc", earned=0.0, value=0.123)
    result = class_(student(pseudonym="Red Fox", tasks=[task(criteria=[criterion(earned=30), secret])]))
    html = render_leaderboard(result.model_copy(update={"scale": GradingScale(pass_mark=0.4)}))
    for word in ("ZZ", "zz.acc", "0.123", "30 / 60", "50 %"):
        assert word not in html, word
    assert "30 / 30" in words(html)
    shown = render_leaderboard(result.model_copy(update={"revealed": True}))
    assert "zz.acc ZZ secret" in words(shown)
    assert "30 / 60" in words(shown)


def test_what_a_person_decided_is_not_on_it(class_: Build, student: Build, task: Build, criterion: Build) -> None:
    changed = criterion(
        earned=0.0, automatic=22.5, automatic_status=Status.FAILED, override="ZZ copied", comment="ZZ see me"
    )
    essay = criterion(id="essay", text="ZZ essay", manual=True, earned=5.0, measure="", value=None)
    for revealed in (False, True):
        result = class_(student(pseudonym="Fox", tasks=[task(criteria=[changed, essay])]), revealed=revealed)
        html = render_leaderboard(result)
        assert "22.5 / 30" in words(html)
        assert "ZZ" not in html


def test_the_reference_is_a_line_without_a_rank(class_: Build, earner: Build) -> None:
    (board,) = leaderboard(class_(earner("Fox", 3.0))).boards
    *_, last = board.entries
    assert (last.name, last.rank, last.mark, last.values) == ("Reference model", "", "30 / 30", ["0.0198"])


@pytest.mark.parametrize(("pass_mark", "above"), [(0.5, 2), (0.05, 3), (1.0, 1), (0.9, 1)])
def test_the_pass_mark_is_a_line_between_those_above_and_below(
    class_: Build, earner: Build, pass_mark: float, above: int
) -> None:
    students = [earner("Ash", 30.0), earner("Elk", 15.0), earner("Fox", 3.0)]
    result = class_(*students, scale=GradingScale(pass_mark=pass_mark))
    (board,) = leaderboard(result).boards
    assert board.passing == above
    text = words(render_leaderboard(result))
    listed = ["Ash", "Elk", "Fox"]
    listed.insert(above, "Pass mark")
    places = [text.index(name, text.index("Percent")) for name in [*listed, "Reference model"]]
    assert places == sorted(places)


def test_over_several_tasks_the_pass_mark_stands_with_all_of_them(class_: Build, earner: Build) -> None:
    found = leaderboard(class_(earner("One", 30.0), earner("Both", 20.0, 9.0)))
    assert found.overall
    assert found.overall.passing == 1, "30 of 60, one task not handed in, is half; 29 of 60 is not"
    assert [board.passing for board in found.boards] == [None, None]


def test_hostile_pseudonyms_stay_text(class_: Build, earner: Build) -> None:
    html = render_leaderboard(class_(earner(HOSTILE, 3.0), title=HOSTILE))
    found = Elements(html).found
    assert "img" not in [tag for tag, _ in found]
    assert [attrs for tag, attrs in found if tag == "script"] == [{}]
    policy = next(a["content"] for tag, a in found if tag == "meta" and "http-equiv" in a)
    assert re.search(r"script-src 'sha256-[\w+/=]{44}'$", policy or "")


def test_it_lies_beside_the_class_page(class_: Build, earner: Build, tmp_path: Path) -> None:
    write_reports(class_(earner("Red Fox", 3.0)), no_figures, tmp_path)
    assert "Red Fox" in (tmp_path / "leaderboard.html").read_text(encoding="utf-8")
    assert 'href="leaderboard.html"' in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_class_without_marks_has_an_empty_board(class_: Build, student: Build) -> None:
    assert "No submission has a mark." in words(render_leaderboard(class_()))
    assert "No submission has a mark." in words(render_leaderboard(class_(student(tasks=[]))))


def test_a_card_tells_whose_line_is_the_students_own(class_: Build, earner: Build, tmp_path: Path) -> None:
    write_reports(class_(earner("Red Fox", 3.0), earner(HOSTILE, 9.0, slug="x")), no_figures, tmp_path)
    cards = {card.stem: card.read_text(encoding="utf-8") for card in (tmp_path / "cards").glob("*.html")}
    assert "On the leaderboard: Red Fox" in words(cards["name-of-red-fox"])
    assert "Red Fox" not in cards["x"]
    assert "img" not in [tag for tag, _ in Elements(cards["x"]).found]
