"""A card says what happened, and shows hostile text as text."""

import csv
import io
from collections.abc import Callable
from itertools import pairwise
from typing import Any, get_args

import pytest
from report.cards import Page, card
from rich.console import Console

from harness.grading.scale import GradingScale
from harness.records.models import GIVEN, Fault, Status
from harness.report.card_page.card import ClassFacts
from harness.report.card_page.criteria import way_percent
from harness.report.drawing.figures import DrawnFigure
from harness.report.grades import grades_csv
from harness.report.pages import render_card, render_class
from harness.scoring.score import Score
from harness.terminal.class_table import class_table

Build = Callable[..., Any]
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">"\'>&amp;\u202egpj.exe\x1b[31m\x00'


def test_a_card_shows_each_number_a_student_may_ask_for(student: Build) -> None:
    text = Page(card(student())).text
    for expected in (
        "Ada Lovelace",
        "22.5 / 30 points",
        "22.5 of 30 points",
        "◐ partly",
        "conv.test_mse, lower is better",
        "0.027, the median of 3 seeds: 0.026, 0.027, 0.028",
        "Target at most 0.021",
        "no points at 0.045 or worse",
        "Reference model 0.0198",
        "The error of 0.027 lies between the floor and the target.",
        "Hint: Train for more epochs.",
        "0.027 ± 0.0004",
        "28,353",
        "812",
        "autoencoder, version 1",
        "a subset: 10,000 of 50,000 training examples",
        "all 10,000 test examples",
        "5e" * 32,
        "keras 3.10.0, tensorflow 2.18.0",
        "processes and limits",
        "same bits on the same machine",
        "mse|split:test|v1",
        "harness 9.9.9",
    ):
        assert expected in text, expected


def test_what_the_harness_computes_has_no_source_of_the_student_s(
    student: Build, task: Build, measurement: Build
) -> None:
    both = [measurement(), measurement(variant="pca", source=GIVEN)]
    assert "Source fingerprint ab12 Signatures" in Page(card(student(tasks=[task(measurements=both)]))).text


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"status": Status.PASSED, "earned": 30}, "reached"),
        ({"earned": 5}, "partly"),
        ({"earned": 0}, "missed"),
        ({"status": Status.STUDENT_ERROR, "earned": 0}, "student error"),
        ({"status": Status.HARNESS_ERROR, "earned": None}, "harness error"),
        ({"status": Status.NOT_RUN, "earned": None, "value": None}, "not run"),
        ({"status": Status.NOT_RUN, "earned": None, "manual": True}, "to be marked by hand"),
        ({"status": Status.NOT_RUN, "earned": 30, "manual": True}, "reached"),
    ],
)
def test_every_outcome_has_its_word(
    changes: dict[str, Any], word: str, student: Build, task: Build, criterion: Build
) -> None:
    html = card(student(tasks=[task(criteria=[criterion(**changes)])]))
    li = html[html.index('<ol class="criteria">') :]
    assert f"</span> {word}</span>" in li[: li.index("</li>")]


@pytest.mark.parametrize(
    ("changes", "percent"),
    [
        ({}, 75),
        ({"value": 0.01}, 100),
        ({"value": 0.5}, 0),
        ({"value": float("nan")}, 0),
        ({"value": float("inf")}, 0),
        ({"value": None}, None),
        ({"floor": None}, None),
        ({"value": 0.9, "floor": 0.5, "target": 0.9, "better": "higher"}, 100),
        ({"value": 0.6, "floor": 0.5, "target": 0.9, "better": "higher"}, 25),
    ],
)
def test_the_bar_runs_from_floor_to_target_in_either_direction(
    changes: dict[str, Any], percent: int | None, criterion: Build
) -> None:
    assert way_percent(criterion(**changes)) == percent


def test_a_comparison_is_an_advantage_whatever_the_direction(student: Build, task: Build, criterion: Build) -> None:
    compared = criterion(over="pca.test_mse", better="lower", target=0.03, floor=None)
    text = Page(card(student(tasks=[task(criteria=[compared])]))).text
    assert "advantage of conv.test_mse over pca.test_mse" in text
    assert "Target at least 0.03" in text


def test_values_that_are_missing_or_not_numbers_are_said_in_words(
    student: Build, task: Build, criterion: Build, measurement: Build
) -> None:
    nan = float("nan")
    worst = criterion(value=nan, values=[nan, 0.1], earned=0, reference=None, floor=None, target=None)
    none = criterion(value=None, values=[nan], earned=0)
    some = criterion(value=None, values=[nan, nan, 0.3], earned=0)
    value = Score(value=nan, signature="s")
    run = measurement(measures={"test_mse": value}, parameters=None, usage={})
    html = card(student(tasks=[task(criteria=[worst, none, some], measurements=[run])]))
    text = Page(html).text
    assert "not a number, the median of 2 seeds: no value, 0.1" in text
    assert "Measured not measured" in text
    assert "no median; seeds: no value, no value, 0.3" in text
    assert "None" not in text
    assert "nan" not in html


def _everywhere(student: Build, task: Build, criterion: Build, measurement: Build, finding: Build, fault: Build) -> Any:
    bad = {"text": HOSTILE, "reason": HOSTILE, "hint": HOSTILE, "unit": HOSTILE, "measure": HOSTILE}
    run = measurement(
        variant=HOSTILE,
        fault=fault(message=HOSTILE, step=HOSTILE),
        measures={HOSTILE: Score(value=1.0, signature=HOSTILE)},
    )
    work = task(
        title=HOSTILE,
        criteria=[criterion(**bad)],
        measurements=[run, measurement(not_run=HOSTILE)],
        findings=[finding(variant=HOSTILE, title=HOSTILE, evidence=HOSTILE, next_step=HOSTILE)],
        fault=fault(message=HOSTILE),
    )
    intake = fault(kind="intake", message=HOSTILE)
    return student(HOSTILE, slug="x", fault=intake, notes=[HOSTILE], tasks=[work])


def test_hostile_text_stays_text_everywhere(
    student: Build, task: Build, criterion: Build, measurement: Build, finding: Build, fault: Build
) -> None:
    hostile = _everywhere(student, task, criterion, measurement, finding, fault)
    picture = DrawnFigure(title=HOSTILE, text=HOSTILE, svg="<svg></svg>")
    html = card(hostile, figures={"autoencoder": [picture]})
    page = Page(html)
    assert not page.tags("script")
    assert not page.tags("img")
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
    assert page.text.count("<script>alert(1)</script>") >= 15
    assert "&amp;amp;" in html  # escaped once more, not interpreted
    assert not {"\u202e", "\x1b", "\x00"} & set(html)


def test_the_policy_allows_nothing_but_styles_and_inline_pictures(student: Build) -> None:
    metas = Page(card(student())).tags("meta")
    policy = next(m["content"] for m in metas if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "img-src data:" in policy
    assert "script-src" not in policy


def test_headings_descend_one_level_at_a_time_and_tables_have_headers(
    student: Build, task: Build, finding: Build
) -> None:
    page = Page(card(student(tasks=[task(findings=[finding()])], notes=["A note."])))
    levels = [int(tag[1]) for tag, _ in page.elements if tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert page.tags("html") == [{"lang": "en"}]
    assert all(attrs.get("scope") in {"row", "col", "colgroup"} for attrs in page.tags("th"))
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert [a["href"] for a in page.tags("a")] == ["#main", "#c-1-1"]
    assert {"main", "c-1-1"} <= set(ids)  # a card handed to a student leads nowhere else


def test_points_for_a_person_are_named_and_not_summed(student: Build, task: Build, criterion: Build) -> None:
    manual = criterion(manual=True, earned=None, points=20, measure="", reason="", hint="")
    text = Page(card(student(tasks=[task(criteria=[criterion(), manual])]))).text
    assert "22.5 / 30 points" in text
    assert "20 points are still to be marked by a person." in text
    assert "worth 20 points" in text


def test_a_submission_that_could_not_be_read(student: Build, fault: Build) -> None:
    broken = fault(kind="intake", step="", message="Expected a notebook, received an empty archive.")
    page = Page(card(student(fault=broken, tasks=[], notes=["One file was skipped."])))
    assert "The submission could not be graded." in page.text
    assert "Your submission stopped here (intake): Expected a notebook, received an empty archive." in page.text
    assert "One file was skipped." in page.text
    assert "0 / 0" not in page.text


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("harness", "The grader had a fault (train): It did not start. This is not your mistake; it costs no marks"),
        ("lost", "(train): It did not start. Whether your code or the machines were the reason is not known; it costs"),
        ("intake", "What you handed in could not be read (train): It did not start. This costs no marks, and it is"),
    ],
)
def test_a_fault_of_the_harness_costs_nothing_and_says_only_what_is_known(
    student: Build, task: Build, criterion: Build, fault: Build, kind: str, said: str
) -> None:
    broken = fault(owner="harness", kind=kind, step="train", message="It did not start")
    undecided = criterion(status=Status.HARNESS_ERROR, earned=None)
    work = task(criteria=[undecided], status=Status.HARNESS_ERROR, fault=broken)
    text = Page(card(student(tasks=[work]))).text
    assert "no points decided yet" in text
    assert said in text
    assert ("not your mistake" in text) == (kind == "harness"), "what ends every machine may well be the student's"
    assert "Not all of this task could be measured, which costs no marks; the next run tries it again." in text


def test_two_tasks_each_have_a_mark_and_the_header_has_the_sum(student: Build, task: Build, criterion: Build) -> None:
    other = task(
        task="digits",
        title="Digits",
        status=Status.PASSED,
        criteria=[criterion(status=Status.PASSED, earned=30)],
    )
    picture = DrawnFigure("Confusion", "Counts.", "<svg><title>only digits</title></svg>")
    html = card(student(tasks=[task(), other]), figures={"digits": [picture]})
    text = Page(html).text
    assert "52.5 / 60 points" in text
    assert "1 of 2 tasks reached every target." in text
    assert "22.5 / 30 points" in text
    assert "30 / 30 points" in text
    assert html.index("only digits") > html.index(">Digits<")


def test_the_next_step_is_about_what_cost_most(student: Build, task: Build, criterion: Build, finding: Build) -> None:
    small = criterion(id="a", points=10, earned=9, hint="Small thing")
    large = criterion(id="b", points=10, earned=1, measure="dense.test_mse", hint="Large thing")
    assert "Try next: Large thing." in Page(card(student(tasks=[task(criteria=[small, large])]))).text
    found = finding(variant="dense", next_step="Scale the inputs.")
    text = Page(card(student(tasks=[task(criteria=[small, large], findings=[found])]))).text
    assert "Try next: Scale the inputs." in text
    meant = found.model_copy(update={"expected": True})
    text = Page(card(student(tasks=[task(criteria=[small, large], findings=[meant])]))).text
    assert "Try next: Large thing." in text, "what is expected asks for nothing"


@pytest.mark.parametrize(
    ("name", "shown"), [("", "slug-1"), (" \n\t ", "slug-1"), ("a\nb", "a b"), ("x" * 300, "x" * 99 + "…")]
)
def test_names_that_are_empty_broken_or_long(name: str, shown: str, student: Build) -> None:
    assert f"<h1><bdi>{shown}</bdi></h1>" in card(student(name, slug="slug-1"))


def test_different_devices_are_both_named(student: Build, task: Build, measurement: Build) -> None:
    moved = measurement(seed=1, provenance=measurement().provenance.model_copy(update={"device": "GPU"}))
    html = card(student(tasks=[task(measurements=[measurement(), moved])]))
    assert "<dt>Device</dt><dd>CPU</dd><dd>GPU</dd>" in html


def test_after_an_error_the_next_step_is_to_mend_it(student: Build, task: Build, criterion: Build) -> None:
    stopped = criterion(status=Status.STUDENT_ERROR, points=30, earned=0.0, reason="End the decoder with a sigmoid.")
    weak = criterion(id="b", points=10, earned=1, hint="Large thing")
    page = card(student(tasks=[task(criteria=[stopped, weak])]))
    assert "Try next: End the decoder with a sigmoid." in Page(page).text


@pytest.mark.parametrize("limit", get_args(Fault.model_fields["limit"].annotation))
def test_a_card_names_every_limit_there_is(student: Build, task: Build, fault: Build, limit: str) -> None:
    work = student(tasks=[task(fault=fault(kind="limit", limit=limit, message="It took too much"))])
    assert "It took too much." in card(work)


def test_what_a_person_said_stands_beside_the_mark(student: Build, task: Build, criterion: Build) -> None:
    said = criterion(manual=True, earned=12, comment="Well argued,\n<b>but</b> no figure.", hint="")
    page = card(student(tasks=[task(criteria=[said])]))
    assert "Well argued,\n&lt;b&gt;but&lt;/b&gt; no figure." in page
    assert "12 of 30 points" in page


def test_a_card_says_whether_it_is_passed_by_which_mark_and_which_grade(
    student: Build, task: Build, criterion: Build, class_: Build
) -> None:
    scale = GradingScale(pass_mark=0.4, grades={"<b>1</b>": 0.9, "2": 0.7})
    (ada,) = class_(student(), scale=scale).students
    text = Page(render_card(ada, ClassFacts("C", scale=scale), revealed=True, figures={})).text
    assert "✓ passed grade 2 0 of 1 criterion reached its target, 1 more came part of the way." in text
    assert "The pass mark is 40 %." in text
    (best,) = class_(student(tasks=[task(criteria=[criterion(earned=30)])]), scale=scale).students
    html = render_card(best, ClassFacts("C", scale=scale), revealed=True, figures={})
    assert "&lt;b&gt;1&lt;/b&gt;" in html and "<b>1" not in html


def test_what_a_card_hides_is_open_on_it_whatever_it_came_to(student: Build, task: Build, criterion: Build) -> None:
    seen, lost = criterion(earned=30, status=Status.PASSED), criterion(id="h", hidden=True, points=40, earned=0.0)
    ada = student(tasks=[task(criteria=[seen, lost])])
    assert ada.passed is False, "30 of 70"
    text = Page(card(ada)).text
    assert "○ open" in text and "not passed" not in text
    assert "The pass mark is 50 %; whether it is reached depends on points still open." in text
    assert "✗ not passed" in Page(card(ada, revealed=True)).text
    sure = student(tasks=[task(criteria=[seen, criterion(id="h", hidden=True, points=5, earned=0.0)])])
    assert "✓ passed" in Page(card(sure)).text, "30 of 35 at worst"


@pytest.mark.parametrize(
    ("owner", "result", "word"),
    [("harness", "○ open", "⚠ harness error"), ("student", "✗ not passed", "! student error")],
)
def test_a_fault_at_intake_is_the_same_on_card_class_page_table_and_in_the_terminal(
    owner: str, result: str, word: str, student: Build, fault: Build, class_: Build
) -> None:
    graded = class_(student(fault=fault(owner=owner, kind="intake", step=""), tasks=[]))
    (ada,) = graded.students
    assert f"{result} {word}" in Page(card(ada)).text
    page = Page(render_class(graded)).text
    assert result in page and word.split(" ", 1)[1] in page
    status, passed, _, _ = next(reversed(list(csv.reader(io.StringIO(grades_csv(graded))))))[-4:]
    assert (status, passed) == (f"{owner} error", "open" if owner == "harness" else "no")
    row = class_table(graded)
    file = io.StringIO()
    Console(file=file, width=80).print(row)
    assert f"{result[2:]}" in file.getvalue() and f"{owner} error: " in file.getvalue()
