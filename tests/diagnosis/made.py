"""Measurements for tests of findings: made up, or as real trainings of the quick profile left them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import toy

from harness.diagnosis import findings
from harness.records.models import Fault, Finding, Measurement, Provenance
from harness.scoring.score import Score
from harness.tasks import find, names

PROVENANCE = Provenance(
    dataset="digits",
    data_sha256="",
    data_sizes={},
    data_published={},
    data_origin="",
    data_classes=10,
    harness="",
    python="",
    libraries={},
    backend="",
    device="cpu",
    isolation="",
    reproducibility="",
)


MEANT_TO_STAND_STILL = "zero_init"
LAST = ("overfitting", "underfitting")
SERIES_FIRST = sorted(names(), key=lambda name: name != "rnn_regression")  # it knows causes that others do not
EVERY = dict.fromkeys(rule for name in SERIES_FIRST for rule in find(name).findings if rule not in LAST)
ALL_RULES = replace(toy.TASK, findings=(*EVERY, *LAST))


def told(measurements: Sequence[Measurement]) -> list[Finding]:
    """Return what the task of these measurements says; of made-up ones, a task to which every rule applies."""
    task = measurements[0].task if measurements else ""
    return findings(find(task) if task in names() else ALL_RULES, measurements)


def measured(
    curve: Mapping[str, list[float]] | None = None,
    *,
    signs: Mapping[str, float] | None = None,
    fault: Fault | None = None,
    variant: str = "plain",
    seed: int = 1,
    classes: int = 10,
    parameters: int | None = 100,
    **measures: float,
) -> Measurement:
    return Measurement(
        key="",
        source="",
        task="toy",
        version=1,
        profile="quick",
        variant=variant,
        learns=variant != MEANT_TO_STAND_STILL,
        seed=seed,
        fault=fault,
        measures={name: Score(value=value, signature="") for name, value in measures.items()},
        curve=dict(curve or {}),
        signs=dict(signs or {}),
        parameters=parameters,
        usage={},
        provenance=PROVENANCE.model_copy(update={"data_classes": classes}),
    )


def refused(message: str, step: str = "predict") -> Fault:
    return Fault(owner="student", kind="output", step=step, message=message)


NAN_OUTPUT = refused("Expected finite numbers in p_train, received 100% NaN or infinity.")
LOGITS = refused("Expected p_train within [0, 1], received values from -8.1 to 9.3.")


def recorded(name: str) -> list[tuple[str, Measurement]]:
    """Return (who, measurement) of every training in a file beside this one."""
    rows: list[dict[str, Any]] = json.loads(Path(__file__).with_name(f"{name}.json").read_text())
    return [(row["who"], from_row(row)) for row in rows]


def from_row(row: Mapping[str, Any]) -> Measurement:
    made = measured(
        row["curve"],
        signs=row.get("signs"),
        fault=Fault(**row["fault"]) if "fault" in row else None,
        variant=row["variant"],
        seed=row["seed"],
        classes=row.get("classes", 10),
        parameters=row.get("parameters"),
        **row["measures"],
    )
    task = row.get("task") or next(n for n in names() if made.variant in {v.name for v in find(n).variants})
    learns = next((v.learns for v in find(task).variants if v.name == made.variant), True)
    known = {"version": row.get("version", 1), "moved": row.get("moved")}
    return made.model_copy(update={"task": task, "learns": learns, **known})
