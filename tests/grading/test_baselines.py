"""The table of what references reach: raw values, kept with everything needed to compare with them."""

import math
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import ResultsError
from harness.grading.baseline_build import build_baseline
from harness.grading.baselines import Baseline, baseline_path, load_baseline, save_baseline
from harness.records.models import Fault, Measurement
from harness.task import Task

Make = Callable[..., Measurement]
PLAIN = {0: 0.90, 1: 0.92, 2: 0.97}
DEEP = {0: 0.95, 1: 0.93, 2: 0.99}


@pytest.fixture
def runs(measured: Make) -> list[Measurement]:
    plain = [measured("plain", s, test_accuracy=v, mse=v / 10) for s, v in PLAIN.items()]
    return plain[::-1] + [measured("deep", s, test_accuracy=v, mse=v / 20) for s, v in DEEP.items()]


@pytest.fixture
def baseline(task: Task, runs: list[Measurement]) -> Baseline:
    return build_baseline(task, "quick", runs, created="2025-01-01T00:00:00Z")


def test_raw_values_are_kept_in_the_order_of_the_seeds(baseline: Baseline) -> None:
    assert baseline.seeds == [0, 1, 2]
    assert baseline.measures["plain.test_accuracy"].values == [0.90, 0.92, 0.97]
    assert baseline.measures["plain.mse"].better == "lower"
    assert baseline.usage["deep.train"].wall_s == [1, 2, 3]
    assert baseline.parameters == {"plain": 10, "deep": 10}
    assert baseline.device == "CPU (2 cores)"


def test_the_reference_is_the_mean_and_an_advantage_is_paired(baseline: Baseline) -> None:
    assert baseline.reference()["plain.test_accuracy"] == pytest.approx(0.93)
    assert baseline.advantage("deep.test_accuracy", "plain.test_accuracy", "higher") == pytest.approx(0.08 / 3)
    assert baseline.advantage("deep.mse", "plain.mse", "lower") > 0
    with pytest.raises(ResultsError, match=r"'deep\.msee'.*Did you mean 'deep\.mse'"):
        baseline.advantage("deep.msee", "plain.mse", "lower")


def test_a_threshold_is_two_standard_deviations_towards_worse(baseline: Baseline) -> None:
    values = list(PLAIN.values())
    spread = statistics.stdev(values)
    assert baseline.threshold("plain.test_accuracy") == pytest.approx(statistics.fmean(values) - 2 * spread)
    assert baseline.threshold("plain.mse") == pytest.approx(statistics.fmean(values) / 10 + 2 * spread / 10)
    gains = [0.05, 0.01, 0.02]
    expected = statistics.fmean(gains) - 2 * statistics.stdev(gains)
    assert baseline.threshold("deep.test_accuracy", over="plain.test_accuracy") == pytest.approx(expected)
    saved = [DEEP[s] / 20 - PLAIN[s] / 10 for s in PLAIN]
    expected = -statistics.fmean(saved) - 2 * statistics.stdev(saved)
    assert baseline.threshold("deep.mse", over="plain.mse") == pytest.approx(expected)


def test_one_seed_makes_no_threshold(task: Task, measured: Make) -> None:
    single = build_baseline(task, "quick", [measured(mse=1.0)], "now")
    with pytest.raises(ResultsError, match="at least two seeds"):
        single.threshold("plain.mse")


def test_it_is_read_back_as_written(tmp_path: Path, task: Task, baseline: Baseline) -> None:
    path = save_baseline(baseline, tmp_path / "baselines")
    assert path.name == "toy.quick.cpu-2-cores.json"
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    assert load_baseline(path.parent, task, "quick", "CPU (2 cores)") == baseline
    assert load_baseline(path.parent, task, "quick", "GPU") is None


def test_a_device_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    assert baseline_path(tmp_path, "toy", "quick", "../../etc").parent == tmp_path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"version": 2', '"version": 1', "toy@1"),
        ('"profile": "quick"', '"profile": "full"', "holds toy@2 full"),
        ('"seeds": [', '"seeds": [7,', "3 values for 4 seeds"),
        ('"better": "lower"', '"better": "less"', "damaged"),
        ('"better"', '"bettr"', "damaged"),
        ("0.97", "NaN", "finite"),
        ("{", "", "damaged"),
    ],
)
def test_a_damaged_or_misplaced_file_is_one_sentence(
    tmp_path: Path, task: Task, baseline: Baseline, old: str, new: str, said: str
) -> None:
    path = save_baseline(baseline, tmp_path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ResultsError) as caught:
        load_baseline(tmp_path, task, "quick", baseline.device)
    assert said in str(caught.value) and "measure the reference again" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_only_a_whole_and_healthy_reference_becomes_a_baseline(
    task: Task, runs: list[Measurement], measured: Make, student_fault: Fault
) -> None:
    other_versions = runs[0].provenance.model_copy(update={"libraries": {"keras": "4"}})
    cases = {
        "no measurement": [],
        "without a fault": [*runs, measured("pca", 0, fault=student_fault)],
        "was interrupted": [*runs, measured("pca", 0, not_run="was interrupted")],
        "plain ran under": runs[1:],
        "comes from one source": [runs[0].model_copy(update={"source": "other"}), *runs[1:]],
        "differ in libraries: {'keras': '3'} and {'keras': '4'}": [
            runs[0].model_copy(update={"provenance": other_versions}),
            *runs[1:],
        ],
        "finite plain.test_accuracy": [*runs, measured("plain", 1, test_accuracy=math.nan, mse=1)],
        "finite plain.mse, but seed 1": [*runs, measured("plain", 1, test_accuracy=0.5)],
        "different ways: toy|v:1 and toy|v:2": [
            *runs,
            measured("plain", 1, signature="toy|v:2", test_accuracy=0.5, mse=1),
        ],
        "no measure 'plain.mze'": [measured(mze=1.0)],
    }
    for said, given in cases.items():
        with pytest.raises(ResultsError) as caught:
            build_baseline(task, "quick", given, "now")
        assert said in str(caught.value)


def test_a_baseline_joins_keys_that_draw_more_or_less_of_the_data(task: Task, measured: Make) -> None:
    def under(seed: int, key: str, signature: str, size: int) -> Measurement:
        one = measured("plain", seed, signature=signature, test_accuracy=0.5, mse=1)
        drawn = one.provenance.model_copy(update={"key": key, "data_sha256": key, "data_sizes": {"test": size}})
        return one.model_copy(update={"provenance": drawn})

    first = under(0, "aa", "toy|n:10|real:0.1|v:1", 10)
    baseline = build_baseline(task, "quick", [first, under(1, "bb", "toy|n:12|real:0.2|v:1", 12)], "now")
    assert baseline.measures["plain.mse"].signature == "toy|n:10|real:0.1|v:1"
    for key, signature in (("bb", "toy|n:12|real:0.2|v:2"), ("aa", "toy|n:12|real:0.1|v:1")):
        with pytest.raises(ResultsError):
            build_baseline(task, "quick", [first, under(1, key, signature, 12)], "now")
