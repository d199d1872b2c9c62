"""Baselines with invented values, for tests that measure nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.grading.baselines import Baseline, BaselineMeasure, BaselineUsage
from harness.records.models import Provenance

PROVENANCE = Provenance(
    dataset="digits",
    data_sha256="0" * 64,
    data_sizes={"train": 10, "test": 10},
    data_published={"all": 20},
    data_origin="made up",
    harness="0.1.0",
    python="3.11.0",
    libraries={"keras": "3.10.0", "numpy": "2.0.0"},
    backend="tensorflow",
    device="cpu",
    machine="some processor",
    isolation="none",
    reproducibility="bit for bit",
)


def baseline(values: Mapping[str, Sequence[float]], signature: str = "s|v:1", **changes: Any) -> Baseline:
    """Return a baseline of the measures `values`, one value a seed; `changes` go to it or to its provenance."""
    made = {k: v for k, v in changes.items() if k in Provenance.model_fields}
    facts: dict[str, Any] = {
        "task": "autoencoder",
        "version": 1,
        "profile": "quick",
        "device": made.get("device", "cpu"),
        "created": "2025-01-01T00:00:00+00:00",
        "seeds": list(range(1, 1 + len(next(iter(values.values()))))),
        "measures": {
            k: BaselineMeasure(values=list(v), better="lower" if k.endswith("mse") else "higher", signature=signature)
            for k, v in values.items()
        },
        "usage": {"conv.train": BaselineUsage(wall_s=[2.0], cpu_s=[1.0], peak_memory_mb=[500.0])},
        "parameters": {"conv": 1000},
        "provenance": PROVENANCE.model_copy(update=made),
    }
    return Baseline(**{**facts, **{k: v for k, v in changes.items() if k not in Provenance.model_fields or k in facts}})
