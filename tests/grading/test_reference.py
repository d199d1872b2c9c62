"""The reference beside published figures and naive answers, and the file that holds it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from grading.invented import baseline

from harness.errors import ResultsError
from harness.grading.baseline_build import build_baseline
from harness.grading.baselines import BaselineUsage, find_baselines, read_baseline, save_baseline
from harness.grading.reference import ReferenceRow, naive_figures, reference_runs, reference_table
from harness.records.models import Usage
from harness.task import NaiveAnswer, PublishedFigure, Task


@pytest.fixture
def known(task: Task) -> Task:
    """The toy task with a figure of each kind."""
    return replace(
        task,
        published=(
            PublishedFigure("plain.test_accuracy", 0.9, "a report", profile="quick", note="validation images"),
            PublishedFigure("plain.test_accuracy", 0.99, "a report"),
        ),
        naive=(
            NaiveAnswer("plain.mse", "PCA", "quick", value=0.5, origin="guessed", measured="pca.mse"),
            NaiveAnswer("plain.mse", "grey", "quick", value=0.7, origin="by hand"),
            NaiveAnswer("plain.test_accuracy", "chance", "full", value=0.1),
        ),
    )


def row(task: Task, measure: str, profile: str = "quick", values: dict[str, list[float]] | None = None) -> ReferenceRow:
    found = baseline(values, task="toy", version=2) if values else None
    return next(r for r in reference_table(task, profile, found).rows if r.measure == measure)


def test_mean_and_spread_over_seeds(known: Task) -> None:
    shown = row(known, "plain.mse", values={"plain.mse": [0.1, 0.2, 0.3]})
    assert (shown.mean, shown.sd, shown.seeds) == (pytest.approx(0.2), pytest.approx(0.1), 3)
    one = row(known, "plain.mse", values={"plain.mse": [0.1]})
    assert (one.mean, one.sd, one.seeds) == (0.1, None, 1), "one seed has no spread"


def test_published_figures_stand_beside_their_own_profile_only(known: Task) -> None:
    (figure,) = row(known, "plain.test_accuracy").published
    assert (figure.value, figure.source, figure.note) == (0.9, "a report", "validation images")
    (figure,) = row(known, "plain.test_accuracy", "full").published
    assert figure.value == 0.99


def test_a_naive_answer_that_is_measured_counts_before_one_that_is_told(known: Task) -> None:
    told = naive_figures(known, "plain.mse", "quick", None)
    assert [(f.value, f.source, f.note) for f in told] == [(0.7, "grey", "by hand"), (0.5, "PCA", "guessed")]
    held = baseline({"pca.mse": [0.8, 0.8], "plain.mse": [0.1, 0.2]}, task="toy", version=2)
    found = naive_figures(known, "plain.mse", "quick", held)
    assert [(f.value, f.source) for f in found] == [(0.8, "PCA"), (0.7, "grey")], "the best one last"
    assert naive_figures(known, "deep.mse", "quick", held) == []


def test_nothing_measured_leaves_what_is_known_from_elsewhere(known: Task) -> None:
    table = reference_table(known, "full", None)
    assert not table.measured
    assert [(r.measure, r.mean, r.seeds) for r in table.rows] == [("plain.test_accuracy", None, 0)]


def test_a_file_written_before_fit_seconds_were_kept_still_loads(tmp_path: Path) -> None:
    path = save_baseline(baseline({"conv.test_mse": [1.0, 2.0]}), tmp_path)
    body = json.loads(path.read_text())
    del body["usage"]["conv.train"]["fit_s"]
    path.write_text(json.dumps(body))
    assert read_baseline(path).usage["conv.train"] == BaselineUsage(wall_s=[2], cpu_s=[1], peak_memory_mb=[500])


def test_seconds_of_training_alone_are_kept(task: Task, measured: object) -> None:
    assert callable(measured)
    run = measured("plain", 1, mse=0.5)
    used = {
        "train": Usage(wall_s=9, cpu_s=9, peak_memory_mb=100, fit_s=7),
        "predict": replace(run.usage["train"], predicts=True),
    }
    made = build_baseline(task, "quick", [run.model_copy(update={"usage": used})], "now")
    assert made.usage["plain.train"].fit_s == [7]
    assert made.usage["plain.predict"].fit_s == []
    (there,) = reference_runs(made).values()
    assert (there.fit_s, there.predict_s) == (7, 1)


def test_a_step_predicts_where_a_later_record_says_so(task: Task, measured: object) -> None:
    assert callable(measured)
    older, newer = measured("plain", 1, mse=0.5), measured("plain", 2, mse=0.5)
    says_so = {name: replace(usage, predicts=True) for name, usage in newer.usage.items()}
    made = build_baseline(task, "quick", [older, newer.model_copy(update={"usage": says_so})], "now")
    assert made.usage["plain.train"].predicts


def test_every_device_that_was_measured_is_found(tmp_path: Path, task: Task) -> None:
    for device in ("gpu", "cpu"):
        save_baseline(baseline({"plain.mse": [1.0]}, task="toy", version=2, device=device), tmp_path)
    save_baseline(baseline({"plain.mse": [1.0]}, task="toy", version=2, profile="full"), tmp_path)
    assert [(p.name, b.device) for p, b in find_baselines(tmp_path, task, "quick").items()] == [
        ("toy.quick.cpu.json", "cpu"),
        ("toy.quick.gpu.json", "gpu"),
    ]
    assert find_baselines(tmp_path / "nowhere", task, "quick") == {}


@pytest.mark.parametrize(("name", "said"), [("nothing.json", "found none"), (".", "cannot be read")])
def test_a_file_that_is_no_baseline(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(ResultsError, match=said):
        read_baseline(tmp_path / name)
