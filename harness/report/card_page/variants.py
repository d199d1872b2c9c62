"""The variants of a task side by side: what each reached under every seed, and what it took beside the reference."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from harness.grading.results import ReferenceRun, TaskResult
from harness.grading.words import spelt
from harness.records.models import Measurement
from harness.report.card_page.strip import Reading, Strip, scale_of, strip
from harness.report.words.phrase import Phrase
from harness.report.words.text import MISSING, number, sentence
from harness.scoring.score import Score

References = Mapping[str, ReferenceRun]


@dataclass(frozen=True)
class ComparedRow:
    variant: str
    strip: Strip | None
    value: str
    reference: str


@dataclass(frozen=True)
class Compared:
    """One measure, with its unit, over the variants that have it, on one scale."""

    measure: str
    direction: str
    rows: list[ComparedRow]


@dataclass(frozen=True)
class ResourceRow:
    """What one variant took, its median over seeds, and beside it the reference's mean."""

    variant: str
    parameters: str
    parameters_there: str
    fit: str
    fit_there: str
    predict: str
    predict_there: str
    memory: str
    memory_there: str


@dataclass(frozen=True)
class VariantRow:
    """One variant under one seed; `settings` are those of a candidate, in words."""

    variant: str
    seed: int
    values: list[str]
    outcome: str
    settings: str = ""


@dataclass(frozen=True)
class VariantTable:
    measures: list[str]
    rows: list[VariantRow]


def compared(task: TaskResult, references: References) -> list[Compared]:
    """Return the measures that criteria read and at least two variants have, in the order of the criteria."""
    by_measure: dict[str, tuple[str, str]] = {}
    for criterion in task.criteria:
        if criterion.measure:
            by_measure.setdefault(criterion.measure.partition(".")[2], (criterion.better, criterion.unit))
    shown = visible(task)
    found = [_compared(task, m, *of, references, shown) for m, of in by_measure.items()]
    return [c for c in found if len(c.rows) > 1]


def visible(task: TaskResult) -> set[str]:
    """Return every `variant.measure` that the task's measurements show."""
    return {f"{m.variant}.{name}" for m in task.measurements for name in m.measures}


def _compared(
    task: TaskResult, measure: str, better: str, unit: str, references: References, shown: set[str]
) -> Compared:
    readings: dict[str, Reading] = {}
    for variant in dict.fromkeys(m.variant for m in task.measurements):
        runs = [m for m in task.measurements if m.variant == variant and measure in m.measures]
        values = [m.measures[measure].value for m in runs]
        if len(set(values)) == 1 and all(not m.usage for m in runs):
            values = values[:1]  # computed by the harness once for all seeds
        run = references.get(variant)
        there = run.measures.get(measure) if run and f"{variant}.{measure}" in shown else None
        if values:
            readings[variant] = Reading(values, reference=there, lower=better == "lower")
    scale = scale_of(readings.values())
    rows = [_row(variant, reading, strip(reading, scale)) for variant, reading in readings.items()]
    direction = {"lower": Phrase("lower is better"), "higher": Phrase("higher is better")}.get(better, "")
    return Compared(f"{spelt(measure)} ({unit})" if unit else spelt(measure), direction, rows)


def _row(variant: str, reading: Reading, line: Strip | None) -> ComparedRow:
    finite = [v for v in reading.values if math.isfinite(v)]
    value = number(median(finite)) if finite else Phrase("no value")
    return ComparedRow(variant, line, value, number(reading.reference))


def resources(task: TaskResult, references: References) -> list[ResourceRow]:
    """Return what the student's variants took; nothing where no step ran."""
    trained = [m for m in task.measurements if m.usage or m.parameters is not None]
    order = dict.fromkeys(m.variant for m in trained)
    return [_resources(v, [m for m in trained if m.variant == v], references.get(v)) for v in order]


def _resources(variant: str, runs: Sequence[Measurement], there: ReferenceRun | None) -> ResourceRow:
    there = there or ReferenceRun()
    parameters = next((m.parameters for m in runs if m.parameters is not None), None)
    fit, memory = _median(map(fit_seconds, runs)), _median(map(peak_memory, runs))
    predict = _median(map(predict_seconds, runs))
    return ResourceRow(
        variant=variant,
        parameters=_whole(parameters),
        parameters_there=_whole(there.parameters),
        fit=_seconds(fit),
        fit_there=_seconds(there.fit_s),
        predict=_seconds(predict),
        predict_there=_seconds(there.predict_s),
        memory=_whole(memory),
        memory_there=_whole(there.peak_memory_mb),
    )


def fit_seconds(measurement: Measurement) -> float | None:
    """Return the seconds inside `fit`, over all steps; None where none says."""
    fits = [usage.fit_s for usage in measurement.usage.values() if usage.fit_s is not None]
    return sum(fits) if fits else None


def predict_seconds(measurement: Measurement) -> float | None:
    """Return the CPU seconds of the steps in which trained models predict; None where none says."""
    predicts = [usage.cpu_s for usage in measurement.usage.values() if usage.predicts]
    return sum(predicts) if predicts else None


def peak_memory(measurement: Measurement) -> float | None:
    """Return the most MB that any step held; None where no step ran."""
    return max((usage.peak_memory_mb for usage in measurement.usage.values()), default=None)


def _median(values: Iterable[float | None]) -> float | None:
    known = [v for v in values if v is not None and abs(v) < MOST]
    return median(known) if known else None


MOST = 1e15  # of a count or of seconds: what is more can be none


def _whole(value: float | None) -> str:
    return f"{value:,.0f}" if value is not None and abs(value) < MOST else MISSING


def _seconds(value: float | None) -> str:
    return f"{value:,.1f}" if value is not None and abs(value) < MOST else MISSING


def variant_table(measurements: Sequence[Measurement]) -> VariantTable:
    """Return one row per variant and seed, one column per measure that any of them has."""
    measures = list(dict.fromkeys(name for m in measurements for name in m.measures))
    rows = [
        VariantRow(
            variant=m.variant,
            seed=m.seed,
            values=[_value(m.measures.get(name)) for name in measures],
            outcome=_outcome(m),
            settings=", ".join(f"{name} = {value}" for name, value in m.settings.items()),
        )
        for m in measurements
    ]
    return VariantTable([spelt(name) for name in measures], rows)


def _value(value: Score | None) -> str:
    if value is None:
        return MISSING
    error = f" ± {value.sampling_error:.2g}" if value.sampling_error else ""
    return number(value.value) + error


def _outcome(measurement: Measurement) -> str:
    if measurement.fault is not None:
        said = sentence(measurement.fault.message)
        theirs = measurement.fault.owner == "student"
        return Phrase("student error: %(said)s", said=said) if theirs else Phrase("harness error: %(said)s", said=said)
    if measurement.not_run:
        return Phrase("not run: %(why)s", why=sentence(measurement.not_run))
    return Phrase("measured")
