"""How often whole rubrics are unfair: against what one criterion does, what is known exactly, and what must hold."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from grading.invented import baseline
from scipy import stats

from harness.grading.baselines import Baseline
from harness.grading.calibration import chances
from harness.grading.fairness import Fairness, fairness, of_course
from harness.grading.redrawn import shared_part
from harness.grading.rubric_model import Band, Criterion, Rubric
from harness.tasks import find

TASK = find("autoencoder")
QUANTILES = stats.norm.ppf((np.arange(10) + 0.5) / 10)
NORMAL = list(0.9 + 0.01 * QUANTILES / QUANTILES.std(ddof=1))  # mean 0.9, sd 0.01
SHUFFLED = [NORMAL[i] for i in (5, 0, 8, 2, 9, 4, 1, 7, 3, 6)]


def criterion(name: str, measure: str, target: float, floor: float, points: float = 10, **more: Any) -> Criterion:
    band = {"quick": {"target": target, "floor": floor}}
    given = {"id": name, "text": "It.", "points": points, "measure": measure, "better": "higher", "profiles": band}
    return Criterion.model_validate(given | more)


def found(criteria: Sequence[Criterion], reached: Baseline) -> Fairness:
    rubric = Rubric(task="autoencoder@1", criteria=list(criteria))
    made = fairness(rubric, TASK, "quick", reached)
    assert made is not None
    return made


A, B = "dense.probe_accuracy", "conv.probe_accuracy"
ONE = criterion("a", A, 0.88, 0.80)


def test_one_criterion_loses_as_often_as_its_target_is_missed() -> None:
    """`chances` draws otherwise and agrees."""
    reached = chances(NORMAL, 0.88, "higher")
    assert reached is not None
    lost = found([ONE], baseline({A: NORMAL})).lost
    assert lost.anything == pytest.approx(reached.equal_fails.three, abs=0.005)
    assert lost.five_points < lost.one_point < lost.anything


def test_a_cliff_takes_all_points_at_once() -> None:
    lost = found([criterion("a", A, 0.88, 0.87999)], baseline({A: NORMAL})).lost
    assert lost.anything > 0.005
    assert lost.five_points == pytest.approx(lost.anything, abs=0.001)


def test_criteria_on_one_variant_fail_together_and_on_two_apart() -> None:
    alone = found([ONE], baseline({A: NORMAL})).lost.anything
    twice = found([ONE, ONE.model_copy(update={"id": "b"})], baseline({A: NORMAL})).lost.anything
    apart = found([ONE, criterion("b", B, 0.88, 0.80)], baseline({A: NORMAL, B: SHUFFLED})).lost.anything
    assert twice == pytest.approx(alone, abs=0.005)
    assert apart == pytest.approx(1 - (1 - alone) ** 2, abs=0.01)
    assert apart > 1.5 * alone


def test_lower_is_better_and_comparisons_are_turned() -> None:
    upside_down = criterion("a", "dense.test_mse", 0.12, 0.20, better="lower")
    mirrored = found([upside_down], baseline({"dense.test_mse": [1 - v for v in NORMAL]})).lost.anything
    over = criterion("a", A, 0.38, 0.30, over="pca.probe_accuracy")
    compared = found([over], baseline({A: NORMAL, "pca.probe_accuracy": [0.5] * 10})).lost.anything
    plain = found([ONE], baseline({A: NORMAL})).lost.anything
    assert mirrored == pytest.approx(plain, abs=0.004)
    assert compared == pytest.approx(plain, abs=0.004)


@pytest.mark.parametrize(("target", "share"), [(0.85, 0.0), (0.95, 1.0)])
def test_what_no_seed_changes_is_kept_or_lost_always(target: float, share: float) -> None:
    made = found([criterion("a", A, target, 0.1)], baseline({A: [0.9] * 10}))
    assert made.lost.anything == share
    assert made.weak_passes == 0


def test_weak_work_passes_as_often_as_three_normal_seeds_do() -> None:
    """One beyond three sd, or two of three beyond two, for values that are normal; the kernel makes them nearly so."""
    beyond = stats.norm.sf(2)
    exact = stats.norm.sf(3) + 3 * beyond**2 * (1 - beyond)
    assert found([ONE], baseline({A: NORMAL})).weak_passes == pytest.approx(exact, abs=0.002)


def test_what_test_examples_explain_is_the_same_under_all_seeds_of_a_student() -> None:
    """Three seeds under one key have the same test examples, so that their median does not even that out."""
    plain = baseline({A: NORMAL}, key="0123456789ab")
    stated = plain.model_copy(update={"measures": {A: plain.measures[A].model_copy(update={"sampling_error": 0.009})}})
    assert shared_part(plain, A) == 0
    assert shared_part(stated, A) == pytest.approx(0.81)
    without_keys = stated.model_copy(update={"provenance": baseline({A: NORMAL}).provenance})
    assert shared_part(without_keys, A) == 0, "its seeds had the same test examples"
    apart, together = found([ONE], plain).lost, found([ONE], stated).lost
    assert together.anything > 1.5 * apart.anything
    one = chances(NORMAL, 0.88, "higher", 0.81)
    assert one and together.anything == pytest.approx(one.equal_fails.three, abs=0.005)


def test_a_step_takes_all_points_and_is_blamed() -> None:
    step = ONE.model_copy(update={"id": "b", "measure": B, "profiles": {"quick": Band(target=0.88, step=True)}})
    made = found([ONE, step], baseline({A: NORMAL, B: SHUFFLED}))
    assert made.lost.five_points == pytest.approx(found([step], baseline({B: SHUFFLED})).lost.anything, abs=0.003)
    assert made.blame["b"] > made.blame["a"]
    assert made.blame["a"] + made.blame["b"] == pytest.approx(1)


def test_a_course_loses_as_independent_rubrics_do() -> None:
    one, two = found([ONE], baseline({A: NORMAL})), found([criterion("b", A, 0.885, 0.80)], baseline({A: NORMAL}))
    expected = 1 - (1 - one.lost.anything) * (1 - two.lost.anything)
    assert of_course([one, two]).anything == pytest.approx(expected, abs=0.005)


def test_what_nobody_measured_is_named_and_nothing_is_none() -> None:
    made = found([ONE, criterion("b", B, 0.88, 0.80)], baseline({A: NORMAL}))
    assert made.unknown == ["b"]
    rubric = Rubric(task="autoencoder@1", criteria=[ONE])
    assert fairness(rubric, TASK, "quick", baseline({B: NORMAL})) is None
    assert fairness(rubric, TASK, "quick", baseline({A: [0.9]})) is None


def test_the_same_every_time() -> None:
    assert found([ONE], baseline({A: NORMAL})) == found([ONE], baseline({A: NORMAL}))
