"""A class whose accuracies a test sets by seed, beside a reference that was measured."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import toy
from workflow.classes import (
    WIDE,
    FakeSandbox,
    graded,
    options,
)

from harness.grading.baselines import Baseline
from harness.grading.results import ClassResult
from harness.records.models import Provenance

PLAIN = 8
SD = 0.01  # of the accuracy of either variant over the seeds of the reference
NEAR = 0.36  # half way into the band above the target 0.35
Shares = Mapping[int, float]  # seed to the share of right answers
Reach = Callable[..., None]


def measured_reference() -> Baseline:
    spread = [v * SD for v in (-1, -1, 0, 1, 1)]  # sd 1
    measures = {
        f"{variant}.test_accuracy": {"values": values, "better": "higher", "signature": "accuracy"}
        for variant, values in (
            ("plain", [0.6 + v for v in spread]),
            ("wide", [0.9 + v for v in spread]),
            ("naive", [0.1 for _ in spread]),
        )
    }
    origin = Provenance.model_construct(device="cpu")
    return Baseline.model_construct(
        **Baseline.model_validate(
            {
                "task": "toy",
                "version": 1,
                "profile": "quick",
                "device": "cpu",
                "created": "now",
                "seeds": [1, 2, 3, 4, 5],
                "measures": measures,
                "usage": {},
                "parameters": {},
                "provenance": origin,
            }
        ).__dict__
    )


def alone(folder: Path, **changes: Any) -> ClassResult:
    """Grade a class of one student, `ann`, whose code is GOOD."""
    place = folder / "class"
    return graded(place if place.exists() else toy.write_class(place, {"ann": toy.GOOD}), options(folder, **changes))


def runs(sandbox: FakeSandbox) -> list[tuple[int, int]]:
    """Return (units, seed) of every training, in order."""
    return [(width, seed) for _, width, seed in sandbox.trained()]


FIRST = [(PLAIN, 1), (WIDE, 1)]
MORE = [(PLAIN, 2), (PLAIN, 3)]
