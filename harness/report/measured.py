"""How the values on a card were measured: variants, seeds, data, versions, device and signatures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from harness.grading.results import TaskResult
from harness.records.models import Measurement, MeasureValue, Provenance
from harness.report.text import MISSING, number, sentence

T = TypeVar("T")
_SPLITS = {"train": "training", "val": "validation", "test": "test"}


@dataclass(frozen=True)
class Fact:
    """A term with its value, or with several where measurements differ."""

    term: str
    value: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class VariantRow:
    variant: str
    seed: int
    values: list[str]
    parameters: str
    fit: str
    memory: str
    outcome: str
    ok: bool


@dataclass(frozen=True)
class VariantTable:
    measures: list[str]
    rows: list[VariantRow]


def variant_table(measurements: Sequence[Measurement]) -> VariantTable:
    """Return one row per variant and seed, one column per measure that any of them has."""
    measures = list(dict.fromkeys(name for m in measurements for name in m.measures))
    return VariantTable([name.replace("_", " ") for name in measures], [_row(m, measures) for m in measurements])


def _row(measurement: Measurement, measures: Sequence[str]) -> VariantRow:
    fits = [usage.fit_s for usage in measurement.usage.values() if usage.fit_s is not None]
    memory = max((usage.peak_memory_mb for usage in measurement.usage.values()), default=None)
    return VariantRow(
        variant=measurement.variant,
        seed=measurement.seed,
        values=[_value(measurement.measures.get(name)) for name in measures],
        parameters=MISSING if measurement.parameters is None else f"{measurement.parameters:,}",
        fit=f"{sum(fits):.1f}" if fits else MISSING,
        memory=MISSING if memory is None else f"{memory:,.0f}",
        outcome=_outcome(measurement),
        ok=measurement.fault is None and not measurement.not_run,
    )


def _value(value: MeasureValue | None) -> str:
    if value is None:
        return MISSING
    error = f" ± {value.sampling_error:.2g}" if value.sampling_error else ""
    return number(value.value) + error


def _outcome(measurement: Measurement) -> str:
    if measurement.fault is not None:
        return f"{measurement.fault.owner} error: {sentence(measurement.fault.message)}"
    return f"not run: {sentence(measurement.not_run)}" if measurement.not_run else "measured"


def provenance(task: TaskResult) -> list[Fact]:
    """Return what the task's values depend on; several lines where measurements differ."""
    measurements = task.measurements
    origins = _distinct(m.provenance for m in measurements)
    if not origins:
        return [Fact("Task", task.task), Fact("Profile", task.profile)]
    return [
        _fact("Task", (f"{m.task}, version {m.version}" for m in measurements)),
        _fact("Profile", (m.profile for m in measurements)),
        Fact("Seeds", ", ".join(str(seed) for seed in sorted({m.seed for m in measurements}))),
        _fact("Data", (f"{p.dataset}: {sentence(p.data_origin)}" for p in origins)),
        _fact("Data used", (line for p in origins for line in data_sizes(p))),
        _fact("Data SHA-256", (p.data_sha256 for p in origins)),
        _fact("Libraries", (_libraries(p) for p in origins)),
        _fact("Backend", (p.backend for p in origins)),
        _fact("Device", (p.device for p in origins)),
        _fact("Isolation", (p.isolation for p in origins)),
        _fact("Reproducibility", (p.reproducibility for p in origins)),
        _fact("Harness", (p.harness for p in origins)),
        Fact("Source", f"{task.source_bytes:,} bytes, {task.data_bytes:,} of them in literals and comments"),
        _fact("Source fingerprint", (m.source for m in measurements)),
    ]


def data_sizes(origin: Provenance) -> list[str]:
    """Return one line per split that says plainly when only part of the published set was used."""
    return [_size(split, used, origin.data_published.get(split)) for split, used in origin.data_sizes.items()]


def _size(split: str, used: int, published: int | None) -> str:
    what = f"{_SPLITS.get(split, split)} {'example' if (published or used) == 1 else 'examples'}"
    if published is None or used > published:
        return f"{used:,} {what}"
    return f"all {used:,} {what}" if used == published else f"a subset: {used:,} of {published:,} {what}"


def _libraries(origin: Provenance) -> str:
    return ", ".join([f"Python {origin.python}", *(f"{name} {v}" for name, v in sorted(origin.libraries.items()))])


def signatures(measurements: Sequence[Measurement]) -> list[Fact]:
    """Return each measure with the signatures its values carry."""
    names = dict.fromkeys(name for m in measurements for name in m.measures)
    return [_fact(name, (m.measures[name].signature for m in measurements if name in m.measures)) for name in names]


def _fact(term: str, values: Iterable[str]) -> Fact:
    first, *more = _distinct(values) or [MISSING]
    return Fact(term, first, tuple(more))


def _distinct(values: Iterable[T]) -> list[T]:
    """Return each value once, in order of first appearance; compares, because provenance is not hashable."""
    found: list[T] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
