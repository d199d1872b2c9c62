"""What training cost, as measures: counts from the record, and ratios to what the reference took. Pure functions.

Seconds are those that the kernel and the parent's clock say of the steps that train, or of those in which trained
models predict, on both sides, and never what a step says of itself: a mark may rest on them. Both sides see equally
many examples, so the ratios are those of seconds per epoch and per example, with what it takes to build a model.
"""

import math
from collections.abc import Mapping, Sequence

from harness.grading.baselines import Baseline
from harness.grading.seeds import Gap, Value, Values
from harness.records.models import Measurement, Status, Usage
from harness.task import BUDGETS, Task

SIGNATURES = {
    "parameters": "parameters|v:1",
    "optimizer_steps": "optimizer_steps|v:1",
    "epochs_run": "epochs_run|v:1",
    "parameters_ratio": "parameters_ratio|over:reference|v:1",
    "fit_ratio": "fit_ratio|over:reference|cpu:cpu_s|gpu:wall_s|v:1",
    "predict_ratio": "predict_ratio|over:reference|cpu:cpu_s|gpu:wall_s|v:1",
    "memory_ratio": "memory_ratio|over:reference|v:1",
}
RATIOS = frozenset({"parameters_ratio", "fit_ratio", "predict_ratio", "memory_ratio"})


def budgets_of(task: Task, values: Values, baseline: Baseline | None) -> dict[str, dict[int, Value]]:
    """Return every budget of every variant that trains, as `variant.measure`, per seed.

    A ratio without a figure of the reference to go by is nobody's fault: not run. A run that failed was not cheap, it
    has no budget. A measure of the task's own of the same name stands.
    """
    found: dict[str, dict[int, Value]] = {}
    for variant in task.trained():
        there = references(variant.name, baseline)
        runs = {seed: (run, spending(run)) for seed, run in values.of(variant.name).items()}
        own = {m.name for m in task.measures_of(variant)}
        for name in (budget.name for budget in BUDGETS if budget.name not in own):
            found[f"{variant.name}.{name}"] = {
                seed: _value(run, name, values, spent, there) for seed, (run, spent) in runs.items()
            }
    return found


def _value(
    run: Measurement, name: str, values: Values, spent: Mapping[str, float], there: Mapping[str, float]
) -> Value:
    if name in RATIOS and name not in there:
        return Gap(Status.NOT_RUN, counts=False, reason=no_reference(run, name))
    if name not in spent or run.fault:
        return values.value(run, name)
    return spent[name] / there[name] if name in RATIOS else spent[name]


def no_reference(run: Measurement, name: str) -> str:
    device = run.provenance.device
    return (
        f"Not measured: {name} of {run.variant} needs what the reference took under the profile {run.profile} on"
        f" {device}, which no baseline says; `harness baseline` measures it."
    )


def spending(run: Measurement) -> dict[str, float]:
    """Return what one run took, by budget; for a ratio its numerator: parameters, seconds at speed 1, and MB."""
    trains = [usage for usage in run.usage.values() if usage.fit_s is not None]
    predicts = [usage for usage in run.usage.values() if usage.predicts]
    device, speed = run.provenance.device, run.provenance.speed
    memory = max((usage.peak_memory_mb for usage in run.usage.values()), default=0.0)
    epochs = max(map(len, run.curve.values()), default=0)
    found: dict[str, float | None] = {
        "parameters": run.parameters,
        "optimizer_steps": run.optimizer_steps,
        "epochs_run": epochs or None,
        "parameters_ratio": run.parameters,
        "fit_ratio": _seconds(trains, device) * speed or None,
        "predict_ratio": _seconds(predicts, device) * speed or None,
        "memory_ratio": memory or None,
    }
    return {name: _float(value) for name, value in found.items() if value is not None}


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number beyond all that is measured
        return math.inf


def _seconds(steps: Sequence[Usage], device: str) -> float:
    """Return the seconds of these steps: of CPU, which other work on the machine does not lengthen, or on the clock."""
    return sum(step.wall_s if device == "gpu" else step.cpu_s for step in steps)


def references(variant: str, baseline: Baseline | None) -> dict[str, float]:
    """Return what the ratios of a variant are taken over, by name: means over the reference's seeds, above 0."""
    if baseline is None:
        return {}
    took = baseline.took(variant)
    found = {
        "parameters_ratio": took.parameters,
        "fit_ratio": took.fit_s,
        "predict_ratio": took.predict_s,
        "memory_ratio": took.peak_memory_mb,
    }
    return {name: float(n) for name, n in found.items() if n}
