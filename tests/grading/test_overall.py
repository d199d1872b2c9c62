"""Measures over several variants: what they are made of, whose fault leaves them out, and which seeds they ask for."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.errors import ResultsError, RubricError
from harness.grading.baseline_build import build_baseline
from harness.grading.baseline_derived import with_derived
from harness.grading.decisions import more_seeds
from harness.grading.marks import mark
from harness.grading.reference import reference_runs, reference_table
from harness.grading.refit import calibrate_rubric
from harness.grading.results import CriterionResult
from harness.grading.rubric import Rubric, load_rubric
from harness.records.models import GIVEN, Fault, Measurement, Status
from harness.task import Candidate, OverVariants, Task, Together, Variant

Make = Callable[..., Measurement]
Load = Callable[..., Rubric]
NAN = math.nan

PLAIN, DEEP = "plain.test_accuracy", "deep.test_accuracy"
RATIO = OverVariants(
    "ratio", "deep over plain", "higher", (DEEP, PLAIN), lambda t: t.measures[DEEP] / t.measures[PLAIN]
)
BEST = OverVariants(
    "best", "the best", "higher", (PLAIN, DEEP), lambda t: max(t.of("test_accuracy").values()), optional=True
)
ERROR = OverVariants("worst_error", "the worst", "lower", ("deep.mse", "pca.mse"), lambda t: max(t.measures.values()))

RUBRIC = """\
task: toy@2
criteria:
  - {id: one, text: T, measure: all.ratio, better: higher, points: 10, profiles: {quick: {target: 1.1, floor: 1}}}
"""


@pytest.fixture
def joined(task: Task) -> Task:
    return replace(task, overall=(RATIO, BEST, ERROR))


@pytest.fixture
def rubric(tmp_path, joined: Task) -> Load:
    def load(text: str = RUBRIC, task: Task = joined) -> Rubric:
        path = tmp_path / "toy.yaml"
        path.write_text(text, encoding="utf-8")
        return load_rubric(path, task)

    return load


def only(rubric: Rubric, task: Task, *runs: Measurement, task_fault: Fault | None = None) -> CriterionResult:
    (result,) = mark(rubric, task, "quick", runs, task_fault=task_fault)
    return result


def both(measured: Make, plain: float, deep: float, seed: int = 1) -> list[Measurement]:
    return [measured("plain", seed, test_accuracy=plain), measured("deep", seed, test_accuracy=deep)]


def test_it_is_computed_under_each_seed_and_the_median_decides(rubric: Load, joined: Task, measured: Make) -> None:
    runs = [r for seed, deep in ((1, 0.8), (2, 0.9), (3, 0.84)) for r in both(measured, 0.8, deep, seed)]
    result = only(rubric(), joined, *runs)
    assert result.values == pytest.approx([1.0, 1.125, 1.05])
    assert (result.value, result.earned) == (pytest.approx(1.05), pytest.approx(5))
    assert result.reason == "Ratio of 1.05 (median of 3 seeds) is 50 % of the way from the floor 1 to the target 1.1."


def test_a_seed_that_only_one_of_its_variants_ran_with_counts_for_nothing(
    rubric: Load, joined: Task, measured: Make
) -> None:
    runs = [*both(measured, 0.8, 0.9), measured("plain", 2, test_accuracy=0.1)]
    assert only(rubric(), joined, *runs).values == [pytest.approx(1.125)]


FAULTS = {
    "of the student": ("student_fault", Status.STUDENT_ERROR, 0.0),
    "of the harness": ("harness_fault", Status.HARNESS_ERROR, None),
}


def test_what_follows_from_settings_asks_for_no_other_seed(rubric: Load, joined: Task, measured: Make) -> None:
    """Else everybody who varied too little would have all candidates trained twice more, to the same end."""
    runs = both(measured, 0.8, 0.8)
    assert more_seeds(rubric(), joined, "quick", runs)
    settled = replace(joined, overall=(replace(RATIO, settled=True), BEST, ERROR))
    assert more_seeds(rubric(task=settled), settled, "quick", runs) == {}
    result = only(rubric(task=settled), settled, *runs)
    assert (result.earned, result.wants_seeds) == (0, False)
    assert "another seed would say the same" in result.certainty


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_in_a_needed_variant_takes_it_along_with_its_owner(
    rubric: Load, joined: Task, measured: Make, request: pytest.FixtureRequest, case: str
) -> None:
    name, status, earned = FAULTS[case]
    fault = request.getfixturevalue(name)
    runs = [measured("plain", 1, test_accuracy=0.8), measured("deep", 1, fault=fault)]
    result = only(rubric(), joined, *runs)
    assert (result.status, result.earned) == (status, earned)
    assert result.reason.startswith(fault.message.rstrip("."))


def test_a_variant_that_has_not_run_leaves_it_open(rubric: Load, joined: Task, measured: Make) -> None:
    result = only(rubric(), joined, measured("plain", 1, test_accuracy=0.8))
    assert (result.status, result.earned) == (Status.NOT_RUN, None)
    assert result.reason == "Not measured yet: not all variants behind all.ratio have been run."


def test_a_fault_decides_before_the_other_variant_has_run(
    rubric: Load, joined: Task, measured: Make, student_fault: Fault
) -> None:
    assert only(rubric(), joined, measured("deep", 1, fault=student_fault)).status is Status.STUDENT_ERROR
    stopped = only(rubric(), joined, task_fault=student_fault)
    assert (stopped.status, stopped.earned) == (Status.STUDENT_ERROR, 0.0)


def test_an_optional_one_does_without_what_the_student_broke_but_not_without_what_is_open(
    rubric: Load, joined: Task, measured: Make, student_fault: Fault, harness_fault: Fault
) -> None:
    best = rubric(RUBRIC.replace("all.ratio", "all.best").replace("{target: 1.1, floor: 1}", "{target: 1, floor: 0}"))
    plain = measured("plain", 1, test_accuracy=0.8)
    assert only(best, joined, plain, measured("deep", 1, fault=student_fault)).value == 0.8
    assert only(best, joined, plain, measured("deep", 1, test_accuracy=NAN)).value == 0.8
    assert only(best, joined, plain, measured("deep", 1, fault=harness_fault)).status is Status.HARNESS_ERROR
    assert only(best, joined, plain).status is Status.NOT_RUN, "the other one may be better still"
    neither = [measured(v, 1, fault=student_fault) for v in ("plain", "deep")]
    assert only(best, joined, *neither).status is Status.STUDENT_ERROR


@pytest.mark.parametrize("deep", [NAN, math.inf, -math.inf])
def test_what_is_computed_from_nan_or_infinity_is_nan_and_the_worst_value(
    rubric: Load, joined: Task, measured: Make, deep: float
) -> None:
    result = only(rubric(), joined, *both(measured, 0.8, deep))
    assert (result.status, result.earned) == (Status.FAILED, 0.0)
    assert "is not a number, which counts as the worst value" in result.reason


def test_an_infinite_result_is_nan(rubric: Load, joined: Task, measured: Make) -> None:
    task = replace(joined, overall=(replace(RATIO, compute=lambda _: math.inf),))
    result = only(rubric(), task, *both(measured, 0.8, 0.9))
    assert (result.status, math.isnan(result.values[0])) == (Status.FAILED, True)


def test_a_task_that_cannot_compute_is_the_harness_s_fault_and_costs_nothing(
    rubric: Load, joined: Task, measured: Make
) -> None:
    result = only(rubric(), joined, *both(measured, 0.0, 0.9))
    assert (result.status, result.earned) == (Status.HARNESS_ERROR, None)
    assert result.reason == "The harness could not compute all.ratio: ZeroDivisionError: float division by zero."


def test_two_measures_over_variants_can_be_compared(rubric: Load, joined: Task, measured: Make) -> None:
    text = RUBRIC.replace("measure: all.ratio", "measure: all.ratio, over: all.best")
    result = only(rubric(text), joined, *both(measured, 0.8, 0.8))
    assert result.values == [pytest.approx(1.0 - 0.8)]


def test_it_sees_the_settings_of_candidates(rubric: Load, joined: Task, measured: Make) -> None:
    def varied(found: Together) -> float:
        return float(len({settings["units"] for settings in found.settings.values()}))

    task = replace(joined, overall=(replace(RATIO, compute=varied),))
    runs = [r.model_copy(update={"settings": {"units": n}}) for r, n in zip(both(measured, 1, 1), (8, 16), strict=True)]
    assert only(rubric(), task, *runs).value == 2.0


def test_a_doubt_asks_for_every_variant_behind_it_but_not_for_a_given_one(
    rubric: Load, joined: Task, measured: Make
) -> None:
    close = both(measured, 0.8, 0.84)
    assert more_seeds(rubric(), joined, "quick", close) == dict.fromkeys(
        ("plain", "deep"), "one: 1.05 misses the target 1.1"
    )
    assert more_seeds(rubric(), joined, "quick", both(measured, 0.8, 0.9)) == {}
    text = (
        RUBRIC.replace("all.ratio", "all.worst_error")
        .replace("higher", "lower")
        .replace("1.1, floor: 1", "0, floor: 1")
    )
    runs = [measured("deep", 1, mse=0.5), measured("pca", 1, mse=0.4).model_copy(update={"source": GIVEN})]
    assert list(more_seeds(rubric(text), joined, "quick", runs)) == ["deep"]


WRONG = {
    "a name": ("all.ratio", "all.ration", "has no measure over variants 'ration'. Did you mean 'ratio'?"),
    "its variant": ("all.ratio", "al.ratio", "has no variant 'al'. Did you mean 'all'?"),
    "its direction": ("better: higher", "better: lower", "all.ratio is better when higher, but the criterion says"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_rubric_that_misnames_one_is_told_so(rubric: Load, case: str) -> None:
    old, new, said = WRONG[case]
    text = RUBRIC.replace(old, new)
    text = text.replace("target: 1.1, floor: 1", "target: 1, floor: 1.1") if "lower" in new else text
    with pytest.raises(RubricError) as error:
        rubric(text)
    assert said in str(error.value)


def test_a_rubric_names_no_candidate_that_a_submission_need_not_have(rubric: Load, task: Task) -> None:
    variants = tuple(Variant(f"c{i}", "", candidate=Candidate("search", i)) for i in range(2))
    searched = replace(task, variants=variants)
    assert rubric(RUBRIC.replace("all.ratio", "c0.test_accuracy"), searched)
    with pytest.raises(
        RubricError, match=r"c1\.test_accuracy is of candidate 2 of search, which a submission need not"
    ):
        rubric(RUBRIC.replace("all.ratio", "c1.test_accuracy"), searched)


def test_an_optional_one_leaves_out_candidates_that_a_submission_has_not_got(
    rubric: Load, joined: Task, measured: Make
) -> None:
    best = rubric(RUBRIC.replace("all.ratio", "all.best").replace("{target: 1.1, floor: 1}", "{target: 1, floor: 0}"))
    alone = replace(joined, variants=joined.variants[:1])
    assert only(best, alone, measured("plain", 1, test_accuracy=0.8)).value == 0.8


def reference(measured: Make) -> list[Measurement]:
    runs = [r for seed, deep in ((1, 0.8), (2, 0.9)) for r in both(measured, 0.8, deep, seed)]
    runs = [r.model_copy(update={"measures": r.measures | measured(mse=0.1).measures}) for r in runs]
    return runs + [measured("pca", s, mse=0.5).model_copy(update={"source": GIVEN}) for s in (1, 2)]


def test_a_baseline_holds_its_raw_values_and_gives_them_to_what_reads_baselines(
    rubric: Load, joined: Task, measured: Make
) -> None:
    runs = reference(measured)
    baseline = with_derived(build_baseline(joined, "quick", runs, "2025-01-01"), joined, runs)
    kept = baseline.measures["all.ratio"]
    assert (kept.values, kept.better) == (pytest.approx([1.0, 1.125]), "higher")
    assert kept.signature == "ratio|over:deep.test_accuracy,plain.test_accuracy|v:1"
    row = next(r for r in reference_table(joined, "quick", baseline).rows if r.measure == "all.ratio")
    assert row.mean == pytest.approx(1.0625)
    (calibrated,) = calibrate_rubric(rubric(), joined, "quick", baseline)
    assert (calibrated.mean, calibrated.n) == (pytest.approx(1.0625), 2)
    (result,) = mark(rubric(), joined, "quick", both(measured, 0.8, 0.88), baseline=baseline)
    assert result.reference == pytest.approx(1.0625)
    assert result.certainty.startswith("Not sure on one seed: 1.1 is only 0.0 sd above the target 1.1")
    assert reference_runs(baseline)["all"].measures["ratio"] == pytest.approx(1.0625)


def test_a_reference_without_a_finite_value_makes_no_baseline(joined: Task, measured: Make) -> None:
    broken = replace(joined, overall=(replace(RATIO, compute=lambda t: t.measures["deep.mse"]),))
    runs = reference(measured)
    with pytest.raises(ResultsError, match=r"must reach a finite all\.ratio\. The harness could not compute"):
        with_derived(build_baseline(broken, "quick", runs, "2025-01-01"), broken, runs)
