"""Comparing baselines: another GPU or Keras is noticed, and seeds alone are not."""

import math
import random
import warnings
from typing import Any

import numpy as np
import pytest
from grading.invented import baseline
from scipy import stats

from harness.errors import ResultsError
from harness.grading.compare import MeasureDifference, compare, holm
from harness.grading.rubric_model import Criterion, Rubric
from harness.grading.smallest_shift import smallest_shift

ONE = {"conv.test_mse": [1.0, 2.0, 3.0]}


def only(first: list[float], second: list[float]) -> MeasureDifference:
    (found,) = compare(baseline({"conv.test_mse": first}), baseline({"conv.test_mse": second})).measures
    return found


@pytest.mark.parametrize(
    ("second", "t", "degrees", "p"),
    [
        # Equal variances 1 and n = 3: s² = 2/3, t = 2/s, 4 degrees; p = 1 - sin(a)(1 + cos²(a)/2), tan(a) = t/2.
        ([3.0, 4.0, 5.0], math.sqrt(6), 4.0, 1 - math.sqrt(0.6) * 1.2),
        # No variance on one side: s² = 1/3, t = 2/s, 2 degrees; p = 1 - t/sqrt(2 + t²).
        ([4.0, 4.0, 4.0], math.sqrt(12), 2.0, 1 - math.sqrt(12 / 14)),
        # Variances 1 and 4: s² = 5/3, degrees = s⁴ / (1/18 + 16/18) = 25/9 · 18/17.
        ([2.0, 4.0, 6.0], 2 / math.sqrt(5 / 3), 50 / 17, None),
    ],
)
def test_welch_as_computed_by_hand(second: list[float], t: float, degrees: float, p: float | None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = only([1.0, 2.0, 3.0], second)
    assert found.difference == pytest.approx(2)
    assert found.t == pytest.approx(t, rel=1e-9)
    assert found.degrees == pytest.approx(degrees, rel=1e-9)
    if p is not None:
        assert found.p_value == pytest.approx(p, rel=1e-9)
    assert found.p_holm == found.p_value, "one test needs no correction"
    assert not found.differs and not found.sentence


def test_the_interval_is_that_of_the_difference() -> None:
    """4 degrees of freedom: t(0.975) = 2.776445, from any table of Student's distribution."""
    low, high = only([1.0, 2.0, 3.0], [3.0, 4.0, 5.0]).interval or (0, 0)
    half = 2.776445 * math.sqrt(2 / 3)
    assert (low, high) == pytest.approx((2 - half, 2 + half), abs=1e-5)


@pytest.mark.parametrize(
    ("p_values", "corrected"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),  # Holm by hand
        ([0.5, 0.9], [1.0, 1.0]),  # never above 1, never in another order
        ([0.02, 0.02, 0.02], [0.06, 0.06, 0.06]),
    ],
)
def test_holm(p_values: list[float], corrected: list[float]) -> None:
    assert holm(p_values) == pytest.approx(corrected)


@pytest.mark.parametrize(
    ("first", "second", "differs"),
    [
        ([0.1, 0.1, 0.1], [0.1, 0.1, 0.1], False),
        ([0.0, 0.0], [0.0, 1e-17], False),
        ([0.0265577, 0.0265577], [0.026557701, 0.026557701], False),  # PCA in float32 on another processor
        ([0.7975, 0.7975], [0.7980, 0.7980], True),  # one example of 2,000 more
        ([0.1, 0.1], [0.9, 0.9], True),
    ],
)
def test_what_no_seed_changes_is_equal_or_differs(first: list[float], second: list[float], differs: bool) -> None:
    found = only(first, second)
    assert (found.differs, found.p_value, found.p_holm, found.interval) == (differs, None, None, None)
    assert ("no seed changes it" in found.sentence) is differs


def test_a_real_difference_is_named_in_a_sentence() -> None:
    found = compare(
        baseline({"conv.test_mse": [0.010, 0.011, 0.012, 0.011], "dense.probe_accuracy": [0.8, 0.82, 0.81, 0.83]}),
        baseline({"conv.test_mse": [0.020, 0.021, 0.022, 0.021], "dense.probe_accuracy": [0.81, 0.83, 0.82, 0.8]}),
    )
    assert found.differs
    assert [d.differs for d in found.measures] == [True, False]
    sentence = found.measures[0].sentence
    assert sentence.startswith("conv.test_mse is 0.01 higher in the second (0.021 against 0.011)")
    assert "after correction" in sentence


def test_a_correction_for_many_measures_can_take_a_finding_back() -> None:
    shifted = {"m0.test_mse": [3.1, 4.0, 5.2, 4.4]}
    same = {f"m{i}.test_mse": [1.0, 2.0, 3.0, 2.2] for i in range(1, 30)}
    first = {"m0.test_mse": [1.0, 2.0, 3.0, 2.2], **same}
    alone = compare(baseline({"m0.test_mse": first["m0.test_mse"]}), baseline(shifted)).measures[0]
    among_many = compare(baseline(first), baseline(shifted | same)).measures[0]
    assert alone.differs and not among_many.differs
    assert alone.p_value == among_many.p_value
    still = {f"c{i}.test_mse": [0.1] * 4 for i in range(30)}
    assert compare(baseline(first | still), baseline(shifted | same | still)).measures[0].p_holm == among_many.p_holm, (
        "what cannot be tested costs no other measure anything"
    )


def test_seeds_alone_raise_an_alarm_in_about_one_comparison_of_twenty() -> None:
    """Ten measures under ten seeds, twice from the same distribution, 100 times; 15 or more has p < 0.001."""
    draw = random.Random(4)
    alarms = 0
    for _ in range(100):
        first, second = (
            baseline({f"m{i}.mse": [draw.gauss(0.9, 0.01) for _ in range(10)] for i in range(10)}) for _ in range(2)
        )
        alarms += compare(first, second).differs
    assert alarms < 15


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"task": "network_training"}, "received autoencoder@1 quick and network_training@1 quick"),
        ({"version": 2}, "received autoencoder@1 quick and autoencoder@2 quick"),
        ({"profile": "full"}, "autoencoder@1 full"),
        ({"signature": "s|v:2"}, "conv.test_mse to be measured in one way, received s|v:1 and s|v:2"),
    ],
)
def test_unlike_baselines_are_refused_in_one_sentence(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ResultsError) as caught:
        compare(baseline(ONE), baseline(ONE, **changes))
    assert said in str(caught.value)
    assert str(caught.value).count(".\n") == 0 and str(caught.value).endswith(".")


def test_one_seed_or_nothing_in_common_is_refused() -> None:
    with pytest.raises(ResultsError, match="at least two seeds"):
        compare(baseline(ONE), baseline({"conv.test_mse": [1.0]}))
    with pytest.raises(ResultsError, match="in common"):
        compare(baseline(ONE), baseline({"dense.test_mse": [1.0, 2.0]}))


def test_a_measure_of_one_side_only_is_listed() -> None:
    found = compare(baseline(ONE | {"a.mse": [1.0, 2.0, 3.0]}), baseline(ONE | {"b.mse": [1.0, 2.0, 3.0]}))
    assert (found.only_first, found.only_second) == (["a.mse"], ["b.mse"])
    assert [d.measure for d in found.measures] == list(ONE)


def test_what_the_two_depend_on_is_set_side_by_side() -> None:
    new = baseline(
        {"conv.test_mse": [1.0, 2.0]},
        device="gpu",
        data_sha256="1" * 64,
        libraries={"keras": "4.0.0", "jax": "0.5"},
        parameters={"conv": 1001},
    )
    changed = {c.name: (c.about, c.first, c.second) for c in compare(baseline(ONE), new).changes}
    assert changed == {
        "data_sha256": ("data", "0" * 64, "1" * 64),
        "seeds": ("seeds", "1, 2, 3", "1, 2"),
        "parameters of conv": ("model", "1000", "1001"),
        "device": ("machine", "cpu", "gpu"),
        "jax": ("machine", "none", "0.5"),
        "keras": ("machine", "3.10.0", "4.0.0"),
        "numpy": ("machine", "2.0.0", "none"),
    }
    assert compare(baseline(ONE), baseline(ONE)).changes == []


def graded(measure: str, over: str = "", profile: str = "quick") -> Rubric:
    band = {"target": 0.1, "floor": 0.0}
    criterion = {"id": "it", "text": "It.", "points": 1, "measure": measure, "over": over, "better": "higher"}
    return Rubric(task="autoencoder@1", criteria=[Criterion.model_validate(criterion | {"profiles": {profile: band}})])


def test_an_advantage_is_tested_where_neither_side_stands_out() -> None:
    """Both variants vary a lot and together; their difference hardly does, and it is what is graded."""
    base = [0.70, 0.75, 0.80, 0.85, 0.90, 0.95]
    small, large = (
        {"a.accuracy": [v + gain + 0.001 * i for i, v in enumerate(base)], "b.accuracy": base} for gain in (0.01, 0.03)
    )
    plain = compare(baseline(small), baseline(large))
    assert not plain.differs and plain.criteria == []
    found = compare(baseline(small), baseline(large), graded("a.accuracy", "b.accuracy"))
    (criterion,) = found.criteria
    assert found.differs and criterion.differs
    assert criterion.sentence.startswith("it is 0.02 higher in the second")
    assert [d.measure for d in found.measures] == ["a.accuracy", "b.accuracy"]


def test_a_level_stands_with_the_test_of_its_measure() -> None:
    one, two = {"a.accuracy": [0.5, 0.6, 0.7]}, {"a.accuracy": [0.6, 0.7, 0.9]}
    found = compare(baseline(one), baseline(two), graded("a.accuracy"))
    assert (
        found.criteria[0].p_holm == found.measures[0].p_holm == compare(baseline(one), baseline(two)).measures[0].p_holm
    )
    assert found.criteria[0].measure == "it"


@pytest.mark.parametrize("rubric", [graded("c.accuracy"), graded("a.accuracy", profile="full")])
def test_what_is_not_measured_or_not_marked_is_left_out(rubric: Rubric) -> None:
    one = {"a.accuracy": [0.5, 0.6, 0.7]}
    assert compare(baseline(one), baseline(one), rubric).criteria == []


@pytest.mark.parametrize(
    ("second", "changes", "equal"),
    [
        ([1.0, 2.0, 3.0], {}, True),
        ([1.0, 2.0, math.nextafter(3.0, 4.0)], {}, False),
        ([1.0, 3.0, 2.0], {}, False),
        ([1.0, 2.0, 3.0], {"seeds": [1, 2, 4]}, False),
    ],
)
def test_bit_equal_is_to_the_last_bit_and_seed_by_seed(
    second: list[float], changes: dict[str, Any], equal: bool
) -> None:
    (found,) = compare(baseline(ONE), baseline({"conv.test_mse": second}, **changes)).measures
    assert found.bit_equal is equal


def test_the_smallest_shift_is_found_four_times_in_five() -> None:
    """Drawn: two sides of six and ten seeds that truly differ by it, 2,000 times; SciPy's test as a second opinion."""
    rng = np.random.default_rng(0)
    first, second = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0]), np.linspace(0, 1, 10)
    shift = smallest_shift(list(first), list(second), 0.01)
    assert shift is not None
    drawn = [
        rng.normal(mean, values.std(ddof=1), (2000, len(values))) for mean, values in ((0, first), (shift, second))
    ]
    share = float(np.mean(stats.ttest_ind(*drawn, axis=1, equal_var=False).pvalue < 0.01))
    assert share == pytest.approx(0.8, abs=0.03)


def test_more_seeds_see_smaller_shifts_and_no_spread_none() -> None:
    few, many = (smallest_shift([0.0, 1.0] * n, [0.0, 1.0] * n, 0.05) for n in (2, 10))
    assert few and many and many < few
    assert smallest_shift([1.0, 1.0], [1.0, 1.0], 0.05) is None
    assert smallest_shift([0.0, 1.0], [1.0, 1.0], 1e-9) is None, "out of reach"
