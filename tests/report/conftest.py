"""A class to render: builders with sensible defaults, so that a test names only what it is about."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.grading.passing import judge, judged_class
from harness.grading.results import ClassResult, CriterionResult, StudentResult, TaskResult
from harness.grading.scale import GradingScale
from harness.records.models import Fault, Finding, Measurement, Provenance, Status, Usage
from harness.scoring.score import Score

Build = Callable[..., Any]


def make_fault(**changes: Any) -> Fault:
    return Fault(
        **{"owner": "student", "kind": "exception", "step": "train", "message": "ValueError: shapes differ."} | changes
    )


def make_criterion(**changes: Any) -> CriterionResult:
    values = {
        "id": "conv-reconstruction",
        "text": "The convolutional autoencoder rebuilds digits it has never seen.",
        "status": Status.FAILED,
        "points": 30,
        "earned": 22.5,
        "measure": "conv.test_mse",
        "better": "lower",
        "value": 0.027,
        "values": [0.026, 0.027, 0.028],
        "target": 0.021,
        "floor": 0.045,
        "reference": 0.0198,
        "reason": "The error of 0.027 lies between the floor and the target.",
        "hint": "Train for more epochs",
    }
    return CriterionResult(**values | changes)


def make_measurement(**changes: Any) -> Measurement:
    values = {
        "key": "k",
        "source": "ab12",
        "task": "autoencoder",
        "version": 1,
        "profile": "quick",
        "variant": "conv",
        "seed": 0,
        "fault": None,
        "measures": {"test_mse": Score(value=0.027, signature="mse|split:test|v1", sampling_error=0.0004)},
        "curve": {"loss": [0.2, 0.1], "val_loss": [0.3, 0.2]},
        "parameters": 28_353,
        "usage": {"train": Usage(wall_s=12.0, cpu_s=11.0, peak_memory_mb=812.4, fit_s=9.5)},
        "provenance": Provenance(
            dataset="digits",
            data_sha256="5e" * 32,
            data_sizes={"train": 10_000, "val": 1_000, "test": 10_000},
            data_published={"train": 50_000, "test": 10_000},
            data_origin="Drawn by the harness",
            harness="0.1.0",
            python="3.11.9",
            libraries={"keras": "3.10.0", "tensorflow": "2.18.0"},
            backend="tensorflow",
            device="CPU",
            isolation="processes and limits",
            reproducibility="same bits on the same machine",
        ),
    }
    return Measurement(**values | changes)


def make_task(**changes: Any) -> TaskResult:
    criteria = changes.pop("criteria", [make_criterion()])
    decided = [c for c in criteria if c.earned is not None and not c.manual]
    values = {
        "task": "autoencoder",
        "title": "Autoencoders",
        "profile": "quick",
        "status": Status.FAILED,
        "earned": sum(c.earned or 0 for c in decided),
        "possible": sum(c.points for c in decided),
        "manual_points": sum(c.points for c in criteria if c.manual),
        "fault": None,
        "criteria": criteria,
        "measurements": [make_measurement()],
        "findings": [],
    }
    return TaskResult(**values | changes)


def make_student(name: str = "Ada Lovelace", **changes: Any) -> StudentResult:
    slug = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower())
    values = {"name": name, "slug": slug, "source": "ab12", "fault": None, "tasks": [make_task()]} | changes
    values.setdefault("judgement", judge(values["fault"], values["tasks"], GradingScale()))
    return StudentResult(**values)


def make_class(*students: StudentResult, **changes: Any) -> ClassResult:
    values = {
        "title": "Deep Learning, autumn",
        "created": "2025-11-03T14:05:00+00:00",
        "harness": "0.1.0",
        "profile": "quick",
        "seeds": [0, 1, 2],
        "complete": True,
        "seconds": 200.0,
        "students": list(students),
    }
    return judged_class(ClassResult(**values | changes))


def make_finding(**changes: Any) -> Finding:
    values = {
        "variant": "conv",
        "title": "Overfitting",
        "evidence": "Validation loss rises after epoch 4.",
        "next_step": "Stop earlier or add dropout.",
    }
    return Finding(**values | changes)


@pytest.fixture
def fault() -> Build:
    return make_fault


@pytest.fixture
def criterion() -> Build:
    return make_criterion


@pytest.fixture
def measurement() -> Build:
    return make_measurement


@pytest.fixture
def task() -> Build:
    return make_task


@pytest.fixture
def student() -> Build:
    return make_student


@pytest.fixture
def class_() -> Build:
    return make_class


@pytest.fixture
def finding() -> Build:
    return make_finding
