"""The numbers proposed are the ones a course author would compute, lean towards the student and say why."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pytest
from grading.made import made_baseline

from harness.grading import refit as says
from harness.grading.proposal import next_beyond, rounded_to_better, rounded_to_worse, rounding_step, tolerance_factor
from harness.grading.refit import Calibrated, calibrate_rubric
from harness.grading.rubric import Rubric
from harness.task import NaiveAnswer, Task

Load = Callable[[str], Rubric]

PLAIN = [0.950, 0.960, 0.970, 0.955, 0.965, 0.950, 0.960, 0.970, 0.955, 0.965]  # mean 0.96, sd 0.00745
MSE = [0.010, 0.012, 0.014, 0.011, 0.013, 0.010, 0.012, 0.014, 0.011, 0.013]  # mean 0.012, sd 0.00149
GAIN = [0.03, 0.02, 0.04, 0.03, 0.02, 0.04, 0.03, 0.02, 0.04, 0.03]  # mean 0.03, sd 0.00816
DEEP = [p + g for p, g in zip(PLAIN, GAIN, strict=True)]
VALUES = {"plain.test_accuracy": PLAIN, "plain.mse": MSE, "deep.test_accuracy": DEEP}


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many draws it takes is of no interest here."""
    monkeypatch.setattr("harness.grading.calibration.DRAWS", 2_000)
    monkeypatch.setattr("harness.grading.redrawn.DRAWS", 2_000)


@pytest.fixture
def rows(task: Task, rubric_from: Load, good: str) -> Callable[..., dict[str, Calibrated]]:
    """Return a function that calibrates the toy rubric, with changes to its text, task or baseline."""

    def make(
        *changes: tuple[str, str], naive: tuple[NaiveAnswer, ...] = (), profile: str = "quick", **values: Any
    ) -> dict[str, Calibrated]:
        text = good
        for old, new in changes:
            assert text.count(old) == 1
            text = text.replace(old, new)
        used = replace(task, naive=naive)
        measured = VALUES | {name.replace("__", "."): v for name, v in values.items()}
        baseline = made_baseline(task, {k: v for k, v in measured.items() if v is not None})
        return {c.id: c for c in calibrate_rubric(rubric_from(text), used, profile, baseline)}

    return make


Rows = Callable[..., dict[str, Calibrated]]


def test_a_target_is_the_mean_a_tolerance_factor_towards_worse(rows: Rows) -> None:
    found = rows()
    assert list(found) == ["plain-accuracy", "small-error", "deep-beats-plain"], "what a person marks is left out"
    expected = {
        "plain-accuracy": (0.938, 0.85, "reference 0.960, sd 0.0075, ten seeds: mean − 2.91 sd"),
        "small-error": (0.0164, 0.04, "reference 0.0120, sd 0.0015, ten seeds: mean + 2.91 sd"),
        "deep-beats-plain": (0.006, None, "reference 0.030, sd 0.0082, ten seeds: a step, mean − 2.91 sd"),
    }
    for name, (target, floor, origin) in expected.items():
        proposal = found[name].proposal
        assert proposal is not None
        assert (proposal.target, proposal.floor) == (target, floor), name
        assert proposal.origin.startswith(origin)
        assert found[name].proposal_chances and not found[name].note


def test_a_comparison_rests_on_differences_under_one_seed(rows: Rows) -> None:
    row = rows()["deep-beats-plain"]
    assert row.mean == pytest.approx(np.mean(GAIN))
    assert row.sd == pytest.approx(np.std(GAIN, ddof=1)), "not the spread of two separate models"
    assert row.n == 10


def test_a_comparison_of_what_is_better_when_lower_is_an_advantage_too(rows: Rows) -> None:
    change = ("    measure: plain.mse\n", "    measure: deep.mse\n    over: plain.mse\n")
    band = ("quick: {target: 0.02, floor: 0.04}", "quick: {target: 0.002}")
    less = [0.7 * m - 0.001 for m in MSE]
    row = rows(change, band, deep__mse=less)["small-error"]
    gains = np.array(MSE) - less
    assert row.mean == pytest.approx(gains.mean())
    assert row.proposal and row.proposal.target == pytest.approx(gains.mean() - 2.911 * gains.std(ddof=1), abs=1e-4)
    assert "mean − 2.91 sd" in row.proposal.origin


def test_rates_are_of_the_numbers_they_stand_beside(rows: Rows) -> None:
    lenient = rows(("target: 0.95,", "target: 0.9,"))["plain-accuracy"]
    assert lenient.chances and lenient.proposal_chances
    assert lenient.chances.equal_fails.one < 0.001 <= lenient.proposal_chances.equal_fails.one < 0.02
    assert lenient.chances.weaker_2_sd_passes.one > 0.9
    wrong_way = rows(("quick: {target: 0.02,", "quick: {target: 0.001,"))["small-error"]
    assert wrong_way.chances and wrong_way.chances.equal_fails.one > 0.999


LINEAR = NaiveAnswer("plain.test_accuracy", "logistic regression on pixels", "quick", 0.8746, "fitted")
CHANCE = NaiveAnswer("plain.test_accuracy", "chance", "quick", 0.1)


def test_the_floor_is_the_best_answer_without_learning(rows: Rows) -> None:
    elsewhere = NaiveAnswer("plain.test_accuracy", "an oracle", "full", 0.94)
    proposal = rows(naive=(LINEAR, CHANCE, elsewhere))["plain-accuracy"].proposal
    assert proposal and proposal.floor == 0.875, "the answer itself earns nothing"
    assert "; floor: logistic regression on pixels, 0.8746" in proposal.origin


def test_the_floor_is_measured_where_the_baseline_holds_it(rows: Rows) -> None:
    pca = NaiveAnswer("plain.mse", "PCA, 10 components", "quick", value=0.9, measured="pca.mse")
    proposal = rows(naive=(pca,), pca__mse=[0.02656] * 10)["small-error"].proposal
    assert proposal and proposal.floor == 0.0264, "rounded down: lower is better"
    assert "; floor: PCA, 10 components, 0.02656" in proposal.origin


def test_an_advantage_starts_at_nothing_whatever_is_known_of_its_measures(rows: Rows) -> None:
    proposal = rows(naive=(replace(LINEAR, measure="deep.test_accuracy"),))["deep-beats-plain"].proposal
    assert proposal and proposal.floor is None and proposal.naive == 0.875, "but either side has to be that good"


def test_a_slope_is_two_sd_wide_or_it_is_a_step(rows: Rows) -> None:
    near = rows(naive=(replace(LINEAR, value=0.9285),))["plain-accuracy"].proposal
    assert near and (near.floor, near.target, near.step) == (0.929, 0.944, False)
    assert "2 sd beyond the floor" in near.origin
    step = rows(naive=(replace(LINEAR, value=0.94),))["plain-accuracy"].proposal
    assert step and (step.floor, step.target, step.step) == (None, 0.941, True)
    assert "ten seeds: a step, any gain; floor: logistic regression on pixels, 0.94" in step.origin


def test_where_not_even_a_step_is_fair_nothing_is_proposed(rows: Rows) -> None:
    row = rows(deep__test_accuracy=PLAIN[::-1])["deep-beats-plain"]
    assert row.proposal is None and row.note == says.TOO_NOISY
    assert row.chances and row.chances.equal_fails.one > 0.5, "but it is shown how bad the present target is"
    level = rows(naive=(replace(LINEAR, value=0.99),))["plain-accuracy"]
    assert level.note.startswith(says.TOO_NOISY) and "no better than what needs no learning, 0.99" in level.note


@pytest.mark.parametrize(("n", "factor"), [(2, 26.260), (5, 4.203), (10, 2.911), (20, 2.396)])
def test_the_tolerance_factor_is_the_one_in_the_tables(n: int, factor: float) -> None:
    """Natrella 1963, table A-7: 95 % of the distribution with a confidence of 95 %, one side."""
    assert tolerance_factor(n) == pytest.approx(factor, abs=0.001)


def test_processors_are_taken_off_as_a_share_of_the_value(rows: Rows) -> None:
    plain = rows()["plain-accuracy"].proposal
    other = rows(("id: plain-accuracy\n", "id: plain-accuracy\n    processors: 0.01\n"))["plain-accuracy"].proposal
    assert plain and other and plain.target - other.target == pytest.approx(0.01, abs=0.0011)
    assert "and 0.0096 for processors" in other.origin


def test_a_number_chosen_by_hand_is_never_made_stricter(task: Task, rubric_from: Load, good: str) -> None:
    baseline = made_baseline(task, VALUES)

    def refitted(band: str) -> Calibrated:
        text = good.replace("target: 0.95, floor: 0.85", band)
        return calibrate_rubric(rubric_from(text), task, "quick", baseline, refit=True)[0]

    lenient, strict = (
        refitted("target: 0.9, floor: 0.85, frozen: true"),
        refitted("target: 0.95, floor: 0.85, frozen: true"),
    )
    assert lenient.proposal and (lenient.proposal.target, lenient.proposal.floor) == (0.9, 0.85)
    assert strict.proposal and strict.proposal.target == 0.938
    narrow = refitted("target: 0.86, floor: 0.85, frozen: true")
    assert narrow.proposal and narrow.proposal.target == 0.865, "two sd wide"


def test_a_frozen_floor_is_raised_to_an_answer_without_learning(rows: Rows) -> None:
    row = rows(("floor: 0.85,", "floor: 0.85, frozen: true,"), naive=(LINEAR,))["plain-accuracy"]
    assert row.proposal and (row.proposal.target, row.proposal.floor) == (0.95, 0.875)


def test_what_a_frozen_origin_quotes_is_kept_true(rows: Rows) -> None:
    said = "reference 0.900, sd 0.1, least 0.8, five seeds, which does more; mean − 2 sd is 0.7; by hand"
    row = rows(
        ("floor: 0.85,", "floor: 0.85, frozen: true,"), ("origin: mean - 2 sd of ten seeds", f'origin: "{said}"')
    )["plain-accuracy"]
    fresh = "reference 0.960, sd 0.0075, least 0.9, ten seeds, which does more; mean − 2 sd is 0.9; by hand"
    assert row.proposal and row.proposal.origin == fresh.replace("least 0.9,", "least 0.9,")


@pytest.mark.parametrize(
    ("changes", "values", "note"),
    [
        ((), {"plain__test_accuracy": None, "deep__test_accuracy": None}, says.NO_BASELINE),
        ((), {"plain__test_accuracy": [0.96] * 10, "deep__test_accuracy": None}, says.CONSTANT),
        ((("floor: 0.85,", "floor: 0.85, frozen: true,"),), {}, says.FROZEN),
    ],
)
def test_what_stays_as_written_says_why(rows: Rows, changes: Any, values: Any, note: str) -> None:
    row = rows(*changes, **values)["plain-accuracy"]
    assert (row.proposal, row.note) == (None, note)
    assert (row.target, row.floor) == (0.95, 0.85)


def test_a_frozen_target_still_shows_its_rates(rows: Rows) -> None:
    assert rows(("floor: 0.85,", "floor: 0.85, frozen: true,"))["plain-accuracy"].chances is not None


def test_one_side_of_a_comparison_is_no_baseline(rows: Rows) -> None:
    assert rows(deep__test_accuracy=None)["deep-beats-plain"].note == says.NO_BASELINE


def test_one_seed_proposes_nothing(task: Task, rubric_from: Load, good: str) -> None:
    baseline = made_baseline(task, {name: v[:1] for name, v in VALUES.items()})
    for row in calibrate_rubric(rubric_from(good), task, "quick", baseline):
        assert (row.proposal, row.chances, row.sd, row.n, row.note) == (None, None, None, 1, says.ONE_SEED)


def test_no_baseline_at_all_lists_the_criteria_of_the_profile(task: Task, rubric_from: Load, good: str) -> None:
    found = calibrate_rubric(rubric_from(good), task, "full", None)
    assert [(c.id, c.note) for c in found] == [("plain-accuracy", says.NO_BASELINE)]


@pytest.mark.parametrize(
    ("present", "kept"),
    [
        ("reference 0.9, sd 0.1; logistic regression 0.875", ""),
        ("reference 0.9, sd 0.1, least 0.8; Floor: chance; A 0.98, C 0.97", "; A 0.98, C 0.97"),
        ("chosen in the staff meeting", "; chosen in the staff meeting"),
        ("the reference reaches 0.9 so far ;; course report A;", "; course report A"),
        ("", ""),
    ],
)
def test_an_origin_keeps_what_it_says_about_other_things(rows: Rows, present: str, kept: str) -> None:
    row = rows(("origin: mean - 2 sd of ten seeds", f'origin: "{present}"'), naive=(LINEAR,))["plain-accuracy"]
    start = "reference 0.960, sd 0.0075, ten seeds: mean − 2.91 sd; floor: logistic regression on pixels, 0.8746"
    assert row.proposal and row.proposal.origin == start + kept


def test_the_present_floor_keeps_its_origin(rows: Rows) -> None:
    row = rows(("origin: mean - 2 sd of ten seeds", 'origin: "reference 1; logistic regression 0.85"'))
    proposal = row["plain-accuracy"].proposal
    assert proposal and proposal.origin.endswith("mean − 2.91 sd; logistic regression 0.85")


@pytest.mark.parametrize(
    ("sd", "step"),
    [
        (0.008, "0.001"),
        (0.00044, "0.00005"),
        (0.0155, "0.002"),
        (0.01, "0.001"),
        (10, "1"),
        (300, "20"),
        (95, "10"),
        (1e-9, "1e-10"),
    ],
)
def test_numbers_are_rounded_to_about_a_tenth_of_the_sd(sd: float, step: str) -> None:
    assert rounding_step(sd) == Decimal(step)


@pytest.mark.parametrize("sd", np.geomspace(1e-6, 1e3, 50))
def test_rounding_never_costs_more_than_a_sixth_of_the_sd(sd: float) -> None:
    assert float(rounding_step(sd)) / sd == pytest.approx(0.1, rel=0.6)


@pytest.mark.parametrize(
    ("value", "step", "better", "rounded"),
    [
        (0.92681, "0.001", "higher", 0.926),
        (0.92681, "0.001", "lower", 0.927),
        (0.01403, "0.00005", "lower", 0.01405),
        (-0.0034, "0.001", "higher", -0.004),
        (0.3, "0.1", "higher", 0.3),
        (0.1 + 0.2, "0.1", "lower", 0.3),  # 0.30000000000000004 is 0.3
        (0.7, "0.1", "higher", 0.7),  # 0.7 / 0.1 is 6.999999999999999
        (468.2, "5", "higher", 465.0),
    ],
)
def test_rounding_favours_the_student(
    value: float, step: str, better: Literal["higher", "lower"], rounded: float
) -> None:
    assert rounded_to_worse(value, Decimal(step), better) == rounded
    assert rounded_to_worse(rounded, Decimal(step), better) == rounded
    assert better != "higher" or rounded_to_better(value, Decimal(step), better) >= value - 1e-12


def test_a_step_lies_beyond_what_needs_no_learning() -> None:
    assert next_beyond(0.0, Decimal("0.0005"), "higher") == 0.0005
    assert next_beyond(0.8746, Decimal("0.001"), "higher") == 0.876
    assert next_beyond(0.0266, Decimal("0.0001"), "lower") == 0.0265
