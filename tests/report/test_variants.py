"""Variants side by side, what they took beside the reference, and the command that measures them again."""

from collections.abc import Callable
from typing import Any

from harness.grading.results import ReferenceRun
from harness.records.models import GIVEN, Usage
from harness.report.card_page.card import ClassFacts, card_view
from harness.report.card_page.reproduce import check_command
from harness.report.card_page.variants import compared, resources
from harness.scoring.score import Score

Build = Callable[..., Any]


def mse(value: float) -> dict[str, Score]:
    return {"test_mse": Score(value=value, signature="mse|v1")}


def test_every_measure_of_a_criterion_is_compared_over_the_variants_that_have_it(
    task: Build, measurement: Build
) -> None:
    runs = [
        measurement(variant=v, seed=s, measures=mse(x + s / 100))
        for v, x in (("conv", 0.1), ("dense", 0.2))
        for s in (1, 2, 3)
    ]
    references = {"conv": ReferenceRun(measures={"test_mse": 0.05})}
    (found,) = compared(task(measurements=runs), references)
    assert (found.measure, found.direction) == ("Test MSE", "lower is better")
    conv, dense = found.rows
    assert (conv.variant, conv.value, conv.reference) == ("conv", "0.12", "0.05")
    assert (dense.value, dense.reference) == ("0.22", "–")
    assert conv.strip and dense.strip and conv.strip.median and dense.strip.median
    assert conv.strip.median.at > dense.strip.median.at, "lower is better, and better is right"


def test_one_variant_alone_is_not_compared(task: Build, measurement: Build) -> None:
    assert compared(task(measurements=[measurement()]), {}) == []


def test_the_reference_gives_no_hidden_measure_away(
    student: Build, task: Build, criterion: Build, measurement: Build
) -> None:
    both = {**mse(0.1), "secret": Score(value=0.7, signature="secret|v1")}
    runs = [measurement(variant=v, measures=both) for v in ("conv", "dense")]
    hidden = criterion(id="h", measure="conv.secret", hidden=True, text="A hidden one.")
    also = criterion(id="d", measure="dense.secret", hidden=False, better="higher")
    references = {
        "autoencoder": {v: ReferenceRun(measures={"test_mse": 0.05, "secret": 0.912}) for v in ("conv", "dense")}
    }
    work = student(tasks=[task(criteria=[criterion(), hidden, also], measurements=runs)])
    (seen,) = card_view(work, False, {}, ClassFacts("", references=references)).tasks
    rows = [(c.measure, row.variant, row.reference) for c in seen.compared for row in c.rows]
    assert ("Secret", "conv", "0.912") not in rows
    (shown,) = card_view(work, True, {}, ClassFacts("", references=references)).tasks
    assert ("Secret", "conv", "0.912") in [
        (c.measure, row.variant, row.reference) for c in shown.compared for row in c.rows
    ]


def test_resources_are_medians_over_seeds_beside_the_reference(task: Build, measurement: Build) -> None:
    runs = [
        measurement(
            seed=s,
            usage={
                "train": Usage(wall_s=9, cpu_s=9, peak_memory_mb=m, fit_s=f),
                "predict": Usage(wall_s=9, cpu_s=f / 2, peak_memory_mb=m, predicts=True),
            },
        )
        for s, m, f in ((1, 800, 5.0), (2, 900, 7.0), (3, 1000, 60.0))
    ]
    (row,) = resources(
        task(measurements=runs), {"conv": ReferenceRun(parameters=30_000, fit_s=4.0, predict_s=1.5, peak_memory_mb=790)}
    )
    assert (row.parameters, row.parameters_there) == ("28,353", "30,000")
    assert (row.fit, row.fit_there) == ("7.0", "4.0")
    assert (row.predict, row.predict_there) == ("3.5", "1.5")
    assert (row.memory, row.memory_there) == ("900", "790")


def test_the_command_asks_for_the_seeds_that_ran(task: Build, measurement: Build) -> None:
    given = measurement(variant="pca", source=GIVEN, seed=9)
    same = [measurement(variant=v, seed=s) for v in ("conv", "dense") for s in (1, 2, 3)]
    assert check_command(task(measurements=[*same, given])) == (
        "harness check --task autoencoder --profile quick --seeds 3"
    )
    odd = [measurement(seed=s) for s in (3, 5)]
    assert check_command(task(measurements=odd)).endswith("--seeds 3,5")
    assert check_command(task(measurements=same[:-1])).endswith("--seeds auto")
    assert check_command(task(measurements=[])) == ""


def test_a_unit_stands_once_above_its_numbers_and_what_is_only_compared_with_is_no_table(
    task: Build, measurement: Build, criterion: Build
) -> None:
    measures = {
        "test_rmse": Score(value=48.07, signature="rmse|v1"),
        "last": Score(value=50, signature="l"),
    }
    runs = [measurement(variant=v, measures=measures) for v in ("window_1", "window_3")]
    asked = criterion(measure="window_1.test_rmse", over="window_1.last", unit="passengers")
    (found,) = compared(task(measurements=runs, criteria=[asked]), {})
    assert found.measure == "Test RMSE (passengers)"
    assert [row.value for row in found.rows] == ["48.07", "48.07"]
