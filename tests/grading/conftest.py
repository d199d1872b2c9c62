"""A task that trains nothing, and measurements made by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.grading.rubric import Rubric, load_rubric
from harness.records.models import Fault, Measurement, Provenance, Usage
from harness.scoring.score import Score
from harness.task import Limits, Measure, Profile, Task, Variant

GOOD = """\
# A rubric with one of each kind.
task: toy@2
title: A toy task
points: 100
criteria:
  - id: plain-accuracy
    text: The plain network names digits it has never seen.
    measure: plain.test_accuracy
    better: higher
    points: 40
    hint: Train longer.
    profiles:
      quick: {target: 0.95, floor: 0.85, origin: mean - 2 sd of ten seeds}
      full: {target: 0.99, floor: 0.9}
  - id: small-error
    text: The error is small.
    measure: plain.mse
    better: lower
    points: 20
    profiles:
      quick: {target: 0.02, floor: 0.04}
  - id: deep-beats-plain
    text: Depth pays.
    measure: deep.test_accuracy
    over: plain.test_accuracy
    better: higher
    points: 30
    hidden: true
    profiles: {quick: {target: 1e-2}}
  - id: discussion
    text: The report says why.
    manual: true
    points: 10
"""


def _unused(*_: object) -> Any:
    raise AssertionError("grading runs nothing")


def _profile(name: str) -> Profile:
    return Profile(name, dataset="none", epochs=1, batch_size=1, limits=Limits(1, 1, 1))


@pytest.fixture
def task() -> Task:
    return Task(
        name="toy",
        version=2,
        title="Toy",
        summary="",
        builders=(),
        variants=(Variant("plain", ""), Variant("deep", ""), Variant("pca", "", given=True)),
        profiles={"quick": _profile("quick"), "full": _profile("full")},
        measures=(
            Measure("test_accuracy", "accuracy on test images", "higher"),
            Measure("mse", "mean squared error", "lower"),
            Measure("clock_error", "mean error", "lower", unit="min"),
        ),
        prepare=_unused,
        call=_unused,
        steps=_unused,
        score=_unused,
        figures=_unused,
    )


@pytest.fixture
def good() -> str:
    return GOOD


@pytest.fixture
def rubric_from(tmp_path: Path, task: Task) -> Callable[[str], Rubric]:
    def load(text: str) -> Rubric:
        path = tmp_path / "toy.yaml"
        path.write_text(text, encoding="utf-8")
        return load_rubric(path, task)

    return load


PROVENANCE = Provenance(
    dataset="none",
    data_sha256="0" * 64,
    data_sizes={},
    data_published={},
    data_origin="made by hand",
    harness="0",
    python="3.11",
    libraries={"keras": "3"},
    backend="none",
    device="CPU (2 cores)",
    isolation="none",
    reproducibility="bit-equal",
)


@pytest.fixture
def measured() -> Callable[..., Measurement]:
    def measure(
        variant: str = "plain",
        seed: int = 0,
        fault: Fault | None = None,
        not_run: str = "",
        signature: str = "toy|v:1",
        **values: float,
    ) -> Measurement:
        return Measurement(
            key=f"{variant}-{seed}",
            source="abc",
            task="toy",
            version=2,
            profile="quick",
            variant=variant,
            seed=seed,
            fault=fault,
            not_run=not_run,
            measures={k: Score(value=v, signature=signature) for k, v in values.items()},
            curve={},
            parameters=10,
            usage={"train": Usage(wall_s=1 + seed, cpu_s=1, peak_memory_mb=100)},
            provenance=PROVENANCE,
        )

    return measure


@pytest.fixture
def student_fault() -> Fault:
    return Fault(owner="student", kind="limit", step="train", message="Training took longer than 60 s")


@pytest.fixture
def harness_fault() -> Fault:
    return Fault(owner="harness", kind="harness", step="train", message="The sandbox did not start.")
