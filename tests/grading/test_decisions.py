"""When one seed decides, when two more are asked for, and what is said about how sure an outcome is."""

import json
import math
import random
import statistics
from collections.abc import Callable
from itertools import permutations

import pytest
from scipy import stats

from harness.errors import RubricError
from harness.grading.baseline_build import build_baseline
from harness.grading.baselines import Baseline
from harness.grading.calibration import BAND_SDS
from harness.grading.certainty import interval
from harness.grading.decisions import more_seeds
from harness.grading.marks import mark
from harness.grading.results import CriterionResult
from harness.grading.rubric import Rubric, rubric_schema
from harness.records.models import GIVEN, Fault, Measurement
from harness.task import Task

NAN, INF = math.nan, math.inf
Make = Callable[..., Measurement]
Load = Callable[[str], Rubric]
SD = 0.01  # of plain.test_accuracy, and of its error, over the seeds of the reference
EDGE = 0.95 + BAND_SDS * SD  # where the noise band of `plain-accuracy` ends
CLEAR = {"test_accuracy": 0.99, "mse": 0.0001}

RUBRIC = """\
task: toy@2
criteria:
  - {id: level, text: T, measure: plain.test_accuracy, better: higher, points: 40,
     profiles: {quick: {target: 0.95, floor: 0.85}}}
"""
ERROR = """\
  - {id: error, text: T, measure: plain.mse, better: lower, points: 20, profiles: {quick: {target: 0.2, floor: 0.4}}}
"""
BEATS = """\
  - {id: beats, text: T, measure: deep.test_accuracy, over: plain.test_accuracy, better: higher, points: 30,
     profiles: {quick: {target: 0.01}}}
"""
OVER_PCA = """\
  - {id: over-pca, text: T, measure: deep.mse, over: pca.mse, better: lower, points: 30,
     profiles: {quick: {target: 0.1}}}
"""
BY_HAND = "  - {id: report, text: T, manual: true, points: 10}\n"
ELSEWHERE = """\
  - {id: full-only, text: T, measure: deep.mse, better: lower, points: 1, profiles: {full: {target: 0.1, floor: 1}}}
"""


@pytest.fixture
def baseline(task: Task, measured: Make) -> Baseline:
    """Ten seeds whose sd is SD for every measure, and for the advantage of `deep` over `plain` as well."""
    steps = [-1.5, -1.0, -0.75, -0.5, -0.25, 0.25, 0.5, 0.75, 1.0, 1.5]
    unit = statistics.stdev(steps) / SD
    runs = [measured("plain", s, test_accuracy=0.98 + v / unit, mse=0.1 + v / unit) for s, v in enumerate(steps)]
    runs += [measured("deep", s, test_accuracy=0.98 + 2 * v / unit, mse=0.1 + v / unit) for s, v in enumerate(steps)]
    runs += [given(measured, s) for s in range(len(steps))]
    return build_baseline(task, "quick", runs, created="2025-01-01")


def given(measured: Make, seed: int = 1) -> Measurement:
    return measured("pca", seed, mse=0.5).model_copy(update={"source": GIVEN})


def fault(kind: str = "exception", **changes: object) -> Fault:
    return Fault.model_validate({"owner": "student", "kind": kind, "step": "train", "message": "Gave up."} | changes)


def in_nan(run: Measurement) -> Measurement:
    """Return the run as one that diverged: a step after training handed back NaN."""
    message = "Expected finite numbers in p_test, received 100% NaN or infinity."
    return run.model_copy(update={"fault": fault("output", step="predict", message=message), "measures": {}})


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        (0.99, False),
        (EDGE + 1e-9, False),
        (EDGE - 1e-9, True),
        (0.95, True),
        (0.95 - 1e-13, True),
        (0.94, True),
        (0.10, True),
        (NAN, True),
        (INF, False),
        (-INF, True),
    ],
)
def test_a_level_is_clear_beyond_the_band_only(
    rubric_from: Load, task: Task, measured: Make, baseline: Baseline, value: float, asked: bool
) -> None:
    found = more_seeds(
        rubric_from(RUBRIC), task, "quick", [measured("plain", 1, test_accuracy=value)], baseline=baseline
    )
    assert list(found) == (["plain"] if asked else [])


@pytest.mark.parametrize(("value", "asked"), [(0.1, False), (0.2 - 0.011, False), (0.2 - 0.009, True), (0.3, True)])
def test_lower_is_better_the_other_way_round(
    rubric_from: Load, task: Task, measured: Make, baseline: Baseline, value: float, asked: bool
) -> None:
    rubric = rubric_from("task: toy@2\ncriteria:\n" + ERROR)
    found = more_seeds(rubric, task, "quick", [measured("plain", 1, mse=value)], baseline=baseline)
    assert bool(found) == asked


@pytest.mark.parametrize(("value", "asked"), [(0.951, False), (0.95, False), (0.95 - 1e-13, False), (0.949, True)])
def test_without_a_baseline_reaching_the_target_is_clear(
    rubric_from: Load, task: Task, measured: Make, value: float, asked: bool
) -> None:
    found = more_seeds(rubric_from(RUBRIC), task, "quick", [measured("plain", 1, test_accuracy=value)])
    assert bool(found) == asked


def test_a_baseline_that_knows_no_spread_is_none(rubric_from: Load, task: Task, measured: Make) -> None:
    rubric, at_target = rubric_from(RUBRIC), [measured("plain", 1, test_accuracy=0.95)]
    single = build_baseline(task, "quick", [measured("plain", 1, test_accuracy=0.9)], "now")
    alike = build_baseline(task, "quick", [measured("plain", s, test_accuracy=0.9) for s in range(3)], "now")
    other = build_baseline(task, "quick", [measured("deep", s, mse=s / 10) for s in range(3)], "now")
    for nothing in (single, alike, other):
        assert more_seeds(rubric, task, "quick", at_target, baseline=nothing) == {}


@pytest.mark.parametrize(("deep", "asked"), [(0.99, False), (0.975, True), (0.94, True)])
def test_a_comparison_in_doubt_asks_for_both_its_variants(
    rubric_from: Load, task: Task, measured: Make, baseline: Baseline, deep: float, asked: bool
) -> None:
    """The level alone is clear: only the advantage of 0.015 lies in the band of the advantage."""
    rubric = rubric_from("task: toy@2\ncriteria:\n" + BEATS)
    runs = [measured("plain", 1, test_accuracy=0.96), measured("deep", 1, test_accuracy=deep)]
    found = more_seeds(rubric, task, "quick", runs, baseline=baseline)
    assert list(found) == (["plain", "deep"] if asked else [])


def test_what_the_harness_computes_is_not_run_again(rubric_from: Load, task: Task, measured: Make) -> None:
    rubric = rubric_from("task: toy@2\ncriteria:\n" + OVER_PCA)
    assert list(more_seeds(rubric, task, "quick", [measured("deep", 1, mse=0.45), given(measured)])) == ["deep"]
    assert more_seeds(rubric, task, "quick", [measured("deep", 1, mse=0.2), given(measured)]) == {}


def test_only_variants_in_doubt_are_asked_for_and_each_says_why(
    rubric_from: Load, task: Task, measured: Make, baseline: Baseline
) -> None:
    rubric = rubric_from(RUBRIC + ERROR + OVER_PCA + BY_HAND + ELSEWHERE)
    runs = [measured("plain", 1, **CLEAR), measured("deep", 1, mse=0.45), given(measured)]
    found = more_seeds(rubric, task, "quick", runs, baseline=baseline)
    assert found == {"deep": "over-pca: 0.05 misses the target 0.1 by 5 sd of the reference"}


def test_the_order_of_measurements_changes_nothing(
    rubric_from: Load, task: Task, measured: Make, baseline: Baseline
) -> None:
    rubric = rubric_from(RUBRIC + ERROR + BEATS + OVER_PCA)
    runs = [measured("plain", 1, test_accuracy=0.96, mse=0.3), measured("deep", 1, test_accuracy=0.96, mse=0.1)]
    runs += [given(measured)]
    found = [list(more_seeds(rubric, task, "quick", o, baseline=baseline).items()) for o in permutations(runs)]
    assert all(f == found[0] for f in found)
    assert found[0]


FAULTS = [
    (fault("contract"), False, "a broken contract breaks under every seed"),
    (fault("exception"), False, "and so does an error in the code"),
    (fault("import"), False, "and a missing library"),
    (fault("crash"), False, "and a crash"),
    (fault("limit", limit="memory"), False, "a model too large is too large again"),
    (fault("limit", limit="wall"), False, "one that hangs would take its limit twice more"),
    (fault("output", step="predict", message="Expected p_test within [0, 1]."), False, "no softmax is no accident"),
    (Fault(owner="harness", kind="harness", step="train", message="Ours."), False, "the run itself is tried again"),
]


@pytest.mark.parametrize(("why", "asked", "note"), FAULTS, ids=[note for _, _, note in FAULTS])
def test_a_fault_decides_at_once(
    rubric_from: Load, task: Task, measured: Make, why: Fault, asked: bool, note: str
) -> None:
    runs = [measured("plain", 1, fault=why), measured("deep", 1, test_accuracy=0.9)]
    assert bool(more_seeds(rubric_from(RUBRIC), task, "quick", runs)) == asked, note


def test_a_training_that_diverged_gets_another_chance(rubric_from: Load, task: Task, measured: Make) -> None:
    rubric, deep = rubric_from(RUBRIC), measured("deep", 1, test_accuracy=0.9)
    plain = in_nan(measured("plain", 1))
    assert more_seeds(rubric, task, "quick", [plain, deep]) == {"plain": "level: training ended in NaN"}
    assert more_seeds(rubric, task, "quick", [plain]), "with one variant nothing says that it would diverge again"
    assert more_seeds(rubric, task, "quick", [plain, in_nan(deep)]) == {}, "in every variant it is not the seed"
    third = measured("wide", 1, test_accuracy=0.1)
    assert more_seeds(rubric, task, "quick", [plain, in_nan(deep), third]) == {}, "nor in most of them"
    assert more_seeds(rubric, task, "quick", [plain, deep, third])
    assert more_seeds(rubric, task, "quick", [plain, given(measured), in_nan(deep)]) == {}, (
        "what is given does not count"
    )


def test_nothing_is_asked_for_before_it_was_run(rubric_from: Load, task: Task, measured: Make) -> None:
    rubric = rubric_from(RUBRIC + BEATS)
    assert more_seeds(rubric, task, "quick", []) == {}
    assert more_seeds(rubric, task, "quick", [], task_fault=fault("contract")) == {}
    skipped = measured("plain", 1, not_run="The contract is broken.")
    assert more_seeds(rubric, task, "quick", [skipped], task_fault=fault("contract")) == {}


def one(
    rubric: Rubric, task: Task, runs: list[Measurement], baseline: Baseline | None = None, *, can_ask: bool = True
) -> CriterionResult:
    return mark(rubric, task, "quick", runs, baseline=baseline, can_ask=can_ask)[0]


@pytest.mark.parametrize(
    ("values", "known", "said"),
    [
        ([0.99], True, "Decided on one seed: 0.99 is 4 sd above the target 0.95."),
        ([0.99], False, "Decided on one seed: 0.99 reaches the target 0.95; no baseline says how far seeds differ."),
        ([0.955], True, "Not sure on one seed: 0.955 is only 0.5 sd above the target 0.95; two more seeds are wanted."),
        (
            [0.94],
            True,
            "Not sure on one seed: 0.94 misses the target 0.95 by 1 sd of the reference; two more seeds are wanted.",
        ),
        ([NAN], True, "Not sure on one seed: it ended in NaN; two more seeds are wanted."),
        (
            [0.94, 0.96, 0.97],
            True,
            "Median of three seeds: 2 of them reach the target, and the 95 % interval of the mean, 0.919 to 0.995,"
            " holds the target, so that other seeds might decide otherwise.",
        ),
        (
            [0.98, 0.981, 0.982],
            True,
            "Median of three seeds: all of them reach the target, and the 95 % interval of the mean, 0.979 to 0.983,"
            " lies above it.",
        ),
        (
            [0.5, 0.501, 0.502],
            False,
            "Median of three seeds: none of them reaches the target, and the 95 % interval of the mean, 0.499 to 0.503,"
            " lies below it.",
        ),
        (
            [0.99, NAN, 0.98],
            True,
            "Median of three seeds: 2 of them reach the target; 1 ended without a value, which counts as the worst.",
        ),
    ],
)
def test_how_sure_an_outcome_is(
    rubric_from: Load, task: Task, measured: Make, baseline: Baseline, values: list[float], known: bool, said: str
) -> None:
    runs = [measured("plain", s, test_accuracy=v) for s, v in enumerate(values, 1)]
    result = one(rubric_from(RUBRIC), task, runs, baseline if known else None)
    assert result.certainty == said
    assert result.wants_seeds == ("wanted" in said)
    assert (result.interval is None) == ("interval" not in said)


def test_far_from_the_target_one_seed_hardly_leaves_a_doubt(
    rubric_from: Load, task: Task, measured: Make, baseline: Baseline
) -> None:
    result = one(rubric_from(RUBRIC), task, [measured("plain", 1, test_accuracy=0.5)], baseline, can_ask=False)
    assert result.certainty.startswith("Hardly in doubt on one seed: 0.5 misses the target 0.95 by 45 sd")


def test_where_a_number_of_seeds_is_asked_for_none_is_wanted(rubric_from: Load, task: Task, measured: Make) -> None:
    result = one(rubric_from(RUBRIC), task, [measured("plain", 1, test_accuracy=0.94)], can_ask=False)
    assert result.certainty.endswith("another seed might decide otherwise.")
    assert not result.wants_seeds


def test_a_fault_that_decided_is_said_and_nothing_is_said_before_a_run(
    rubric_from: Load, task: Task, measured: Make, harness_fault: Fault
) -> None:
    rubric = rubric_from(RUBRIC)
    said = one(rubric, task, [measured("plain", 1, fault=fault())]).certainty
    assert said == "Decided on one seed: what stopped it would stop it under another."
    assert one(rubric, task, []).certainty == ""
    assert one(rubric, task, [measured("plain", 1, fault=harness_fault)]).certainty == ""
    [stopped] = mark(rubric, task, "quick", [], task_fault=fault("contract"), can_ask=True)
    assert (stopped.earned, stopped.certainty) == (0, "")


def test_below_is_beyond_where_lower_is_better(
    rubric_from: Load, task: Task, measured: Make, baseline: Baseline
) -> None:
    rubric = rubric_from("task: toy@2\ncriteria:\n" + ERROR)
    said = one(rubric, task, [measured("plain", 1, mse=0.15)], baseline).certainty
    assert said == "Decided on one seed: 0.15 is 5 sd below the target 0.2."
    said = one(rubric, task, [measured("plain", s, mse=0.1 + s / 1000) for s in (1, 2, 3)], baseline).certainty
    assert said.endswith("0.0995 to 0.104, lies below it.")


def test_the_best_of_three_never_decides(rubric_from: Load, task: Task, measured: Make) -> None:
    for values in permutations([0.99, 0.90, 0.88]):
        runs = [measured("plain", s, test_accuracy=v) for s, v in enumerate(values, 1)]
        result = one(rubric_from(RUBRIC), task, runs)
        assert (result.value, result.earned) == (0.90, pytest.approx(20))
        assert result.values == list(values), "every seed's value is kept, in order of seed"


def test_a_seed_without_a_value_counts_as_the_worst(rubric_from: Load, task: Task, measured: Make) -> None:
    good = [measured("plain", 2, test_accuracy=0.99), measured("plain", 3, test_accuracy=0.97)]
    for first in (in_nan(measured("plain", 1)), measured("plain", 1, fault=fault("limit", limit="cpu"))):
        result = one(rubric_from(RUBRIC), task, [first, *good])
        assert result.value == 0.97
        again = one(rubric_from(RUBRIC), task, [first, in_nan(measured("plain", 2)), good[1]])
        assert (again.value, again.earned) == (None, 0), "two of three are missing"


def test_marks_are_equal_bit_for_bit_whatever_the_order(
    rubric_from: Load, task: Task, measured: Make, baseline: Baseline
) -> None:
    rubric, draw = rubric_from(RUBRIC + ERROR + BEATS), random.Random(0)
    runs = [
        measured(v, s, test_accuracy=0.9 + draw.random() / 10, mse=draw.random() / 3)
        for v in ("plain", "deep")
        for s in (1, 2, 3)
    ]
    first = mark(rubric, task, "quick", runs, baseline=baseline, can_ask=True)
    for _ in range(20):
        draw.shuffle(runs)
        assert mark(rubric, task, "quick", runs, baseline=baseline, can_ask=True) == first


@pytest.mark.parametrize("values", [[0.1, 0.2], [0.9, 0.91, 0.95], [1.0, 2.0, 3.0, 4.0, 10.0]])
def test_the_interval_is_that_of_scipy(values: list[float]) -> None:
    n = len(values)
    expected = stats.t.interval(0.95, n - 1, statistics.fmean(values), stats.sem(values))
    assert interval(values) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, NAN], [1.0, 2.0, INF]])
def test_there_is_no_interval_of_one_value_or_of_infinity(values: list[float]) -> None:
    assert interval(values) is None


def test_an_interval_of_equal_values_has_no_width() -> None:
    assert interval([0.5, 0.5, 0.5]) == (0.5, 0.5)


@pytest.mark.parametrize(("line", "seeds"), [("", "auto"), ("seeds: auto\n", "auto"), ("seeds: 3\n", 3)])
def test_a_course_can_ask_for_a_number_of_seeds(rubric_from: Load, line: str, seeds: object) -> None:
    assert rubric_from(line + RUBRIC).seeds == seeds


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "seeds: aut",
            "toy.yaml:1: 'seeds' must be auto or a whole number from 1 to 100, but is the text 'aut'. Did you",
        ),
        ("seeds: '3'", "but is the text '3'"),
        ("seeds: 0", "but is 0."),
        ("seeds: 2.5", "but is 2.5."),
        ("seeds: 1e99", "but is 1e+99."),
        ("seeds: true", "but is none of them."),
        ("seeds: [1, 2]", "but is none of them."),
        ("seeds:", "but is none of them."),
        ("seed: 3", "a rubric has no key 'seed'. Did you mean 'seeds'?"),
    ],
)
def test_a_mistake_in_the_number_of_seeds_is_told(rubric_from: Load, line: str, said: str) -> None:
    with pytest.raises(RubricError) as raised:
        rubric_from(f"{line}\n{RUBRIC}")
    assert said in str(raised.value)


def test_editors_know_the_key() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = rubric_schema()["properties"]["seeds"]
    for good in ("auto", 1, 100):
        jsonschema.validate(json.loads(json.dumps(good)), schema)
    for bad in ("Auto", 0, 101, 1.5, None, True):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, schema)
