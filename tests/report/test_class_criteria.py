"""Which criterion separated the class: the statistics against pandas and SciPy, and what is said with few students."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from harness.grading.item_rest import ItemRest, item_rest
from harness.grading.results import ClassResult
from harness.records.models import Status
from harness.report.class_page.criteria_table import CriteriaTable, criteria_table
from harness.report.class_page.spread import spread
from harness.report.words.marks import PARTLY, PASSED

Build = Callable[..., Any]
POINTS = {"a": 30.0, "b": 10.0, "c": 20.0, "d": 5.0}


def shares(n: int, seed: int = 4) -> pd.DataFrame:
    """Return shares of four criteria: a and c go with ability, b does not, d is earned by all."""
    draw = np.random.default_rng(seed)
    ability = draw.normal(0.5, 0.25, n)
    frame = pd.DataFrame({"a": ability + draw.normal(0, 0.1, n), "b": draw.uniform(0, 1, n), "c": ability + 0.1})
    return frame.clip(0, 1).assign(d=1.0)


@pytest.fixture
def graded(class_: Build, student: Build, task: Build, criterion: Build) -> Callable[[pd.DataFrame], ClassResult]:
    """Return a function that makes a class of one task from a table of shares; NaN is a student error."""

    def made(frame: pd.DataFrame) -> ClassResult:
        return class_(*(student(f"S {i}", tasks=[work(row)]) for i, row in frame.iterrows()))

    def work(row: "pd.Series[float]") -> Any:
        return task(criteria=[one(name, row[name]) for name in row.index])

    def one(name: str, share: float) -> Any:
        if math.isnan(share):
            return criterion(
                id=name, text=name, points=POINTS[name], earned=0.0, status=Status.STUDENT_ERROR, value=None
            )
        status = Status.PASSED if share == 1 else Status.FAILED
        return criterion(id=name, text=name, points=POINTS[name], earned=POINTS[name] * share, status=status)

    return made


def table(result: ClassResult) -> CriteriaTable:
    return criteria_table(result.students)


def test_the_correlation_is_that_of_pandas_without_the_item_in_the_total(graded: Callable[..., ClassResult]) -> None:
    frame = shares(57)
    rows = {row.text: row for row in table(graded(frame)).rows}
    earned = frame * pd.Series(POINTS)
    for name in ("a", "b", "c"):
        rest = earned.drop(columns=name).sum(axis=1)
        assert rows[name].value == pytest.approx(frame[name].corr(rest), abs=1e-12)
        assert rows[name].over == 57
    assert rows["d"].value is None


@pytest.mark.parametrize("n", [4, 12, 200])
def test_the_interval_is_that_of_scipy(n: int) -> None:
    frame = shares(n)
    found = item_rest(frame["a"].tolist(), frame["c"].tolist())
    expected = stats.pearsonr(frame["a"], frame["c"])
    assert found.r == pytest.approx(expected.statistic, abs=1e-12)
    assert found.interval == pytest.approx(tuple(expected.confidence_interval(0.95)), abs=1e-9)


@pytest.mark.parametrize(
    ("item", "rest"),
    [
        ([], []),
        ([0.5], [0.2]),
        ([0.5, 1.0], [0.2, 0.4]),
        ([1.0] * 9, [i / 9 for i in range(9)]),
        ([0.1, 0.9] * 5, [1.0] * 10),
    ],
)
def test_too_few_or_constant_shares_have_no_correlation(item: list[float], rest: list[float]) -> None:
    assert item_rest(item, rest) == ItemRest(None, len(item), None)


def test_perfect_agreement_is_no_error() -> None:
    assert item_rest([0.0, 0.5, 1.0, 0.25], [0.0, 0.5, 1.0, 0.25]).r == pytest.approx(1)


def test_sides_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="received 1 and 2"):
        item_rest([0.1, 0.2], [0.1])


def test_it_says_what_separated_the_class_and_what_nobody_and_everybody_passed(
    graded: Callable[..., ClassResult],
) -> None:
    frame = shares(40).assign(b=lambda f: f["b"] * 0.9)
    notes = table(graded(frame)).notes
    best = max("ac", key=lambda name: table(graded(frame)).rows["abcd".index(name)].value or 0)
    assert notes[0].startswith(f"What separated the class most: “{best}”; r = 0.")
    assert notes[1:] == ["Nobody reached the target: “b”.", "Everybody reached the target: “d”."]


def test_nothing_is_claimed_about_a_class_of_nine(graded: Callable[..., ClassResult]) -> None:
    assert table(graded(shares(9))).notes[0].startswith("Fewer than 10 submissions were measured")


def test_chance_separates_nothing(graded: Callable[..., ClassResult]) -> None:
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({name: draw.uniform(0, 0.9, 30) for name in "ab"})
    assert table(graded(frame)).notes[0] == "No criterion separated the class by more than chance would."


def test_a_fault_that_stopped_everything_does_not_make_all_criteria_separate(
    graded: Callable[..., ClassResult],
) -> None:
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({name: draw.uniform(0, 0.9, 30) for name in "ab"})
    stopped = pd.concat([frame, pd.DataFrame({"a": [math.nan] * 15, "b": [math.nan] * 15})], ignore_index=True)
    with_faults, without = table(graded(stopped)), table(graded(frame))
    assert [row.value for row in with_faults.rows] == [row.value for row in without.rows]
    assert with_faults.rows[0].share < without.rows[0].share, "but their marks count in the mean"


def test_tasks_of_a_student_count_together(class_: Build, student: Build, task: Build, criterion: Build) -> None:
    """With one criterion a task, everything else is the other task."""
    frame = shares(20)
    students = [
        student(
            f"S {i}",
            tasks=[
                task(criteria=[criterion(points=10, earned=10 * row["a"])]),
                task(task="digits", title="Digits", criteria=[criterion(points=10, earned=10 * row["c"])]),
            ],
        )
        for i, row in frame.iterrows()
    ]
    assert [row.value for row in table(class_(*students)).rows] == pytest.approx([frame["a"].corr(frame["c"])] * 2)


@pytest.mark.parametrize("n", [1, 2, 3, 50])
def test_quartiles_are_those_of_numpy(n: int) -> None:
    values = np.random.default_rng(n).uniform(0, 1, n)
    found = spread("T", [*values, None], [PASSED] * n + [PARTLY])
    assert float(found.median.split()[0]) == pytest.approx(100 * np.median(values), abs=0.051)
    if n > 3:
        low, high = (float(part.split()[0]) for part in found.middle.split(" to "))
        assert [low, high] == pytest.approx(list(100 * np.quantile(values, [0.25, 0.75])), abs=0.051)
    counts, _ = np.histogram(values, bins=10, range=(0, 1))
    assert [b.n for b in found.bins] == counts.tolist()
    assert (found.n, found.unmarked) == (n, 1)
    assert [(part.outcome, part.n) for part in found.parts] == [(PASSED, n), (PARTLY, 1)]
