"""Measurements made up for tests of the records."""

from typing import Any

from harness.records.models import Measurement, Provenance, Usage
from harness.scoring.score import Score

PROVENANCE = Provenance(
    dataset="digits",
    data_sha256="0" * 64,
    data_sizes={"train": 10, "test": 5},
    data_published={"all": 5000},
    data_origin="drawn",
    harness="0.1.0",
    python="3.11",
    libraries={"keras": "3"},
    backend="tensorflow",
    device="cpu",
    isolation="none",
    reproducibility="bit for bit",
)


def measurement(key: str = "k1", **changes: Any) -> Measurement:
    """Return a measurement under `key`; `changes` replace its fields."""
    values: dict[str, Any] = {
        "key": key,
        "source": "s",
        "task": "toy",
        "version": 1,
        "profile": "quick",
        "variant": "plain",
        "seed": 1,
        "fault": None,
        "measures": {"test_accuracy": Score(value=0.1 + 0.2, signature="a|b", sampling_error=1e-300)},
        "curve": {"loss": [1.5, 0.25]},
        "parameters": 12,
        "usage": {"train": Usage(wall_s=1.5, cpu_s=1.25, peak_memory_mb=300.125, fit_s=None)},
        "provenance": PROVENANCE,
    }
    return Measurement(**{**values, **changes})
