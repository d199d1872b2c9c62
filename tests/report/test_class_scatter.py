"""Measure against measure: every dot in its place, whatever names and values are handed in."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from report.reading import HOSTILE, Elements

from harness.report.class_page.axis import axis
from harness.report.class_page.quantities import default_pair, quantities
from harness.report.class_page.scatter import BOTTOM, LEFT, RIGHT, TOP, scatters
from harness.report.pages import render_class

Build = Callable[..., Any]


@pytest.fixture
def work(task: Build, criterion: Build) -> Build:
    """Return a function that makes a task with an error of `x` and, worth more, an accuracy of `y`."""

    def made(x: float | None, y: float | None, **changes: Any) -> Any:
        error = criterion(points=10, value=x, earned=5.0)
        accuracy = criterion(
            id="acc", points=40, measure="conv.acc", better="higher", value=y, target=0.9, floor=0.5, reference=0.95
        )
        light = criterion(id="light", points=1, measure="conv.light", value=1.0)
        return task(criteria=[error, light, accuracy], **changes)

    return made


def test_the_heaviest_criteria_are_the_default_pair(student: Build, work: Build) -> None:
    pair = default_pair(quantities([student(tasks=[work(0.03, 0.8)])]))
    assert pair
    assert [q.label for q in pair] == ["conv.acc", "conv.test_mse"]


def test_a_task_with_one_measure_is_shown_against_the_mark(student: Build, task: Build) -> None:
    (one,) = scatters([student(tasks=[task()])]).tasks
    assert (one.across, one.up) == ("conv.test_mse", "mark, %")


def test_dots_stand_where_their_values_are(student: Build, work: Build) -> None:
    students = [student(f"S {i}", tasks=[work(0.02 + 0.002 * i, 0.5 + 0.04 * i)]) for i in range(10)]
    found = scatters(students)
    data = json.loads(found.data)
    x, y = (data["axes"][place] for place in (found.tasks[0].x, found.tasks[0].y))
    circles = [attrs for tag, attrs in Elements(found.tasks[0].svg).found if tag == "circle"]
    assert len(circles) == 10
    for i, circle in enumerate(circles):
        across = (float(circle["cx"] or "nan") - LEFT) / (RIGHT - LEFT)
        up = (BOTTOM - float(circle["cy"] or "nan")) / (BOTTOM - TOP)
        assert x["low"] + across * (x["high"] - x["low"]) == pytest.approx(0.5 + 0.04 * i, abs=1e-3)
        assert y["low"] + up * (y["high"] - y["low"]) == pytest.approx(0.02 + 0.002 * i, abs=1e-3)


def test_values_that_are_none_or_no_number_have_no_dot_and_break_nothing(student: Build, work: Build) -> None:
    values = [(0.03, 0.8), (None, 0.8), (0.03, math.nan), (math.inf, 0.8), (0.031, 0.81)]
    found = scatters([student(f"S {i}", tasks=[work(x, y)]) for i, (x, y) in enumerate(values)])
    assert (len(found.tasks[0].points), found.tasks[0].missing) == (2, 3)
    json.loads(found.data, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def test_one_training_that_diverged_does_not_press_the_others_into_a_corner(student: Build, work: Build) -> None:
    students = [student(f"S {i}", tasks=[work(0.02 + 0.001 * i, 0.8)]) for i in range(12)]
    students.append(student("Far", tasks=[work(1e9, 0.8)]))
    (one,) = scatters(students).tasks
    assert one.outside == 1
    (mse,) = (q for q in quantities(students) if q.label == "conv.test_mse")
    assert mse.axis.high < 0.1
    assert mse.axis.place(1e9) == 1
    assert '<circle class="out"' in one.svg
    assert "Far: 0.8, 1e+09" in one.svg, "its value is told all the same"


@pytest.mark.parametrize("values", [[], [0.3], [0.3] * 9, [0.0] * 5, [1e-12, 2e-12], [-5.0, 1e12], [-1e300, 1e300]])
def test_every_axis_has_a_length_and_ticks_inside(values: list[float]) -> None:
    made = axis(values, [])
    assert made.low < made.high
    assert 2 <= len(made.ticks) <= 12
    assert all(made.holds(value) for value, _ in made.ticks)
    assert len({label for _, label in made.ticks}) == len(made.ticks)


def test_hostile_names_stay_text_in_pictures_and_in_data(class_: Build, student: Build, work: Build) -> None:
    name = f"</script><!--<script>{HOSTILE}\u2028</svg></title>"
    html = render_class(class_(student(name, slug='x"y', tasks=[work(0.03, 0.8, title=HOSTILE)])))
    data = re.search(r'(?s)<script type="application/json" id="measures-data">(.*?)</script>', html)
    assert data
    assert not set(data[1]) & set("<>&\u2028")
    shown, href = json.loads(data[1])["students"][0]
    assert shown.startswith("</script><!--<script>")
    assert href == "cards/x%22y.html"
    tags = [tag for tag, _ in Elements(html).found]
    assert "img" not in tags
    assert tags.count("script") == 2


def test_hidden_criteria_say_so(student: Build, task: Build, criterion: Build) -> None:
    found = scatters([student(tasks=[task(criteria=[criterion(hidden=True)])])])
    assert (0, "conv.test_mse (hidden)") in found.options[0][1]
